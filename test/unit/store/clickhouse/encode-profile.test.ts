import { describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import { encodeProfile, MOST_ROWS } from '../../../../src/store/clickhouse/encode-profile.js';

const IDENTITY = { service: 'api', release: '1', host: 'h', pid: 1, instance: '', attributes: {} };

describe('encodeProfile', () => {
  it('keeps the largest rows of too many, and the sum of the others', () => {
    const more = 3;
    const traces = Array.from({ length: MOST_ROWS + more }, (_, i) => ({ size: i + 1, frames: [['/app/a.js', i + 1]] as const }));
    const { samples, stacks, folded } = encodeProfile({ identity: IDENTITY, snapshot: Snapshot.fromTraces(traces) });
    expect([samples.length, folded]).toEqual([MOST_ROWS, more + 1]);
    const { size, count, stack } = samples.at(-1)!;
    expect({ size, count }).toEqual({ size: 1 + 2 + 3 + 4, count: more + 1 });
    expect(stacks.get(stack)!()).toEqual(expect.arrayContaining([['<other stacks>']]));
    expect(stacks.size).toBe(MOST_ROWS);
  });

  it('gives equal stacks of different snapshots the same hash, and others another one', () => {
    const hashesOf = (lines: readonly number[]) => {
      const traces = lines.map((line) => ({
        size: 8,
        frames: [
          ['/app/main.js', 1],
          ['/app/a.js', line],
        ] as const,
      }));
      return encodeProfile({ identity: IDENTITY, snapshot: Snapshot.fromTraces(traces) }).samples.map(({ stack }) => stack);
    };
    const [[one, two], [again]] = [hashesOf([1, 2]), hashesOf([2])];
    expect(again).toBe(two);
    expect(one).not.toBe(two);
  });
});
