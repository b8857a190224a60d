import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { transform } from 'esbuild';
import type { Explanation } from '../../../src/heap-graph/paths/explain.js';
import { pathText } from '../../../src/report/text/holders.js';
import { callCommand } from '../../helpers/command.js';
import { HOLDER_PROGRAMS } from '../../helpers/holder-programs.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { enterTemporaryFolder, outputOf, reapLater, reapTargets, waitForText } from '../../helpers/target-process.js';

let folder = '';
beforeEach(() => {
  folder = enterTemporaryFolder();
});
afterEach(reapTargets);

/** Runs a program until it has written its heap snapshot. */
async function snapshotOf(file: string, execPath: string): Promise<string> {
  const path = join(folder, 'heap.heapsnapshot');
  const child = spawn(execPath, [file, path], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  reapLater(() => {
    child.kill('SIGKILL');
    return exited;
  });
  await waitForText(child, { name: 'stdout', pattern: /^(ready)$/m, output: outputOf(child) });
  return path;
}

describe.each(nodeBinaries())('why on a heap snapshot that Node $major wrote', ({ execPath }) => {
  const programs = HOLDER_PROGRAMS.map((program, index) => ({ ...program, when: index < 4 ? '' : ' (matrix)' }));

  it.each(programs)('names what a person would name: $name$when', async ({ file, what, count, path, retained, holder }) => {
    const { code, stdout, stderr } = await callCommand(['why', await snapshotOf(file, execPath), what, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const { clusters } = JSON.parse(stdout) as Explanation;
    const found = clusters.find((cluster) => cluster.count === count)!;
    expect(pathText(found.path)).toBe(path);
    expect(found.retained).toBeGreaterThanOrEqual(retained);
    const largest = clusters.reduce((a, b) => (b.count > a.count ? b : a));
    expect(largest).toBe(found);
    expect(found.path.filter(({ dominates }) => dominates).map(({ name }) => name)).toEqual(
      holder === '' ? [] : expect.arrayContaining([holder]),
    );
  });
});

/** Without its types, the handler stands on another line. */
const TYPESCRIPT = `interface Options {
  readonly every: number;
}
const { every }: Options = { every: 1000 };
class Reading {}
function watch(): void {
  const seen: Reading[] = [];
  setInterval(function handler(): void {
    seen.push(new Reading());
  }, every).ref();
  seen.push(new Reading());
}
watch();
require('node:v8').writeHeapSnapshot('app.heapsnapshot');
process.exit();
`;

it('names the places in the sources if there are source maps', async () => {
  const { code, map } = await transform(TYPESCRIPT, { loader: 'ts', format: 'cjs', sourcemap: true, sourcefile: 'app.ts' });
  writeFileSync('app.js', `${code}\n//# sourceMappingURL=app.js.map\n`);
  writeFileSync('app.js.map', map);
  execFileSync(process.execPath, ['app.js']);
  const pathOf = async (...options: string[]) => {
    const { stdout } = await callCommand(['why', 'app.heapsnapshot', 'Reading', '--json', ...options]);
    return pathText((JSON.parse(stdout) as Explanation).clusters[0]!.path);
  };
  const lineIn = (text: string) => text.split('\n').findIndex((line) => line.includes('function handler')) + 1;
  expect(await pathOf()).toBe(`timer → handler (app.ts:${lineIn(TYPESCRIPT)}) → variable seen → Array → []`);
  expect(lineIn(code)).not.toBe(lineIn(TYPESCRIPT));
  expect(await pathOf('--no-source-maps')).toBe(`timer → handler (app.js:${lineIn(code)}) → variable seen → Array → []`);
});
