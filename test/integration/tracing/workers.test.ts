import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  attach,
  type Closing,
  type LaunchedTracer,
  launch,
  Snapshot,
  type StartOptions,
  ThreadFilter,
  type Tracer,
} from '../../../src/index.js';
import { type Commanded, commanded } from '../../helpers/commanded.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { type NodeBinary, nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, startTarget, type TargetProcess, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const PROGRAM = repoPath('fixtures', 'programs', 'workers.cjs');
/** The bytes of 4,096 bits and up to 10 more, and V8's header. */
const BIGINT_BYTES = 536;

const MIB = 2 ** 20;
/** A worker that held less when its tracing began is not named. */
const NOT_WORTH_NAMING = 8 * MIB;
/** On a line of stdin, four workers start. Each fills 16 MiB at once, from its first line on. */
const POOL = `
  const { Worker } = require('node:worker_threads');
  const fill = 'globalThis.kept = Array.from({ length: 256 }, () => new Array(8192).fill(0)); require("node:worker_threads").parentPort.on("message", () => {}).postMessage("full")';
  let full = 0;
  process.stdin.once('data', () => {
    for (let i = 0; i < 4; i++) new Worker(fill, { eval: true }).on('message', () => ++full === 4 && console.log('full'));
  });
  console.log('ready');
`;

async function launched(
  { execPath }: Pick<NodeBinary, 'execPath'>,
  options: StartOptions,
): Promise<{ tracer: LaunchedTracer; program: Commanded }> {
  const tracer = await launch(PROGRAM, { execPath, stdio: 'pipe', ...(options.mode && { mode: options.mode }) });
  reapLater(async () => {
    await tracer.kill('SIGKILL');
    await tracer.exited;
  });
  await tracer.start(options);
  tracer.stderr!.resume();
  const program = commanded({ stdin: tracer.stdin!, stdout: tracer.stdout! });
  await program.answered('ready');
  return { tracer, program };
}

async function started(execPath: string): Promise<{ target: TargetProcess; program: Commanded }> {
  const target = await startTarget({ execPath, file: PROGRAM, ready: true });
  return { target, program: commanded({ stdin: target.child.stdin, stdout: target.child.stdout }) };
}

/** The number of BigInts that each thread holds. */
function bigints(snapshot: Snapshot): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { size, thread, traceback } of snapshot.traces) {
    const isKept = size === BIGINT_BYTES && traceback.at(-1)?.functionName === 'keep';
    counts[thread] = (counts[thread] ?? 0) + Number(isKept);
  }
  return counts;
}

async function tracesEachWorker(binary: NodeBinary, mode: 'exact' | 'objects'): Promise<void> {
  const { tracer, program } = await launched(binary, { mode });
  await program.ask('start a', 'started 1');
  await program.ask('start b', 'started 2');
  const both = await tracer.takeSnapshot();
  expect(bigints(both)).toEqual({ main: 100, 'worker 1 (a)': 1000, 'worker 2 (b)': 1000 });
  expect(both.capture.missing).toBeUndefined();
  const file = join(temporaryFolder(), 'both.tmsnap');
  both.dump(file);
  const loaded = Snapshot.load(file);
  expect(loaded.statistics('thread').map(String)).toEqual(both.statistics('thread').map(String));
  expect(bigints(loaded.filterTraces([new ThreadFilter(true, 'worker 1*')]))).toEqual({ 'worker 1 (a)': 1000 });
  await program.ask('end 1', 'ended 1');
  expect(bigints(await tracer.takeSnapshot())).toEqual({ main: 100, 'worker 2 (b)': 1000 });
  program.tell('exit');
  const { code, snapshot, error } = await tracer.exited;
  expect({ code, error }).toEqual({ code: 3, error: null });
  expect(bigints(snapshot!)).toEqual({ main: 100, 'worker 2 (b)': 1000 });
}

async function lacksStuckWorker(tracer: Tracer, program: Commanded): Promise<void> {
  await program.ask('spin 2', 'spinning 2');
  let snapshot = await tracer.takeSnapshot();
  while (snapshot.capture.missing === undefined) snapshot = await tracer.takeSnapshot();
  expect(bigints(snapshot)['worker 1']).toBe(1000);
  expect(snapshot.capture.missing).toEqual([
    {
      thread: 'worker 2 (stuck)',
      reason: expect.stringMatching(/^no answer from worker 2 \(stuck\) of .* within 10 s while waiting for a turn of the event loop/),
    },
  ]);
  process.kill(snapshot.capture.target.pid!, 'SIGKILL'); // so that no last snapshot waits again
}

describe.each(nodeBinaries())('workers on Node $major', (binary) => {
  it('a launched program: all are in one snapshot, each traced from its first line on', () => tracesEachWorker(binary, 'exact'));

  it('keeps what an ended worker held, if asked to (matrix)', async () => {
    const { tracer, program } = await launched(binary, { mode: 'exact', keepEnded: true });
    await program.ask('start a', 'started 1');
    await program.ask('start b', 'started 2');
    await tracer.takeSnapshot();
    await program.ask('end 1', 'ended 1');
    await program.ask('crash 2', 'ended 2');
    expect(bigints(await tracer.takeSnapshot())).toEqual({ main: 100, 'worker 1 (a)': 1000, 'worker 2 (b)': 1000 });
    await tracer.clearTraces();
    expect(bigints(await tracer.takeSnapshot())).toEqual({ main: 0 });
    program.tell('exit');
    expect((await tracer.exited).code).toBe(3);
  });

  it.each([
    [false, ''],
    [true, ' (matrix)'],
  ])('a main thread that ends by itself takes its workers along; what they held is kept where asked: %s%s', async (keepEnded) => {
    const { tracer, program } = await launched(binary, { mode: 'exact', keepEnded });
    await program.ask('start idle', 'started 1');
    await program.ask('start busy', 'started 2');
    await program.ask('spin 2', 'spinning 2');
    program.tell('leave');
    const { code, snapshot } = await tracer.exited;
    expect(code).toBe(0);
    const kept = keepEnded ? { 'worker 1 (idle)': 1000, 'worker 2 (busy)': 1000 } : {};
    expect(bigints(snapshot!)).toMatchObject({ main: 100, ...kept });
  });

  it('a running program: old workers, new ones, and those that a worker starts are traced; none is traced after the close', async () => {
    const { target, program } = await started(binary.execPath);
    await program.ask('start', 'started 1');
    const tracer = await attach(target.port);
    await tracer.start({ mode: 'exact' });
    await program.ask('start late', 'started 2');
    await program.ask('nest 2', 'nested 3');
    let first = await tracer.takeSnapshot();
    while (first.threads.length < 4) first = await tracer.takeSnapshot(); // Node reports a new worker in a later turn of the event loop
    await program.ask('keep 1', 'kept 1');
    await program.ask('keep 2', 'kept 2');
    const grown = (await tracer.takeSnapshot()).allocatedSince(first);
    expect(bigints(grown)).toMatchObject({ 'worker 1': 1000, 'worker 2 (late)': 1000 });
    expect(first.threads).toEqual(['main', 'worker 1', 'worker 2 (late)', 'worker 3 (nested)']);
    await tracer.close();
    const again = await attach(target.port);
    await again.start({ mode: 'exact' }); // would be refused if we had left a sampler behind
    const { capture, threads } = await again.takeSnapshot();
    expect({ missing: capture.missing, threads }).toEqual({ missing: undefined, threads: first.threads });
    await again.close();
    await program.ask('end 1', 'ended 1');
    program.tell('exit');
    expect(await target.exited).toEqual({ code: 3, signal: null });
  });

  it('that start while a running program is traced: what each allocates is in the snapshot, or the snapshot tells how much is not (matrix)', async () => {
    const target = await startTarget({ execPath: binary.execPath, code: POOL, ready: true });
    const tracer = await attach(target.port);
    await tracer.start();
    const program = commanded({ stdin: target.child.stdin, stdout: target.child.stdout });
    await program.ask('go', 'full');
    const snapshot = await tracer.takeSnapshot();
    expect(snapshot.capture.missing).toBeUndefined();
    const traced = new Map(snapshot.statistics('thread').map((one) => [one.traceback.at(-1)!.filename, one]));
    for (const thread of ['worker 1', 'worker 2', 'worker 3', 'worker 4']) {
      const { size, standardError } = traced.get(thread) ?? { size: 0, standardError: 0 };
      const late = snapshot.capture.late?.find((one) => one.thread === thread)?.bytes ?? NOT_WORTH_NAMING;
      expect(size + 5 * standardError + late).toBeGreaterThan(16 * MIB);
    }
    await tracer.close();
  });

  it('that start, end and crash disturb no snapshot (matrix)', async () => {
    const { tracer, program } = await launched(binary, { mode: 'exact', keepEnded: true });
    const lives = async (id: number) => {
      await program.ask(`start w${id}`, `started ${id}`);
      await program.ask(id % 2 === 0 ? `end ${id}` : `crash ${id}`, `ended ${id}`);
    };
    let isOver = false;
    const coming = (async () => {
      for (let id = 1; id <= 6; id++) await lives(id);
      isOver = true;
    })();
    while (!isOver) {
      const snapshot = await tracer.takeSnapshot();
      expect(bigints(snapshot).main).toBe(100);
      expect(snapshot.capture.missing).toBeUndefined();
    }
    await coming;
    await tracer.close();
    program.tell('exit');
    expect((await tracer.exited).code).toBe(3);
  });
});

describe.each(oldestAndNewest())('workers on Node $major', (binary) => {
  const { execPath } = binary;

  it('in object mode, too (full)', () => tracesEachWorker(binary, 'objects'), 180_000);

  it('a worker that does not answer is listed as missing, and the snapshot has the rest (long)', async () => {
    const { target, program } = await started(execPath);
    await program.ask('start', 'started 1');
    await program.ask('start stuck', 'started 2');
    const tracer = await attach(target.port, { timeoutMs: 1000 });
    await tracer.start({ mode: 'exact' });
    await program.ask('keep 1', 'kept 1');
    await program.ask('sleep 2', 'asleep 2');
    let snapshot = await tracer.takeSnapshot();
    while (snapshot.capture.missing === undefined) snapshot = await tracer.takeSnapshot();
    expect(bigints(snapshot)['worker 1']).toBe(1000);
    expect(snapshot.capture.missing).toEqual([
      { thread: 'worker 2 (stuck)', reason: expect.stringMatching(/^no answer from worker 2 \(stuck\) of .* within [13] s while/) },
    ]);
    await tracer.close();
    expect(await evaluateIn(target.port, '6 * 7')).toBe(42);
  });

  it('in object mode, a worker that never yields is listed as missing, and the snapshot has the rest: launched (long)', async () => {
    const { tracer, program } = await launched(binary, { mode: 'objects' });
    await program.ask('start', 'started 1');
    await program.ask('start stuck', 'started 2');
    await lacksStuckWorker(tracer, program);
  }, 240_000);

  it('in object mode, a worker that never yields is listed as missing, and the snapshot has the rest: attached (full)', async () => {
    const { target, program } = await started(execPath);
    await program.ask('start', 'started 1');
    await program.ask('start stuck', 'started 2');
    const tracer = await attach(target.port);
    await tracer.start({ mode: 'objects' });
    await program.ask('keep 1', 'kept 1');
    await lacksStuckWorker(tracer, program);
  }, 240_000);

  it('in sampling mode, the snapshot has a worker that never yields, too (matrix)', async () => {
    const { tracer, program } = await launched(binary, { mode: 'exact' });
    await program.ask('start', 'started 1');
    await program.ask('spin 1', 'spinning 1');
    const { capture, threads } = await tracer.takeSnapshot();
    expect({ missing: capture.missing, threads }).toEqual({ missing: undefined, threads: ['main', 'worker 1'] });
  });

  it('a target that is killed while it has workers ends the tracing like any other', async () => {
    const { tracer, program } = await launched({ execPath }, {});
    await program.ask('start', 'started 1');
    process.kill(tracer.pid, 'SIGKILL');
    const closing: Closing = await tracer.closed;
    expect(closing.snapshot).toBeNull();
  });
});
