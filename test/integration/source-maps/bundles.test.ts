import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { runCommand } from '../../helpers/command.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { runAndShow, type ShownLine, statsOf } from '../../helpers/shown-lines.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

const SOURCES = repoPath('fixtures/programs/lines/bundled');
/** The starts of the functions that keep 4,000 BigInts each, and their bytes. */
const FUNCTIONS = [
  [`${SOURCES}/main.ts:6`, 4000 * 88],
  [`${SOURCES}/rows.ts:7`, 4000 * (152 + 32)],
] as const;
/** The lines of these functions that make the BigInts. */
const LINES = [
  [`${SOURCES}/main.ts:9`, 4000 * 88],
  [`${SOURCES}/rows.ts:10`, 4000 * 152],
] as const;

function expectPlaces(lines: ReadonlyMap<string, ShownLine>, places: readonly (readonly [string, number])[], precision: string): void {
  for (const [place, bytes] of places) {
    const line = lines.get(place);
    expect({ place, precision: line?.precision }).toEqual({ place, precision });
    expect(line!.size / bytes).toBeGreaterThan(0.98);
    expect(line!.size / bytes).toBeLessThan(1.25); // more, because of the list that keeps them
  }
}

async function esbuilt(options: { sourcemap: 'inline' | 'external' | 'linked'; minify?: boolean }): Promise<string> {
  const outfile = join(temporaryFolder(), 'dist', 'main.cjs');
  await build({ entryPoints: [join(SOURCES, 'main.ts')], bundle: true, platform: 'node', outfile, ...options });
  return outfile;
}

async function webpacked(devtool: string, context: string): Promise<string> {
  const folder = temporaryFolder();
  const args = [repoPath('fixtures/compilers/webpack.cjs'), join(SOURCES, 'main.ts'), folder, devtool];
  const env = { ...process.env, CONTEXT: context };
  await promisify(execFile)(process.execPath, args, { cwd: await providePackages('compilers'), env });
  return join(folder, 'main.js');
}

test.each([
  ['linked', ' (full)'],
  ['inline', ' (full)'],
  ['external', ' (long)'],
] as const)('a bundle of esbuild, its map %s%s', async (sourcemap, _) => {
  const bundle = await esbuilt({ sourcemap });
  const { lines, stderr } = await runAndShow([bundle]);
  expectPlaces(lines, FUNCTIONS, 'function');
  expect(stderr).not.toMatch(/source map/);
  const { lines: trueLines } = await runAndShow([bundle], { options: ['--lines'] });
  expectPlaces(trueLines, LINES, 'line');
});

test('a minified bundle on one line (long)', async () => {
  const bundle = await esbuilt({ sourcemap: 'inline', minify: true });
  expect(readFileSync(bundle, 'utf8').split('\n').length).toBeLessThan(4);
  const { lines, snapshot } = await runAndShow([bundle], { options: ['--embed-maps'] });
  expectPlaces(lines, FUNCTIONS, 'function');
  // Its functions have the names of the source, not the letters that the minifier gave them.
  const namesOf = (shown: ReadonlyMap<string, ShownLine>, places: readonly (readonly [string, number])[]) =>
    places.map(([place]) => shown.get(place)?.functionName);
  expect(readFileSync(bundle, 'utf8')).not.toMatch(/function (?:smallOnes|rowsOf)/);
  expect(namesOf(lines, FUNCTIONS)).toEqual(['smallOnes', 'rowsOf']);
  const { lines: trueLines } = await runAndShow([bundle], { options: ['--lines'] });
  expectPlaces(trueLines, LINES, 'line');
  expect(namesOf(trueLines, LINES)).toEqual(['smallOnes', 'rowsOf']);
  rmSync(bundle);
  const { lines: saved } = await statsOf(snapshot);
  expect(namesOf(saved, FUNCTIONS)).toEqual(['smallOnes', 'rowsOf']);
});

test.each([
  ['source-map', 'a map beside it'],
  ['inline-source-map', 'a map in it'],
])('a bundle of webpack, %s: %s (long)', async (devtool) => {
  const bundle = await webpacked(devtool, repoPath('fixtures/programs'));
  // Names are relative to the folder of the bundler, which the map does not contain. So we take the nearest folder that has these files.
  expect(readFileSync(devtool === 'source-map' ? `${bundle}.map` : bundle, 'utf8')).toMatch(
    devtool === 'source-map' ? /"webpack:/ : /base64/,
  );
  const { lines } = await runAndShow([bundle], { cwd: SOURCES });
  expectPlaces(lines, FUNCTIONS, 'function');
  const { lines: trueLines } = await runAndShow([bundle], { cwd: SOURCES, options: ['--lines'] });
  expectPlaces(trueLines, LINES, 'line');
});

test('attach shows the lines of a running bundle, and the source line where an object was made (long)', async () => {
  const service = join(SOURCES, 'service.ts');
  const bundle = join(temporaryFolder(), 'service.cjs');
  await build({ entryPoints: [service], bundle: true, platform: 'node', outfile: bundle, sourcemap: 'inline' });
  const { port } = await startTarget({ execPath: process.execPath, file: bundle, ready: true });
  const where = ['--mode', 'objects', '--where', 'sessions.at(-1)'];
  const { code, stdout } = await runCommand(['attach', String(port), '--duration', '500ms', '--top', '1000', ...where]);
  expect(code).toBe(0);
  expect(stdout).toContain(`  File "${service}", line 9\n    function newSession(id: number): Session {\n`);
  expect(stdout).toMatch(/service\.ts:9 newSession$/m);
  expect(stdout).not.toMatch(/service\.cjs:\d+ newSession/);
});
