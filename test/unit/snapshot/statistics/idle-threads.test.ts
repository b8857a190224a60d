import { expect, test } from '@jest/globals';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import { idleThreads } from '../../../../src/snapshot/statistics/idle-threads.js';

const frames: [string, number][] = [['/app/main.js', 1]];
const busy = Snapshot.fromTraces([{ size: 100, frames, thread: 'main' }]);

test('a thread without traces, or one that is missing, has a row of zero', () => {
  const missing = [{ thread: 'worker 3', reason: 'it ended' }];
  const snapshot = new Snapshot({ ...busy, threads: ['main', 'worker 1', 'worker 2'], capture: { ...busy.capture, missing } });
  expect(idleThreads(snapshot, () => true).map(String)).toEqual(
    ['worker 1', 'worker 2', 'worker 3'].map((name) => `${name}: size=0 B, count=0`),
  );
  expect(idleThreads(snapshot, (name) => name === 'worker 2').map(String)).toEqual(['worker 2: size=0 B, count=0']);
});

test('a program with one thread has none', () => {
  expect(idleThreads(Snapshot.fromTraces([]), () => true)).toEqual([]);
});
