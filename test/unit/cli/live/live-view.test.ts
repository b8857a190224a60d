import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { LiveView, type ShownTracer } from '../../../../src/cli/live/live-view.js';
import { leave } from '../../../../src/cli/tracing/while-tracing.js';
import type { Closing } from '../../../../src/tracing/tracer/closing.js';
import { snapshotFrom } from '../../snapshot/picture.js';

const SNAPSHOT = snapshotFrom(`
  keep@a.js:1
  1000
`);

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** A tracer whose snapshots and end come when the test says so. */
class Tracer implements ShownTracer {
  readonly #end = deferred<Closing>();
  readonly closed = this.#end.promise;
  readonly pending: Deferred<typeof SNAPSHOT>[] = [];

  isTracing(): boolean {
    return true;
  }

  takeSnapshot(): Promise<typeof SNAPSHOT> {
    const taken = deferred<typeof SNAPSHOT>();
    this.pending.push(taken);
    return taken.promise;
  }

  end(reason: string): void {
    this.#end.resolve({ reason, snapshot: SNAPSHOT, atHeapLimit: false, peak: null, error: null });
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}

function show(columns = 80) {
  const tracer = new Tracer();
  const [out, err] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const input = Object.assign(new PassThrough(), { setRawMode: () => {} });
  const view = new LiveView(tracer, {
    label: '9229',
    keyType: 'lineno',
    onlyLabels: [],
    color: false,
    console: { out: Object.assign(out, { columns, rows: 24 }), err, cwd: '/app' },
    input: input as unknown as ReadStream,
    interrupted: new Promise(() => {}),
    shown: (snapshot) => snapshot,
    selected: (snapshot) => snapshot,
    saved: (snapshot) => snapshot,
  });
  return { tracer, out, err, input, left: view.show() };
}

/** Resolves when everything that can continue has done so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test.each([['q'], ['fq']])('%s during a snapshot ends the view: the snapshot is not shown, and no other follows', async (keys) => {
  const { tracer, out, input, left } = show();
  await jest.advanceTimersToNextTimerAsync();
  expect(tracer.pending).toHaveLength(1);
  for (const key of keys) input.emit('keypress', key, { name: key });
  await left;
  out.read();
  tracer.pending[0]!.resolve(SNAPSHOT);
  await settled();
  expect(jest.getTimerCount()).toBe(0);
  expect(out.read()).toBeNull();
});

test('takes one snapshot after the other while it is open, and none while it is frozen', async () => {
  const { tracer, out, input, left } = show();
  await jest.advanceTimersToNextTimerAsync();
  tracer.pending[0]!.resolve(SNAPSHOT);
  await settled();
  expect(out.read()).toContain('keep');
  await jest.advanceTimersToNextTimerAsync();
  expect(tracer.pending).toHaveLength(2);
  input.emit('keypress', 'f', { name: 'f' });
  tracer.pending[1]!.resolve(SNAPSHOT);
  await settled();
  await jest.advanceTimersToNextTimerAsync();
  await jest.advanceTimersToNextTimerAsync();
  expect(tracer.pending).toHaveLength(2);
  input.emit('keypress', 'q', { name: 'q' });
  await left;
});

test('the line that reports the end is broken between words', async () => {
  const { tracer, err, left } = show(20);
  tracer.end('its main thread came to its end');
  await left;
  expect(err.read()).toBe('the target has\nended: its main\nthread came to its\nend\n');
});

test('says that it is leaving if that takes longer than a second', async () => {
  const err = new PassThrough({ encoding: 'utf8' });
  const closed = deferred<void>();
  const left = leave({ close: () => closed.promise }, err);
  await jest.advanceTimersByTimeAsync(900);
  expect(err.read()).toBeNull();
  await jest.advanceTimersByTimeAsync(200);
  expect(err.read()).toBe('leaving …\n');
  closed.resolve();
  await left;
  await leave({ close: async () => {} }, err);
  await jest.advanceTimersByTimeAsync(2000);
  expect(err.read()).toBeNull();
});
