import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../../src/errors.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import type { KeyType } from '../../../../src/snapshot/statistics/key-type.js';
import { snapshotFrom } from '../picture.js';

const text = (snapshot: Snapshot, key: KeyType, cumulative = false) => snapshot.statistics(key, { cumulative }).map(String);

describe('statistics', () => {
  it('groups by the most recent line, the largest first', () => {
    const snapshot = snapshotFrom(`
      app.js:1  app.js:1  app.js:1
      app.js:5  app.js:7  app.js:5
      100       150       60`);
    expect(text(snapshot, 'lineno')).toEqual([
      '/app/app.js:5: size=160 B, count=2, average=80 B',
      '/app/app.js:7: size=150 B, count=1, average=150 B',
    ]);
  });

  it('counts a recursive function once for each trace', () => {
    const snapshot = snapshotFrom(`
      walk@tree.js:3  main@app.js:1
      walk@tree.js:3  walk@tree.js:3
      walk@tree.js:3  -
      100             10`);
    expect(text(snapshot, 'lineno', true)).toEqual([
      '/app/tree.js:3: size=110 B, count=2, average=55 B',
      '/app/app.js:1: size=10 B, count=1, average=10 B',
    ]);
    expect(text(snapshot, 'function', true)).toEqual([
      'walk (/app/tree.js:3): size=110 B, count=2, average=55 B',
      'main (/app/app.js:1): size=10 B, count=1, average=10 B',
    ]);
  });

  it('tells functions of the same name apart by their start, and joins true lines of the same name', () => {
    const starts = snapshotFrom(`
      map@a.js:1  map@a.js:9  map@a.js:1
      10          20          30`);
    expect(text(starts, 'function')).toEqual([
      'map (/app/a.js:1): size=40 B, count=2, average=20 B',
      'map (/app/a.js:9): size=20 B, count=1, average=20 B',
    ]);
    const lines = Snapshot.fromTraces(
      [1, 9].map((lineno) => ({ size: 8, frames: [{ filename: '/a.js', lineno, functionName: 'map', precision: 'line' }] })),
    );
    expect(text(lines, 'function')).toEqual(['map (/a.js): size=16 B, count=2, average=8 B']);
  });

  it('names no function for a line that several functions share', () => {
    const snapshot = snapshotFrom(`
      one@a.js:1  two@a.js:1  one@a.js:2
      10          20          5`);
    expect(snapshot.statistics('lineno').map(({ traceback }) => traceback.frames[0]?.functionName)).toEqual(['', 'one']);
  });

  it('groups by domain, thread and type', () => {
    const frames = [['/a.js', 1]] as const;
    const snapshot = Snapshot.fromTraces([
      { size: 1, frames, type: 'Map' },
      { size: 2, frames, domain: 1, thread: 'worker 1' },
      { size: 4, frames, domain: 389047, type: 'Map' },
    ]);
    expect(text(snapshot, 'domain')).toEqual([
      'domain 389047: size=4 B, count=1, average=4 B',
      'domain 1 (ArrayBuffer backing stores): size=2 B, count=1, average=2 B',
      'domain 0 (JavaScript heap): size=1 B, count=1, average=1 B',
    ]);
    expect(text(snapshot, 'thread')).toEqual(['main: size=5 B, count=2, average=2 B', 'worker 1: size=2 B, count=1, average=2 B']);
    expect(text(snapshot, 'type')).toEqual(['Map: size=5 B, count=2, average=2 B', '<unknown>: size=2 B, count=1, average=2 B']);
  });

  it('refuses unknown keys and cumulative keys that name no place, in the words of CPython', () => {
    const snapshot = snapshotFrom('a.js:1\n1');
    expect(() => snapshot.statistics('x' as KeyType)).toThrow(new UsageError("unknown key_type: 'x'"));
    for (const key of ['traceback', 'type', 'domain', 'thread'] as const)
      expect(() => snapshot.statistics(key, { cumulative: true })).toThrow(
        new UsageError(`cumulative mode cannot by used with key type '${key}'`),
      );
  });

  it('has no rows without traces', () => {
    for (const key of ['lineno', 'traceback', 'thread', 'type', 'domain'] as const)
      expect(Snapshot.fromTraces([]).statistics(key)).toEqual([]);
  });
});

describe('compareTo', () => {
  const old = snapshotFrom(`
    a.js:1  a.js:2  a.js:3
    100     50      7`);
  const now = snapshotFrom(`
    b.js:1  a.js:1  a.js:3
    10      300     7`);

  it('shows growth, old groups, new groups and unchanged ones', () => {
    expect(now.compareTo(old, 'lineno').map(String)).toEqual([
      '/app/a.js:1: size=300 B (+200 B), count=1 (+0), average=300 B',
      '/app/a.js:2: size=0 B (-50 B), count=0 (-1)',
      '/app/b.js:1: size=10 B (+10 B), count=1 (+1), average=10 B',
      '/app/a.js:3: size=7 B (+0 B), count=1 (+0), average=7 B',
    ]);
  });

  it('compares every key across snapshots that share no table', () => {
    for (const key of ['filename', 'traceback', 'function', 'package', 'type', 'domain', 'thread'] as const) {
      const diffs = now.compareTo(old, key);
      expect(diffs.reduce((sum, { sizeDiff }) => sum + sizeDiff, 0)).toBe(160);
      expect(diffs.reduce((sum, { countDiff }) => sum + countDiff, 0)).toBe(0);
    }
  });

  it('counts cumulatively even if the old snapshot has more groups than the new one has frames', () => {
    const small = snapshotFrom('z.js:1\n1');
    expect(small.compareTo(old, 'lineno', { cumulative: true }).map(({ sizeDiff }) => sizeDiff)).toEqual([-100, -50, -7, 1]);
    expect(old.compareTo(small, 'lineno', { cumulative: true }).map(({ sizeDiff }) => sizeDiff)).toEqual([100, 50, 7, -1]);
  });

  it('does not change its inputs', () => {
    const before = [now, old].map((snapshot) => text(snapshot, 'lineno'));
    expect(now.compareTo(old, 'lineno').map(String)).toEqual(now.compareTo(old, 'lineno').map(String));
    expect([now, old].map((snapshot) => text(snapshot, 'lineno'))).toEqual(before);
  });

  it('refuses a value that is no snapshot', () => {
    expect(() => now.compareTo({} as Snapshot, 'lineno')).toThrow(UsageError);
  });
});
