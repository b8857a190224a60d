import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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
  it.each(HOLDER_PROGRAMS)('names what a person would name: $name', async ({ file, what, count, path, retained, holder }) => {
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
