import { readFileSync, realpathSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Matches `import(…)`, even with a comment before its parenthesis, and the import and export declarations of a module. */
const IMPORT = /(?:\bimport\s*[(/]|(?:^|[;}])\s*(?:import|export)\b)/gm;
const WORD = /\b(?:import|export)\b/;
/** JSDoc names types with `import('…')`, and every other package uses it. */
const COMMENT_LINE = /^\s*(?:\*|\/\/)/;
const COMMENT = /\/\*.*?(?:\*\/|$)/g;

const REGISTER_FILE = new URL('./register.js', import.meta.url);
/** Options that load an ES module before the program's file or instead of it, with their values. */
const LOADERS =
  /(?<=^|\s)--?(?:import|loader|experimental-loader|experimental-default-type|input-type|e|eval|p|print|pe)(?:[\s=]+(\S+)|$)/g;
const OURS = ['node-tracemalloc/register', REGISTER_FILE.href, fileURLToPath(REGISTER_FILE)];

/** Whether a text may make Node load an ES module. A match within comments does not count. */
export function mayImport(text: string): boolean {
  for (const match of text.matchAll(IMPORT)) {
    const at = match.index + match[0].search(WORD);
    const end = text.indexOf('\n', at);
    const line = text.slice(text.lastIndexOf('\n', at) + 1, end < 0 ? text.length : end);
    if (!COMMENT_LINE.test(line) && WORD.test(line.replace(COMMENT, ''))) return true;
  }
  return false;
}

/**
 * Whether the program certainly begins with CommonJS alone. Then hooks for ES modules are not needed until a text that may import one is
 * compiled. On Node 18 and 20 the hooks need a thread, which takes 100 ms to start. On other versions hooks make `require` slower. Returns
 * false in case of doubt.
 */
export function beginsWithCommonJs(argv = process.argv, execArgv = process.execArgv, env = process.env): boolean {
  const [, main] = argv;
  if (main === undefined) return false;
  const options = [...execArgv, env.NODE_OPTIONS ?? ''].join(' ');
  if ([...options.matchAll(LOADERS)].some(([, value = '']) => !OURS.includes(value))) return false;
  try {
    const file = realpathSync(main);
    if (extname(file) === '.cjs') return true;
    return extname(file) === '.js' && !isInModulePackage(dirname(file)) && !mayImport(readFileSync(file, 'utf8'));
  } catch {
    return false; // a name that Node completes, or no file at all
  }
}

function isInModulePackage(folder: string): boolean {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: unknown }).type === 'module';
  } catch (error) {
    if (!('code' in (error as object))) throw error; // invalid JSON, which Node itself will report
    return dirname(folder) !== folder && isInModulePackage(dirname(folder));
  }
}
