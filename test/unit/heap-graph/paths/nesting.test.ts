import { describe, expect, it } from '@jest/globals';
import { findNesting } from '../../../../src/heap-graph/paths/nesting.js';

const graphOf = (dominators: ArrayLike<number>) => ({ nodeCount: dominators.length, dominator: (node: number) => dominators[node]! });

/** The definition, one node at a time. */
function climbed(dominators: readonly number[], wanted: readonly number[], groups: readonly number[]) {
  const above = (node: number): number[] => (dominators[node] === -1 ? [] : [dominators[node]!, ...above(dominators[node]!)]);
  return wanted.map((node, place) => {
    const around = above(node).flatMap((each) => (wanted.includes(each) ? [groups[wanted.indexOf(each)]!] : []));
    return [around.length > 0 ? 1 : 0, around.includes(groups[place]!) ? 1 : 0];
  });
}

describe('what retains what among the wanted nodes', () => {
  it('is what climbing from each node finds, in any tree', () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 0x7fff_ffff;
      return seed % below;
    };
    for (let round = 0; round < 200; round++) {
      const dominators = Array.from({ length: 2 + random(30) }, (_, node) => (node === 0 ? -1 : random(node)));
      const wanted = dominators.map((_, node) => node).filter(() => random(3) > 0);
      if (round % 2 === 1) wanted.reverse();
      const groups = wanted.map(() => random(Math.min(4, wanted.length)));
      const { isInside, isInsideGroup } = findNesting(graphOf(dominators), wanted, Uint32Array.from(groups));
      expect(wanted.map((_, place) => [isInside[place], isInsideGroup[place]])).toEqual(climbed(dominators, wanted, groups));
    }
  });

  // To climb from each value over all items before its own would take 10^11 steps: minutes.
  it('is found in a long list whose items have values', () => {
    const length = 500_000;
    const dominators = Int32Array.from({ length: 2 * length + 1 }, (_, node) => (node <= length ? node - 1 : node - length));
    const wanted = Array.from({ length: 2 * length }, (_, i) => i + 1);
    const groups = Uint32Array.from(wanted, (node) => (node <= length ? 0 : 1));
    const { isInside, isInsideGroup } = findNesting(graphOf(dominators), wanted, groups);
    const sum = (column: Uint8Array) => column.reduce((total, each) => total + each, 0);
    expect([isInside[0], sum(isInside)]).toEqual([0, 2 * length - 1]);
    expect([isInsideGroup[0], sum(isInsideGroup)]).toEqual([0, length - 1]);
  });
});
