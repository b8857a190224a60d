import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Snapshot } from '../../../../src/index.js';
import { INSPECTOR_CLOSED } from '../../../../src/protocol/transport.js';
import { type Stage, stage } from './played.js';

const PAUSED = { registration: null, inliningIsOff: false, foldingIsOff: false, isTrackable: false };

/** The part of a list from the first `word` on. */
const from = (list: readonly string[], word: string) => list.slice(list.indexOf(word));

describe('a connection that is lost in the middle of a call', () => {
  it.each([
    ['start', 'NodeWorker.enable'],
    ['start', 'Runtime.getHeapUsage'],
    ['start', 'HeapProfiler.startSampling'],
    ['stop', 'HeapProfiler.disable'],
    ['stop', 'NodeWorker.disable'],
    ['close', 'HeapProfiler.disable'],
    ['close', 'NodeWorker.disable'],
  ] as const)('%s, at %s: the call is rejected, and nothing more is sent', async (call, command) => {
    const { program, tracer } = stage();
    if (call !== 'start') await tracer.start();
    program.on.set(command, () => program.lose('the network failed'));
    await expect(tracer[call]()).rejects.toMatchObject({ name: 'ConnectionLostError' });
    expect(program.sent.at(-1)).toBe(command);
    expect(tracer.isTracing()).toBe(false);
    await expect(tracer.closed).resolves.toMatchObject({ reason: 'the network failed', snapshot: null, error: null });
    await expect(tracer.close()).resolves.toBeUndefined();
  });

  it('a stop is rejected once: after it nothing is traced', async () => {
    const { program, tracer } = stage();
    await tracer.start();
    program.lose('the network failed');
    await expect(tracer.stop()).rejects.toMatchObject({ name: 'ConnectionLostError' });
    await expect(tracer.stop()).resolves.toBeUndefined();
    await expect(tracer.takeSnapshot()).rejects.toMatchObject({ name: 'NotTracingError' });
  });
});

describe('the end of the program in the middle of a call', () => {
  it('a stop that fails then is no error: nothing needs to be restored', async () => {
    const { program, tracer } = stage();
    await tracer.start();
    program.on.set('HeapProfiler.disable', () => {
      program.end();
      program.lose('the program ended');
    });
    await expect(tracer.stop()).resolves.toBeUndefined();
  });

  it('a start that succeeds then is ended, with a snapshot', async () => {
    const { program, tracer } = stage();
    program.on.set('HeapProfiler.startSampling', () => program.end());
    await tracer.start();
    await expect(tracer.closed).resolves.toMatchObject({ reason: 'the program ended', snapshot: expect.any(Snapshot), error: null });
    expect(program.sent.slice(-3)).toEqual(['NodeWorker.disable', 'HeapProfiler.disable', 'goodbye']);
    expect(tracer.isTracing()).toBe(false);
  });

  it('a last snapshot that fails says why, and keeps an earlier one', async () => {
    const { program, life, tracer } = stage();
    await tracer.start();
    await life.keepLastSnapshot();
    program.refused.add('HeapProfiler.getSamplingProfile');
    program.end();
    const { snapshot, error } = await tracer.closed;
    expect(snapshot).not.toBeNull();
    expect(error).toMatchObject({ name: 'NotTracingError' }); // V8's answer if another tool has ended our sampling
    expect(program.sent.at(-1)).toBe('goodbye');
  });
});

describe('an inspector that the program closes', () => {
  const shut = async ({ program, tracer }: Stage) => {
    program.lose(INSPECTOR_CLOSED);
    return (await tracer.closed).error;
  };

  it('takes the last snapshot with it', async () => {
    const traced = stage();
    await traced.tracer.start();
    await expect(shut(traced)).resolves.toMatchObject({
      message: expect.stringContaining('closed its inspector before it could be asked'),
    });
  });

  it('takes nothing if nothing is traced', async () => {
    const idle = stage();
    await idle.tracer.start();
    await idle.tracer.stop();
    await expect(shut(idle)).resolves.toBeNull();
  });
});

describe('a start that is refused', () => {
  const refused = async () => {
    const paused = stage(PAUSED);
    paused.program.refused.add('HeapProfiler.startSampling');
    await expect(paused.tracer.start()).rejects.toMatchObject({ name: 'CommandError' });
    return paused;
  };

  it('is undone, and leaves the program paused', async () => {
    const { program, tracer } = await refused();
    expect(from(program.sent, 'HeapProfiler.startSampling').slice(1)).toEqual([
      'NodeWorker.enable',
      'NodeWorker.disable',
      'Debugger.disable',
    ]);
    expect(tracer.isTracing()).toBe(false);
  });

  it('can be tried again, which lets the program run', async () => {
    const { program, tracer } = await refused();
    program.refused.clear();
    await tracer.start();
    expect(program.sent.slice(-2)).toEqual(['HeapProfiler.startSampling', 'Runtime.runIfWaitingForDebugger']);
  });

  it('and then a close let the program run', async () => {
    const { program, tracer } = await refused();
    await tracer.close();
    expect(program.sent.slice(-2)).toEqual(['Runtime.runIfWaitingForDebugger', 'goodbye']);
  });
});

describe('a program at its heap limit', () => {
  it('gives the last snapshot while it is paused, and goes on', async () => {
    const { program, tracer } = stage();
    await tracer.start({ onOom: true });
    const before = program.sent.length;
    program.emit('Debugger.paused', { reason: 'OOM', callFrames: [] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(program.sent.slice(before)).toEqual([
      'Runtime.getHeapUsage',
      'HeapProfiler.getSamplingProfile',
      'Runtime.getHeapUsage',
      'read the memory usage',
      'Debugger.disable',
      'Runtime.releaseObjectGroup',
      'Debugger.resume',
    ]);
    program.lose('the program ended');
    await expect(tracer.closed).resolves.toMatchObject({ atHeapLimit: true, snapshot: expect.anything() });
  });
});

describe('a program that seems to be at its end, while its objects are tracked', () => {
  const TURNS = ['ask for the event loop', 'wait for a turn'];
  const TRACK = 'HeapProfiler.startTrackingHeapObjects';
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A tracer of a program that was idle until it was suspended. */
  async function suspended(): Promise<Stage> {
    const set = stage();
    await Promise.all([set.tracer.start({ mode: 'objects', force: true }), pass(0)]);
    set.program.sent.length = 0;
    await pass(750);
    expect(set.program.sent.slice(-5)).toEqual([
      'HeapProfiler.takeHeapSnapshot',
      'Debugger.disable',
      'read the memory usage',
      'ask whether it is idle',
      'HeapProfiler.disable',
    ]);
    expect(set.tracer.isTracing()).toBe(true);
    set.program.sent.length = 0;
    return set;
  }

  it('is not suspended if it went on during the snapshot', async () => {
    const { program, tracer } = stage();
    await Promise.all([tracer.start({ mode: 'objects', force: true }), pass(0)]);
    program.on.set('HeapProfiler.takeHeapSnapshot', () => program.answers.set('ask whether it is idle', false));
    program.sent.length = 0;
    await pass(750);
    expect(from(program.sent, 'HeapProfiler.takeHeapSnapshot')).toEqual([
      'HeapProfiler.takeHeapSnapshot',
      'Debugger.disable',
      'read the memory usage',
      'ask whether it is idle',
    ]);
    expect(tracer.isTracing()).toBe(true);
    program.lose('over');
  });

  it('is tracked again if its event loop still turns', async () => {
    const { program, tracer } = await suspended();
    await pass(3 * 1500);
    expect(program.sent).toEqual([...TURNS, ...TURNS, ...TURNS, 'HeapProfiler.disable', TRACK]);
    expect(tracer.isTracing()).toBe(true);
    await expect(tracer.stop()).resolves.toBeUndefined();
    expect(program.sent).toContain('set flags');
  });

  it('is left if it comes to its end, with the snapshot that was taken before, and nothing is restored', async () => {
    const { program, tracer } = await suspended();
    program.end();
    await pass(0);
    expect(program.sent).toEqual(['NodeWorker.disable', 'HeapProfiler.disable', 'goodbye']);
    await expect(tracer.closed).resolves.toMatchObject({ reason: 'the program ended', snapshot: expect.anything(), error: null });
  });

  it('is no longer traced if its event loop does not turn, and a close restores it', async () => {
    const { program, tracer } = await suspended();
    program.silent.add('wait for a turn');
    await pass(1500 + 10_000);
    expect(program.sent).toEqual([...TURNS, 'NodeWorker.disable', 'HeapProfiler.disable']);
    expect(tracer.isTracing()).toBe(false);
    await tracer.close();
    expect(program.sent.slice(4, 5)).toEqual(['set flags']);
    expect(program.sent.at(-1)).toBe('goodbye');
  });

  it('is lost if the connection is, and keeps the snapshot', async () => {
    const { program, tracer } = await suspended();
    program.lose('the network failed');
    await pass(0);
    await expect(tracer.closed).resolves.toMatchObject({ reason: 'the network failed', snapshot: expect.anything() });
    expect(tracer.isTracing()).toBe(false);
    await expect(tracer.stop()).resolves.toBeUndefined();
  });

  it.each(['stop', 'close'] as const)('a %s waits until this is decided', async (call) => {
    const { program, tracer } = await suspended();
    const done = tracer[call]();
    await pass(1500);
    expect(program.sent).toEqual(TURNS);
    await pass(2 * 1500);
    await done;
    expect(from(program.sent, TRACK).slice(1, 3)).toEqual(['HeapProfiler.disable', 'set flags']);
  });
});

describe('a target that does not answer when we leave it', () => {
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is given up after one time in all, whatever waits, and its caretaker has to leave it', async () => {
    const { program, session, tracer } = stage(undefined, { timeoutMs: 30_000 });
    await Promise.all([tracer.start({ lines: true, onOom: true, workers: true }), pass(0)]);
    for (const command of ['Runtime.getHeapUsage', 'Debugger.disable', 'NodeWorker.disable', 'HeapProfiler.disable'])
      program.silent.add(command);
    const snapshot = tracer.takeSnapshot().catch((error: Error) => error.name);
    const closed = tracer.close();
    await pass(10_000);
    await expect(closed).resolves.toBeUndefined();
    await expect(snapshot).resolves.toBe('ConnectionLostError');
    await expect(tracer.closed).resolves.toMatchObject({ reason: 'it did not answer when we left it' });
    expect([session.isLost, program.drops, program.closes]).toEqual([true, 1, 0]);
  });

  it('ends a heap snapshot of which it tells nothing for a minute, and is given up then', async () => {
    const { program, session, tracer } = stage(undefined, { timeoutMs: 30_000 });
    await Promise.all([tracer.start({ mode: 'objects', force: true }), pass(0)]);
    program.silent.add('HeapProfiler.takeHeapSnapshot');
    const taken = expect(tracer.takeSnapshot()).rejects.toThrow(/no sign of life from app\.js within 60 s while taking a heap snapshot/);
    await pass(61_000);
    await taken;
    for (const command of ['Runtime.getHeapUsage', 'Debugger.disable', 'NodeWorker.disable', 'HeapProfiler.disable'])
      program.silent.add(command); // they wait behind the snapshot
    const closed = tracer.close();
    await pass(10_000);
    await expect(closed).resolves.toBeUndefined();
    expect([session.isLost, program.drops, program.closes]).toEqual([true, 1, 0]);
  });

  /** A stop had no answer; the program answers again. */
  async function stoppedInVain(): Promise<Stage> {
    const it = stage(undefined, { timeoutMs: 30_000 });
    await Promise.all([it.tracer.start({ lines: true }), pass(0)]);
    it.program.silent.add('HeapProfiler.disable');
    const stopped = expect(it.tracer.stop()).rejects.toMatchObject({ name: 'CommandTimeoutError' });
    await pass(30_000);
    await stopped;
    it.program.silent.clear();
    return it;
  }

  it('is left to its caretaker if an earlier stop could not restore it', async () => {
    const { program, session, tracer } = await stoppedInVain();
    await Promise.all([tracer.close(), pass(0)]);
    await expect(tracer.closed).resolves.toMatchObject({ reason: 'it did not answer when we left it' });
    expect([session.isLost, program.drops, program.closes]).toEqual([true, 1, 0]);
  });

  it('is left by us if a later stop could restore it', async () => {
    const { program, session, tracer } = await stoppedInVain();
    await Promise.all([tracer.start({ lines: true, force: true }), pass(0)]); // our sampler runs still
    await Promise.all([tracer.close(), pass(0)]);
    expect([session.isLost, program.drops, program.closes]).toEqual([false, 0, 1]);
  });

  it('has all the time that it needs as long as it answers', async () => {
    const { program, tracer } = stage(undefined, { timeoutMs: 30_000 });
    await Promise.all([tracer.start(), pass(0)]);
    program.silent.add('HeapProfiler.disable');
    const closed = tracer.close();
    for (let at = 0; at < 4; at++) {
      await pass(5_000);
      program.emit('HeapProfiler.lastSeenObjectId', {});
    }
    expect([program.drops, program.closes]).toEqual([0, 0]);
    await pass(10_000);
    await closed;
    expect(program.drops).toBe(1);
  });
});
