import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinaries } from '../../helpers/nodes.js';
import { providePackages } from '../../helpers/provide.js';
import { REGISTER_URL, removeTemporaryFolders, run, temporaryFolder } from '../../helpers/registered.js';
import { interleavedMedians, printTable, timed } from '../measure.js';

const ROUNDS = 9;
const GOAL = 1.2;
const FUNCTIONS = 40;
const PACKAGES = ['express', 'ajv', 'lodash', 'joi', 'nunjucks', 'handlebars'];

/** The cost of true lines for a start with a filled cache. Measures a whole process that only loads its files. */
export async function benchStart(): Promise<void> {
  const folder = temporaryFolder();
  const modules = join(await providePackages('corpus'), 'node_modules');
  const env = { NODE_TRACEMALLOC_CACHE: join(folder, 'cache'), NODE_PATH: modules };
  const programs = {
    'nothing at all': program(folder, 'empty.cjs', 0),
    '100 files of CommonJS': program(folder, 'many.cjs', 100),
    '100 ES modules': program(folder, 'many.mjs', 100),
    [`20 files and ${PACKAGES.length} packages`]: program(folder, 'service.cjs', 20, PACKAGES),
  };
  const rows: string[][] = [];
  for (const { major, execPath } of nodeBinaries()) {
    for (const [name, file] of Object.entries(programs)) {
      const start = (execArgv: readonly string[]) => timed(() => started(execPath, file, { execArgv, env }));
      const took = await interleavedMedians({ plain: () => start([]), lines: () => start(['--import', REGISTER_URL]) }, ROUNDS);
      rows.push([`Node ${major}, ${name}`, took.plain.toFixed(0), took.lines.toFixed(0), (took.lines / took.plain).toFixed(2)]);
    }
  }
  removeTemporaryFolders();
  printTable([['start from the cache', 'plain, ms', 'with true lines, ms', 'ratio'], ...rows]);
  console.log(`goal: at most ${GOAL}`);
}

function started(execPath: string, file: string, options: Parameters<typeof run>[2]): void {
  const { code, stderr } = run(execPath, [file], options);
  if (code !== 0) throw new Error(stderr);
}

/** Writes a program with files of 40 functions each, about 7 KB long. */
function program(folder: string, main: string, files: number, packages: readonly string[] = []): string {
  const isModule = main.endsWith('.mjs');
  const parts = join(folder, main.replace('.', '-'));
  mkdirSync(parts);
  const extension = isModule ? '.mjs' : '.cjs';
  for (let i = 0; i < files; i++) writeFileSync(join(parts, `part${i}${extension}`), text(isModule));
  const load = (name: string) => (isModule ? `import '${name}';` : `require('${name}');`);
  const names = Array.from({ length: files }, (_, i) => `./${main.replace('.', '-')}/part${i}${extension}`);
  writeFileSync(join(folder, main), `${[...packages, ...names].map(load).join('\n')}\n`);
  return join(folder, main);
}

function text(isModule: boolean): string {
  const functions = Array.from({ length: FUNCTIONS }, (_, i) =>
    [
      `${isModule ? 'export ' : ''}function build${i}(a, b) {`,
      `  const list = [a, b, { a, b: [${i}] }];`,
      '  names.push(list.map((x) => ({ x, y: [x] })));',
      `  return { list, total: list.length + ${i} };`,
      '}',
      ...(isModule ? [] : [`exports.build${i} = build${i};`]),
    ].join('\n'),
  );
  return `const names = [];\n${functions.join('\n')}\nbuild1(1, 2);\n`;
}
