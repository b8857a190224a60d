import { afterEach, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** Readings are cheap, and so come soon. */
const INTERVAL = 8192;

// One version is enough, and its two readings take as long as their share of the target's time says.
it('a peak is found without asking, and forgotten when told', async () => {
  const target = await startTarget({ execPath: process.execPath, file: repoPath('fixtures/programs/growing.cjs'), ready: true });
  const tracer = await attach(target.port);
  /** The watch's own reading shows in what tracing costs; nothing here takes one. */
  const read = async (bytes: number) => {
    const deadline = performance.now() + 30_000;
    while ((await tracer.getTracemallocMemory()).target < (bytes / INTERVAL) * 110) {
      if (performance.now() > deadline) throw new Error('the watch took no reading');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await tracer.start({ interval: INTERVAL });
  await evaluateIn(target.port, 'grow(200000)'); // 30 MB, about which nobody asks while they are there
  await read(15_000_000);
  await evaluateIn(target.port, 'shrink()');
  const dropped = await tracer.getTracedMemory();
  expect(dropped.current).toBeLessThan(2_000_000);
  expect(dropped.peak).toBeGreaterThan(25_000_000);

  await tracer.resetPeak();
  expect((await tracer.getTracedMemory()).peak).toBeLessThan(2_000_000);
  await evaluateIn(target.port, 'grow(60000)'); // 9 MB: less than the heap once was
  await read(5_000_000);
  await tracer.clearTraces();
  const cleared = await tracer.getTracedMemory();
  expect(cleared.peak).toBeLessThan(2_000_000);
  expect(cleared.peak).toBeGreaterThanOrEqual(cleared.current);
  await tracer.close();
});
