import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { run } from '../../helpers/registered.js';
import { interleavedMedians, printTable } from '../measure.js';

const ROUNDS = 5;
const GOAL = 3;
const FILES = [
  'react-dom/cjs/react-dom-client.development.js',
  '@babel/parser/lib/index.js',
  'lodash/lodash.js',
  'uglify-js/lib/compress.js',
  'prettier/plugins/typescript.js',
  'terser/dist/bundle.min.js',
];

/** We transform one of this many files of the corpus. */
const EVERY = 5;

/**
 * The cost of the transform at the first start of a program. Each measurement is made in a new process, whose code is cold, and does not count the
 * loading of the parser. For comparison, acorn alone.
 */
export async function benchTransform(): Promise<void> {
  const modules = join(await providePackages('corpus'), 'node_modules');
  const all = readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter((file) => /\.c?js$/.test(file));
  const sample = all.sort().filter((file, i) => i % EVERY === 0 && statSync(join(modules, file)).isFile());
  const sets = [...FILES.map((file) => [file]), sample].map((files) => files.map((file) => join(modules, file)));
  const rows: string[][] = [];
  for (const files of sets) {
    const megabytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0) / 1e6;
    const ms = await interleavedMedians({ transform: () => onceMs('transform', files), parse: () => onceMs('parse', files) }, ROUNDS);
    const name = files.length === 1 ? files[0]!.slice(modules.length + 1) : `${files.length} files of all packages`;
    rows.push([name, megabytes.toFixed(2), ((megabytes / ms.transform) * 1e3).toFixed(1), ((megabytes / ms.parse) * 1e3).toFixed(1)]);
  }
  printTable([['transform, cold', 'MB', 'MB/s', 'acorn alone, MB/s'], ...rows]);
  console.log(`Node ${process.versions.node}; goal: ${GOAL} MB/s`);
}

function onceMs(step: string, files: readonly string[]): number {
  const { code, stdout, stderr } = run(process.execPath, [repoPath('dist/test/bench/lines/transform-once.js'), step, ...files]);
  if (code !== 0) throw new Error(stderr);
  return Number(stdout);
}
