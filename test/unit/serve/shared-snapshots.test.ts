import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { CommandTimeoutError } from '../../../src/errors.js';
import { Snapshot } from '../../../src/index.js';
import { type Failure, SharedSnapshots } from '../../../src/serve/shared-snapshots.js';

const never = new AbortController().signal;

/** A target whose snapshots take `ms`. Records when each was asked for and when it came. */
function target(ms: number) {
  const spans: { begin: number; end: number }[] = [];
  let underWay = 0;
  const take = async () => {
    expect(++underWay).toBe(1);
    const begin = performance.now();
    await sleep(ms);
    spans.push({ begin, end: performance.now() });
    underWay--;
    return Snapshot.fromTraces([{ size: spans.length, frames: [['a.js', 1]] }]);
  };
  return { spans, snapshots: new SharedSnapshots(take, () => {}) };
}

it('everyone who asks while a snapshot is taken, or in the second after it, gets that one', async () => {
  const { spans, snapshots } = target(20);
  const first = await Promise.all(Array.from({ length: 50 }, () => snapshots.latest()));
  const later = await snapshots.latest();
  expect(new Set([...first, later].map(({ snapshot }) => snapshot)).size).toBe(1);
  expect(spans).toHaveLength(1);
  expect(snapshots.restMs + performance.now() - spans[0]!.end).toBeGreaterThan(990);
  await sleep(snapshots.restMs + 5);
  await snapshots.latest();
  expect(spans).toHaveLength(2);
  expect([snapshots.count, snapshots.totalMs > 35]).toEqual([2, true]);
});

it('a target whose snapshots take long is stopped for 5 % of the time (long)', async () => {
  const { spans, snapshots } = target(100);
  await snapshots.latest();
  const rest = snapshots.restMs;
  expect(rest).toBeGreaterThan(1_800); // timers may fire a little early
  const begun = performance.now();
  while (spans.length < 2) {
    await sleep(20);
    await snapshots.latest();
  }
  expect(spans[1]!.begin - begun).toBeGreaterThanOrEqual(rest - 5);
});

it('since waits for its time, then asks even while the target rests, which then rests the longer', async () => {
  const { spans, snapshots } = target(10);
  await snapshots.latest();
  const soon = performance.now() + 100;
  const [early, passed] = await Promise.all([snapshots.since(soon, never), sleep(100).then(() => performance.now())]);
  expect(early.begun).toBeGreaterThanOrEqual(soon);
  expect(early.begun - passed).toBeLessThan(500); // not a second, which the target would rest otherwise
  const times = [0, 10, 20].map((ms) => performance.now() + ms);
  const taken = await Promise.all(times.map((time) => snapshots.since(time, never)));
  for (const [index, { begun }] of taken.entries()) expect(begun).toBeGreaterThanOrEqual(times[index]!);
  const [first, , third] = spans;
  expect(third!.begin - first!.end).toBeGreaterThan(980);
  expect(snapshots.restMs).toBeGreaterThan(1_000 * (spans.length - 1) - (performance.now() - first!.end));
});

it('since can be given up', async () => {
  const { spans, snapshots } = target(1);
  const controller = new AbortController();
  const waiting = snapshots.since(performance.now() + 3_600_000, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  expect(spans).toHaveLength(0);
});

it('until the target has rested, everyone who asks gets the failure; then a new snapshot is tried', async () => {
  const failures: Failure[] = [];
  let tries = 0;
  const take = async () => {
    if (++tries === 1) throw new CommandTimeoutError('no answer');
    return Snapshot.fromTraces([]);
  };
  const snapshots = new SharedSnapshots(take, (failure) => failures.push(failure));
  await expect(snapshots.latest()).rejects.toThrow('no answer');
  await expect(snapshots.latest()).rejects.toThrow('no answer');
  expect(failures).toEqual([{ code: 'ERR_TIMEOUT', message: 'no answer', time: expect.any(Number) }]);
  expect(snapshots.lastFailure).toBe(failures[0]);
  await expect(snapshots.since(performance.now(), never)).resolves.toMatchObject({ snapshot: expect.any(Snapshot) });
  expect(tries).toBe(2);
});
