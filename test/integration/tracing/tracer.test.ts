import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { attach, Filter, NotTracingError, type Snapshot, type Tracer, UsageError } from '../../../src/index.js';
import { evaluateIn, inTurnOfItsOwn } from '../../helpers/evaluate.js';
import { failureOf } from '../../helpers/failure.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget, type TargetProcess } from '../../helpers/target-process.js';

const PROGRAM = repoPath('fixtures/programs/growing.cjs');
const BLOCK = 152;
const NOT_TRACING = 'the tracemalloc module must be tracing memory allocations to take a snapshot';

/** Blocks of the program's `make`, which starts on line 3. */
function made(snapshot: Snapshot): { size: number; count: number } {
  const found = snapshot.filterTraces([new Filter(true, PROGRAM, { lineno: 3 })]).statistics('lineno')[0];
  return { size: found?.size ?? 0, count: found?.count ?? 0 };
}

/** V8 itself allocates a little for a function, such as its feedback vector. */
function expectBlocks({ size, count }: { size: number; count: number }, blocks: number): void {
  expect(count).toBeGreaterThanOrEqual(blocks);
  expect(count).toBeLessThan(blocks + 50);
  expect(size).toBeGreaterThanOrEqual(blocks * BLOCK);
  expect(size).toBeLessThan(blocks * BLOCK + 5000);
}

describe.each(oldestAndNewest())('a tracer on Node $major', ({ execPath }) => {
  let target: TargetProcess;
  let tracer: Tracer;
  const grow = (n: number) => evaluateIn(target.port, `grow(${n})`);

  beforeAll(async () => {
    // Without inlining, every function has its own bytes.
    target = await startTarget({ execPath, file: PROGRAM, execArgv: ['--max-inlined-bytecode-size=0'], ready: true });
    tracer = await attach(target.port);
  });
  afterAll(reapTargets);

  it('traces nothing before the start, as in CPython', async () => {
    expect(tracer.isTracing()).toBe(false);
    expect(tracer.getTracebackLimit()).toBe(1);
    await expect(tracer.getTracedMemory()).resolves.toEqual({ current: 0, peak: 0 });
    await expect(tracer.getTracemallocMemory()).resolves.toEqual({ controller: 0, target: 0 });
    await tracer.stop();
    await tracer.clearTraces();
    await tracer.resetPeak();
    const error = await failureOf(tracer.takeSnapshot());
    expect(error).toBeInstanceOf(NotTracingError);
    expect(error.message).toBe(NOT_TRACING);
  });

  it.each([0, -1, 1.5, 65536, Number.NaN])("%p frames are refused in CPython's words", async (nframe) => {
    const errors = [await failureOf(tracer.start(nframe)), await failureOf(tracer.start({ nframe }))];
    for (const error of errors) {
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toBe('the number of frames must be in range [1; 65535]');
    }
    expect(tracer.isTracing()).toBe(false);
  });

  it.each([0, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY])('interval %p never reaches the target', async (interval) => {
    const error = await failureOf(tracer.start({ interval }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(`the sampling interval must be an integer of at least 1 byte, not ${interval}`);
    await expect(evaluateIn(target.port, '6 * 7')).resolves.toBe(42);
  });

  it('object mode takes no interval', async () => {
    expect(await failureOf(tracer.start({ mode: 'objects', interval: 64 }))).toBeInstanceOf(UsageError);
    expect(tracer.isTracing()).toBe(false);
  });

  it('traces from the start to the stop', async () => {
    await tracer.start({ nframe: 7, interval: 1 });
    await tracer.start({ nframe: 3, interval: 512 }); // has no effect, as in CPython
    expect(await failureOf(tracer.start(0))).toBeInstanceOf(UsageError);
    expect(tracer.isTracing()).toBe(true);
    expect(tracer.getTracebackLimit()).toBe(7);
    await grow(1000);
    const snapshot = await tracer.takeSnapshot();
    expectBlocks(made(snapshot), 1000);
    expect(snapshot.tracebackLimit).toBe(7);
    expect(snapshot.capture).toMatchObject({ mode: 'sampling', interval: 1, precision: 'function', target: { pid: target.pid } });
    expect(snapshot.capture.heap!.rss).toBeGreaterThan(snapshot.capture.heap!.heapUsed);
    const cost = await tracer.getTracemallocMemory();
    expect(cost.target).toBe(snapshot.columns.length * 110);
    expect(cost.controller).toBeGreaterThan(snapshot.columns.length * 20);

    await tracer.clearTraces();
    await grow(10);
    expectBlocks(made(await tracer.takeSnapshot()), 10);

    await tracer.stop();
    await tracer.stop();
    expect(tracer.isTracing()).toBe(false);
    expect((await failureOf(tracer.takeSnapshot())).message).toBe(NOT_TRACING);
    await expect(tracer.getTracedMemory()).resolves.toEqual({ current: 0, peak: 0 });
  });

  it('carries calls out in the order in which they are made, without awaiting', async () => {
    const [, first, , second, ended, , afterStop] = await Promise.allSettled([
      tracer.start({ mode: 'exact' }),
      tracer.takeSnapshot(),
      grow(100).then(() => tracer.resetPeak()),
      tracer.getTracedMemory(),
      tracer.takeSnapshot(),
      tracer.stop(),
      tracer.takeSnapshot(),
    ]);
    expect([first, second, ended].map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect((first as PromiseFulfilledResult<Snapshot>).value.capture).toMatchObject({ mode: 'exact', interval: 1 });
    expect(afterStop).toMatchObject({ status: 'rejected', reason: expect.any(NotTracingError) });
  });

  it('leaves nothing behind at its close', async () => {
    await tracer.start();
    await tracer.close();
    await tracer.close();
    expect(tracer.isTracing()).toBe(false);
    await expect(tracer.closed).resolves.toMatchObject({ snapshot: null, error: null });
    expect(await failureOf(tracer.takeSnapshot())).toBeInstanceOf(NotTracingError);
    expect((await failureOf(tracer.start())).message).toContain('we closed it; attach again');
    await expect(evaluateIn(target.port, inTurnOfItsOwn('debugger'))).resolves.toBe(42);
    const again = await attach(target.port);
    await again.start({ interval: 1 }); // refused if a sampler is left
    await grow(5);
    expectBlocks(made(await again.takeSnapshot()), 5);
    await again.close();
    expect(target.child.exitCode).toBeNull();
  });
});
