import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, jest, test } from '@jest/globals';
import { CommandError, CommandTimeoutError, ConnectionLostError } from '../../../src/errors.js';
import { Session } from '../../../src/protocol/session.js';
import { FakeTransport } from '../../helpers/fake-transport.js';

const LABEL = '127.0.0.1:9229 (app.js)';

function open(transport = new FakeTransport(), timeoutMs?: number) {
  return { transport, session: new Session(transport, { label: LABEL, timeoutMs }) };
}

/** The error with which a promise is rejected. */
async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new TypeError(`no Error was thrown but ${String(outcome)}`);
}

describe('send', () => {
  test('posts the command with its parameters and gives the answer', async () => {
    const { transport, session } = open();
    const sent = session.send('HeapProfiler.startSampling', { samplingInterval: 512 });
    expect(transport.last()).toMatchObject({ method: 'HeapProfiler.startSampling', params: { samplingInterval: 512 } });
    transport.last().answer({});
    await expect(sent).resolves.toEqual({});
  });

  test('posts an empty object if a command has no parameters, and accepts an immediate answer', async () => {
    const { transport, session } = open(new FakeTransport({ 'Runtime.getHeapUsage': () => ({ usedSize: 7, totalSize: 9 }) }));
    await expect(session.send('Runtime.getHeapUsage')).resolves.toEqual({ usedSize: 7, totalSize: 9 });
    expect(transport.last().params).toEqual({});
  });

  test("carries the commands of Node's own domains", async () => {
    const { transport, session } = open();
    const sent = session.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
    transport.last().answer({});
    await expect(sent).resolves.toEqual({});
  });

  test('answers may come in any order', async () => {
    const { transport, session } = open();
    const usage = session.send('Runtime.getHeapUsage');
    const profile = session.send('HeapProfiler.getSamplingProfile');
    transport.posted[1]?.answer('profile');
    transport.posted[0]?.answer('usage');
    await expect(Promise.all([usage, profile])).resolves.toEqual(['usage', 'profile']);
  });

  test('a refusal is a CommandError that says what was done and by whom, and has the answer as its cause', async () => {
    const { transport, session } = open();
    const sent = session.send('HeapProfiler.getSamplingProfile');
    transport.last().refuse({ code: -32000, message: 'V8 sampling heap profiler was not started.' });
    const error = await rejection(sent);
    expect(error).toBeInstanceOf(CommandError);
    expect(error.message).toBe(
      `${LABEL} failed at reading the sampling profile: V8 sampling heap profiler was not started. (HeapProfiler.getSamplingProfile, error -32000)`,
    );
    expect(error.cause).toEqual({ code: -32000, message: 'V8 sampling heap profiler was not started.' });
  });

  test('commands that need the event loop fail once the target has come to its end; others are still answered', async () => {
    const { transport, session } = open();
    const waiting = rejection(session.send('HeapProfiler.takeHeapSnapshot', {}, { needsEventLoop: true, doing: 'taking it' }));
    const answered = session.send('Runtime.getHeapUsage');
    const { answer } = transport.last();
    transport.emit('NodeRuntime.waitingForDisconnect');
    expect(await waiting).toBeInstanceOf(ConnectionLostError);
    expect((await waiting).message).toBe(`lost the connection to ${LABEL} while taking it: the program ended`);
    const late = await rejection(session.send('HeapProfiler.takeHeapSnapshot', {}, { needsEventLoop: true, doing: 'taking it' }));
    expect(late.message).toBe(`cannot continue taking it: the connection to ${LABEL} has ended: the program ended`);
    expect(transport.posted).toHaveLength(2);
    answer('usage');
    await expect(answered).resolves.toBe('usage');
  });

  test('a command that cannot be sent is a CommandError', async () => {
    const transport = new FakeTransport({
      'Runtime.evaluate': () => {
        throw new TypeError('Do not know how to serialize a BigInt');
      },
    });
    const error = await rejection(open(transport).session.send('Runtime.evaluate', { expression: '1' }));
    expect(error).toBeInstanceOf(CommandError);
    expect(error.message).toContain('it could not be sent: Do not know how to serialize a BigInt');
  });
});

describe('timeouts', () => {
  test('a command without an answer fails after the limit of the session, and a late answer changes nothing', async () => {
    jest.useFakeTimers();
    try {
      const { transport, session } = open(undefined, 2_000);
      const outcome = rejection(session.send('HeapProfiler.getSamplingProfile'));
      jest.advanceTimersByTime(1_999);
      expect(jest.getTimerCount()).toBe(1);
      jest.advanceTimersByTime(1);
      const error = await outcome;
      expect(error).toBeInstanceOf(CommandTimeoutError);
      expect(error.message).toContain(`no answer from ${LABEL} within 2 s while reading the sampling profile:`);
      expect(() => transport.last().answer({})).not.toThrow();
      expect(session.isOpen).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });

  test('the limit is 30 s by default and none at Infinity, and its timer ends with the answer', async () => {
    jest.useFakeTimers();
    try {
      const { transport, session } = open();
      const endless = session.send('Runtime.getHeapUsage', undefined, { timeoutMs: Number.POSITIVE_INFINITY });
      expect(jest.getTimerCount()).toBe(0);
      transport.last().answer('late');
      await expect(endless).resolves.toBe('late');
      const answered = session.send('Runtime.getHeapUsage');
      transport.last().answer('soon');
      expect(jest.getTimerCount()).toBe(0);
      await answered;
      const outcome = rejection(session.send('Runtime.getHeapUsage'));
      jest.advanceTimersByTime(30_000);
      expect((await outcome).message).toContain('within 30 s while reading the heap usage');
    } finally {
      jest.useRealTimers();
    }
  });

  test('signs of life begin the limit anew, and an error says that there was none', async () => {
    jest.useFakeTimers();
    try {
      const { transport, session } = open();
      const options = { timeoutMs: 60_000, signsOfLife: ['HeapProfiler.addHeapSnapshotChunk'] as const };
      const outcome = rejection(session.send('HeapProfiler.takeHeapSnapshot', {}, options));
      for (let i = 0; i < 5; i++) {
        jest.advanceTimersByTime(59_999);
        transport.emit('HeapProfiler.addHeapSnapshotChunk', { chunk: '' });
        transport.emit('HeapProfiler.lastSeenObjectId', {});
      }
      jest.advanceTimersByTime(59_000);
      transport.emit('HeapProfiler.lastSeenObjectId', {}); // of something else
      expect(jest.getTimerCount()).toBe(1);
      jest.advanceTimersByTime(1_000);
      expect((await outcome).message).toContain(`no sign of life from ${LABEL} within 60 s while taking a heap snapshot:`);
      expect(session.isOpen).toBe(true);
      expect(session.isHeld).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });

  test('one call can have its own limit and words', async () => {
    const error = await rejection(
      open().session.send('Runtime.evaluate', { expression: '1' }, { timeoutMs: 5, doing: 'asking for its pid' }),
    );
    expect(error.message).toContain('within 5 ms while asking for its pid');
  });
});

describe('events', () => {
  test('go to the listeners of their name until these are removed', () => {
    const { transport, session } = open();
    const heard: unknown[] = [];
    const leave = session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => heard.push(chunk));
    transport.emit('HeapProfiler.addHeapSnapshotChunk', { chunk: 'a' });
    transport.emit('Debugger.resumed');
    leave();
    transport.emit('HeapProfiler.addHeapSnapshotChunk', { chunk: 'b' });
    expect(heard).toEqual(['a']);
  });

  test('a function that was added twice and removed once still listens', () => {
    const { transport, session } = open();
    const listener = jest.fn();
    session.on('Debugger.resumed', listener);
    session.on('Debugger.resumed', listener)();
    transport.emit('Debugger.resumed');
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('an error of a listener reaches onListenerError and nobody else', async () => {
    const transport = new FakeTransport();
    const errors: unknown[] = [];
    const session = new Session(transport, { label: LABEL, onListenerError: (error) => errors.push(error) });
    const bug = new Error('a bug in the listener');
    const second = jest.fn();
    session.on('Debugger.resumed', () => {
      throw bug;
    });
    session.on('Debugger.resumed', second);
    expect(() => transport.emit('Debugger.resumed')).not.toThrow();
    expect(errors).toEqual([bug]);
    expect(second).toHaveBeenCalledTimes(1);
    const sent = session.send('Runtime.getHeapUsage');
    transport.last().answer({});
    await expect(sent).resolves.toEqual({});
  });

  test('waitFor gives the first event that fits', async () => {
    const { transport, session } = open();
    const waiting = session.waitFor('Debugger.paused', ({ reason }) => reason === 'OOM');
    transport.emit('Debugger.paused', { reason: 'other' });
    transport.emit('Debugger.paused', { reason: 'OOM' });
    transport.emit('Debugger.paused', { reason: 'OOM', data: 'second' });
    await expect(waiting).resolves.toEqual({ reason: 'OOM' });
  });

  test('waitFor ends at its limit', async () => {
    const error = await rejection(open().session.waitFor('Debugger.paused', undefined, { timeoutMs: 5 }));
    expect(error).toBeInstanceOf(CommandTimeoutError);
    expect(error.message).toContain('within 5 ms while waiting for Debugger.paused');
  });
});

describe('the end of the connection', () => {
  test('rejects everything that waits, and says what was done, the target, the reason and what to try', async () => {
    const { transport, session } = open();
    const outcomes = [
      rejection(session.send('HeapProfiler.getSamplingProfile')),
      rejection(session.send('Runtime.evaluate', { expression: '1' }, { doing: 'asking for its pid' })),
      rejection(session.waitFor('Debugger.paused')),
    ];
    transport.lose('the program ended; start it again');
    const errors = await Promise.all(outcomes);
    expect(errors.map(({ message }) => message)).toEqual([
      `lost the connection to ${LABEL} while reading the sampling profile: the program ended; start it again`,
      `lost the connection to ${LABEL} while asking for its pid: the program ended; start it again`,
      `lost the connection to ${LABEL} while waiting for Debugger.paused: the program ended; start it again`,
    ]);
    expect(errors.every((error) => error instanceof ConnectionLostError)).toBe(true);
    expect(session.isOpen).toBe(false);
    await expect(session.closed).resolves.toBe('the program ended; start it again');
  });

  test('send and waitFor afterwards fail at once and send nothing', async () => {
    const { transport, session } = open();
    transport.lose('the program ended; start it again');
    for (const call of [session.send('Runtime.getHeapUsage'), session.waitFor('Debugger.resumed')]) {
      const error = await rejection(call);
      expect(error).toBeInstanceOf(ConnectionLostError);
      expect(error.message).toMatch(/the connection to 127\.0\.0\.1:9229 \(app\.js\) has ended: the program ended; start it again$/);
    }
    expect(transport.posted).toHaveLength(0);
  });

  test('close rejects everything that waits, with its reason, and closes the transport once', async () => {
    const { transport, session } = open();
    const outcome = rejection(session.send('HeapProfiler.getSamplingProfile'));
    await Promise.all([session.close('the program is at its end'), session.close()]);
    expect((await outcome).message).toContain('while reading the sampling profile: the program is at its end');
    await expect(session.closed).resolves.toBe('the program is at its end');
    expect(transport.closes).toBe(1);
    expect(session.isOpen).toBe(false);
  });

  test('close after a lost connection keeps the first reason', async () => {
    const { transport, session } = open();
    transport.lose('the program ended');
    await session.close();
    await expect(session.closed).resolves.toBe('the program ended');
  });

  test.each(['close', 'lose'] as const)('keeps no reference to its transport: %s', async (way) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const over = async () => {
      const { transport, session } = open();
      await (way === 'close' ? session.close() : transport.lose('the program ended'));
      return { session, transport: new WeakRef(transport) };
    };
    const { session, transport } = await over();
    await new Promise((resolve) => setImmediate(resolve)); // a WeakRef keeps its object until the end of the turn
    collect();
    expect({ isOpen: session.isOpen, transport: transport.deref() }).toEqual({ isOpen: false, transport: undefined });
  });
});

describe('the stack of an error is that of the call', () => {
  function takeProfileOfTheTest(session: Session): Promise<unknown> {
    return session.send('HeapProfiler.getSamplingProfile');
  }

  function waitInTheTest(session: Session): Promise<unknown> {
    return session.waitFor('Debugger.paused', undefined, { timeoutMs: 5 });
  }

  test.each<[string, (call: { transport: FakeTransport; session: Session }) => Promise<unknown>, RegExp]>([
    [
      'a refusal',
      ({ transport, session }) => {
        const sent = takeProfileOfTheTest(session);
        setImmediate(() => transport.last().refuse({ message: 'no' }));
        return sent;
      },
      /takeProfileOfTheTest/,
    ],
    [
      'a loss',
      ({ transport, session }) => {
        const sent = takeProfileOfTheTest(session);
        setImmediate(() => transport.lose('gone'));
        return sent;
      },
      /takeProfileOfTheTest/,
    ],
    [
      'a call after the end',
      ({ transport, session }) => {
        transport.lose('gone');
        return takeProfileOfTheTest(session);
      },
      /takeProfileOfTheTest/,
    ],
    ['a timeout', ({ session }) => waitInTheTest(session), /waitInTheTest/],
  ])('%s', async (_, act, caller) => {
    const error = await rejection(act(open()));
    const [header, top] = error.stack?.split('\n') ?? [];
    expect(header).toBe(`${error.name}: ${error.message}`);
    expect(top).toMatch(caller);
    expect(top).toContain('session.test');
  });
});
