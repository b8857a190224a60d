import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { launch, type Snapshot } from '../../../src/index.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** Bytes of a BigInt of 4,100 bits in the heap. */
const BIGINT_BYTES = 536;

/** The program, the process that it forks, and the worker of each keep as many BigInts as their argument says, all in one line. */
const PROGRAM = `
const { fork } = require('node:child_process');
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const { withLabel } = require(${JSON.stringify(repoPath('dist/src/labels/labels.cjs'))});
const role = isMainThread ? (process.argv[2] ?? 'parent') : workerData;
const amounts = { parent: 100, 'worker of parent': 200, child: 300, 'worker of child': 400 };
globalThis.kept = withLabel(role, () => Array.from({ length: amounts[role] }, (_, i) => BigInt(i + 1000) << 4090n));
if (isMainThread) new Worker(__filename, { workerData: 'worker of ' + role });
if (role === 'parent') fork(__filename, ['child']);
`;

/** By label: how many BigInts were kept. Node has other blocks of that size, which have no label. */
function kept(snapshot: Snapshot | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { size, count, label } of snapshot?.traces ?? [])
    if (label !== undefined && size === BIGINT_BYTES * count) counts[label] = (counts[label] ?? 0) + count;
  return counts;
}

it.each(oldestAndNewest())('labels reach the workers and the children of a program (matrix), Node $major', async ({ execPath }) => {
  const file = join(temporaryFolder(), 'program.cjs');
  writeFileSync(file, PROGRAM);
  const tracer = await launch(file, { execPath, follow: true, labels: 'program', stdio: 'ignore' });
  reapLater(async () => {
    await tracer.leaveProcesses();
    await tracer.kill('SIGKILL');
  });
  await tracer.start({ mode: 'exact', nframe: 5, keepEnded: true });
  const { snapshot, code } = await tracer.exited;
  await tracer.leaveProcesses();
  const child = (await tracer.processes[0]!.tracer.closed).snapshot;
  expect({ code, parent: kept(snapshot), child: kept(child) }).toEqual({
    code: 0,
    parent: { parent: 100, 'worker of parent': 200 },
    child: { child: 300, 'worker of child': 400 },
  });
});
