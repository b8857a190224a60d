const PROGRAM = '<program>';
const NODE_INTERNALS = '<node>';
/** The name of what no frame of the program's own files led to. */
export const NOT_OWN = '<not from your code>';

/**
 * The package of a file: the name after the innermost `node_modules` folder of its path, with its scope. That covers nested installs, pnpm
 * (`node_modules/.pnpm/x@1/node_modules/x`) and yarn (`.yarn/cache/x-npm-1.zip/node_modules/x`). Names that begin with a dot are tools' caches,
 * not packages. Node's own modules are one package. Each of V8's pseudo-frames is a package of its own. Everything else is the program.
 */
export function packageName(filename: string): string {
  if (filename.startsWith('node:')) return NODE_INTERNALS;
  if (filename.startsWith('<') && filename.endsWith('>')) return filename;
  return packageIn(filename)?.name ?? PROGRAM;
}

export function isProgram(filename: string): boolean {
  return packageName(filename) === PROGRAM;
}

/** The folder of the package that a file belongs to, without a separator at its end; empty for files of no package. */
export function packageFolder(filename: string): string {
  const found = packageIn(filename);
  return found === null ? '' : filename.slice(0, found.end);
}

/** @returns `end` is where the path of the package's folder ends */
function packageIn(filename: string): { readonly name: string; readonly end: number } | null {
  const parts = filename.split(/[/\\]/);
  for (let i = parts.length - 2; i >= 0; i--) {
    const name = parts[i + 1]!;
    if (parts[i] !== 'node_modules' || name === '' || name.startsWith('.')) continue;
    const isScoped = name.startsWith('@') && parts[i + 2] !== undefined;
    const names = parts.slice(i + 1, isScoped ? i + 3 : i + 2);
    return { name: names.join('/'), end: [...parts.slice(0, i + 1), ...names].join('/').length };
  }
  return null;
}
