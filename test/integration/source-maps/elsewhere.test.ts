import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { runCommand } from '../../helpers/command.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { runAndShow, type ShownLine, statsOf } from '../../helpers/shown-lines.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

/** A program that is built, traced and deleted with its sources. Only a folder of its maps remains. */
interface Gone {
  readonly folder: string;
  readonly maps: string;
  /** Saved with the content of the maps, and without. */
  readonly embedded: string;
  readonly plain: string;
}
let gone: Gone;

beforeAll(async () => {
  const root = temporaryFolder();
  const [folder, maps] = [join(root, 'program'), join(root, 'maps')];
  cpSync(repoPath('fixtures/programs/lines/bundled'), join(folder, 'src'), { recursive: true });
  const outfile = join(folder, 'dist', 'main.cjs');
  await build({ entryPoints: [join(folder, 'src', 'main.ts')], bundle: true, platform: 'node', outfile, sourcemap: 'external' });
  const { snapshot: embedded } = await runAndShow([outfile], { options: ['--embed-maps'] });
  const { snapshot: plain } = await runAndShow([outfile]);
  mkdirSync(maps);
  renameSync(`${outfile}.map`, join(maps, 'main.cjs.map'));
  rmSync(folder, { recursive: true });
  gone = { folder, maps, embedded, plain };
});
afterAll(reapTargets);

function expectOriginal(lines: ReadonlyMap<string, ShownLine>): void {
  expect(lines.get(join(gone.folder, 'src/main.ts:6'))?.size).toBeGreaterThan(0.98 * 4000 * 88);
  expect(lines.get(join(gone.folder, 'src/rows.ts:7'))?.size).toBeGreaterThan(0.98 * 4000 * (152 + 32));
  expect([...lines.keys()].filter((place) => place.includes('main.cjs'))).toEqual([join(gone.folder, 'dist/main.cjs:1')]); // code of the bundler itself
}

function expectGenerated(lines: ReadonlyMap<string, ShownLine>): void {
  expect([...lines.keys()].filter((place) => place.includes('.ts:'))).toEqual([]);
  const sizes = [...lines].filter(([place]) => place.startsWith(join(gone.folder, 'dist/main.cjs:'))).map(([, { size }]) => size);
  expect(Math.max(...sizes)).toBeGreaterThan(0.98 * 4000 * (152 + 32));
}

test('a file with embedded maps needs neither maps nor sources', async () => {
  const { lines, stderr } = await statsOf(gone.embedded);
  expectOriginal(lines);
  expect(stderr).toBe('');
  const { lines: raw } = await statsOf(gone.embedded, '--no-source-maps');
  expectGenerated(raw);
});

test('a file without embedded maps needs the folder of the maps', async () => {
  const { lines: without } = await statsOf(gone.plain);
  expectGenerated(without);
  const { lines, stderr } = await statsOf(gone.plain, '--source-maps', gone.maps);
  expectOriginal(lines);
  expect(stderr).toBe('');
});

test('a folder without a fitting map is reported', async () => {
  const folder = temporaryFolder();
  const { lines, stderr } = await statsOf(gone.plain, '--source-maps', folder);
  expectGenerated(lines);
  expect(stderr).toBe(`no source map in ${folder} matches a file of the snapshot: the map of FILE.js must be named FILE.js.map\n`);
});

test('a diff of the two has the same lines on both sides', async () => {
  const { code, stdout } = await runCommand(['diff', '--json', '--source-maps', gone.maps, gone.plain, gone.embedded]);
  const { statistics } = JSON.parse(stdout) as {
    statistics: { sizeDiff: number; size: number; traceback: { frames: { filename: string }[] } }[];
  };
  const rows = statistics.filter(
    ({ traceback }) => traceback.frames[0]!.filename.endsWith('.ts') && traceback.frames[0]!.filename.includes('src'),
  );
  expect({ code, rows: rows.length > 1 }).toEqual({ code: 0, rows: true });
  for (const { size, sizeDiff } of rows) expect(Math.abs(sizeDiff)).toBeLessThan(0.2 * size + 4096);
});

test('maps of scripts that were compiled in memory are always embedded (long)', async () => {
  const program = repoPath('fixtures/programs/lines/typescript/app.ts');
  const { lines, snapshot } = await runAndShow([program, 'hold'], { nodeArgs: ['--import', 'tsx'], cwd: await providePackages('loaders') });
  const { lines: saved } = await statsOf(snapshot);
  expect(saved.get(`${program}:14`)).toEqual(lines.get(`${program}:14`));
  expect(saved.get(`${program}:14`)?.size).toBeGreaterThan(4000 * 240);
  const { lines: raw } = await statsOf(snapshot, '--no-source-maps');
  expect(raw.get(`${program}:14`)).toBeUndefined();
});

test.each([
  [
    ['stats', '--source-maps', '/no/such/folder', 'any.tmsnap'],
    /^tracemalloc: \/no\/such\/folder cannot be read as a folder of source maps: ENOENT; check the path\n$/,
  ],
  [
    ['run', '--embed-maps', '--no-source-maps', 'any.js'],
    /^tracemalloc: --embed-maps saves what source maps say; leave --no-source-maps out\n$/,
  ],
])('wrong usage: %j', async (args, message) => {
  const { code, stderr } = await runCommand(args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
});
