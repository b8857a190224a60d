import { describe, expect, it } from '@jest/globals';
import { LineTables } from '../../../../src/collect/stacks/line-tables.js';
import type { SamplingProfile } from '../../../../src/collect/stacks/v8-profile.js';
import { profileOf } from '../../../helpers/profiles.js';

const MARKER = '__node_tracemalloc_marker__@:0:9';

/** Nodes: 1 root, 2 `loop`, 3 the marker's script, 4 the marker, 5 `other`. */
const { head } = profileOf([
  { frame: 'loop@/app.js:0:0', children: [{ frame: '@:0:0', children: [{ frame: MARKER }] }] },
  { frame: 'other@/app.js:9:0' },
]);
const [LOOP, MARK, OTHER] = [2, 4, 5];

function profile(...samples: readonly (readonly [nodeId: number, ordinal: number])[]): SamplingProfile {
  return { head, samples: samples.map(([nodeId, ordinal]) => ({ size: 8, nodeId, ordinal })) };
}

function left(tables: LineTables, of: SamplingProfile): number[] {
  return tables.without(of).samples.map(({ ordinal }) => ordinal);
}

describe('memory that V8 allocates for a profile', () => {
  it('is younger than the marker, and is on the stack that called the marker', () => {
    expect(left(new LineTables(), profile([LOOP, 12], [OTHER, 3], [LOOP, 1], [MARK, 10], [LOOP, 11]))).toEqual([3, 1, 10]);
  });

  it('is left out of later profiles, too', () => {
    const tables = new LineTables();
    tables.without(profile([LOOP, 1], [MARK, 10], [LOOP, 11]));
    expect(left(tables, profile([LOOP, 1], [LOOP, 11], [LOOP, 12], [MARK, 20], [LOOP, 21]))).toEqual([1, 12, 20]);
    expect(left(tables, profile([LOOP, 1], [LOOP, 11], [LOOP, 12], [LOOP, 22]))).toEqual([1, 12, 22]);
  });

  it('does not include allocations of the program that ran on meanwhile', () => {
    expect(left(new LineTables(), profile([MARK, 10], [LOOP, 11], [OTHER, 12], [LOOP, 13]))).toEqual([10, 11, 12]);
  });

  it('cannot be recognised without a marker', () => {
    const unmarked = profile([LOOP, 1], [LOOP, 11]);
    expect(new LineTables().without(unmarked)).toBe(unmarked);
  });
});
