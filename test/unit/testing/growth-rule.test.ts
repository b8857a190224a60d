import { describe, expect, it } from '@jest/globals';
import { isClear, isInProportion, mayLeak, type Plan } from '../../../src/testing/growth-rule.js';
import type { Site } from '../../../src/testing/sites/site-counts.js';

/** Two rounds to warm up, five rounds of 100 calls, two rounds of the proof. */
const CALLS = [100, 100, 100, 100, 100, 100, 100, 200, 400];

function planOf(rounds: number): Plan {
  return { rounds: CALLS.slice(0, rounds).map((calls) => ({ calls })), first: 2, proof: 7 };
}

/** A site of which nothing dies, unless the totals say so. */
function site(blocks: readonly number[], totals?: readonly number[]): Site {
  let sum = 0;
  return { blocks, totals: totals ?? blocks.map((count) => (sum += count)) };
}

describe('mayLeak', () => {
  it.each([
    ['a block of every call', [130, 100, 100, 100, 100, 100, 100], true],
    ['a block of every tenth call', [10, 10, 9, 11, 10, 12, 10], true],
    ['code and feedback, in some rounds', [200, 60, 14, 0, 7, 0, 15], false],
    ['a few blocks of every round', [200, 60, 4, 4, 4, 4, 4], false],
    ['one block a round, whatever the calls', [9, 1, 1, 1, 1, 1, 1], false],
    ['nothing after the warm-up', [200, 60, 0, 0, 0, 0, 0], false],
  ])('%s: %s', (_, blocks, expected) => {
    expect(mayLeak(site(blocks), planOf(7))).toBe(expected);
  });

  it('a cache of 600 entries has blocks of every round that counts, but not more than before', () => {
    expect(mayLeak(site([0, 100, 100, 100, 100, 100, 100], [100, 200, 300, 400, 500, 600, 600]), planOf(7))).toBe(true);
    expect(mayLeak(site([0, 0, 100, 100, 100, 100, 100], [600, 600, 600, 600, 600, 600, 600]), planOf(7))).toBe(false);
  });

  it('of ten calls a round, more than a few blocks must be left', () => {
    const plan = { ...planOf(7), rounds: CALLS.slice(0, 7).map(() => ({ calls: 10 })) };
    expect(mayLeak(site([50, 20, 5, 5, 5, 5, 5]), plan)).toBe(true);
    expect(mayLeak(site([50, 20, 4, 9, 9, 9, 9]), plan)).toBe(false);
  });

  it('of a single call a round, one block is enough', () => {
    const plan = { ...planOf(7), rounds: CALLS.slice(0, 7).map(() => ({ calls: 1 })) };
    expect(mayLeak(site([5, 2, 1, 1, 1, 1, 1]), plan)).toBe(true);
    expect(mayLeak(site([5, 2, 1, 1, 0, 1, 1]), plan)).toBe(false);
  });
});

describe('isInProportion', () => {
  it.each([
    ['a leak', [130, 100, 100, 100, 100, 100, 100, 200, 400], true],
    ['a leak of every third call', [40, 30, 36, 29, 35, 31, 34, 71, 129], true],
    ['a cache that was full in the first round of the proof', [0, 0, 100, 100, 100, 100, 100, 150, 0], false],
    ['V8, round after round', [90, 40, 14, 9, 12, 7, 11, 12, 9], false],
    ['blocks that die later', [0, 0, 10, 10, 10, 10, 10, 200, 400], true],
    ['blocks of which the rounds before have none any more', [0, 0, 0, 0, 0, 0, 100, 200, 400], false],
  ])('%s: %s', (_, blocks, expected) => {
    expect(isInProportion(site(blocks), planOf(9))).toBe(expected);
  });
});

describe('isClear', () => {
  it.each([
    ['a leak', [130, 100, 100, 100, 100, 100, 100, 200], true],
    ['V8 while code is young', [90, 40, 15, 16, 8, 22, 14, 29], false],
    ['a cache that has become full', [0, 0, 100, 100, 100, 100, 100, 170], false],
    ['what is not in proportion', [0, 0, 100, 100, 100, 100, 100, 90], false],
  ])('%s: %s', (_, blocks, expected) => {
    expect(isClear(site(blocks), planOf(8))).toBe(expected);
  });

  it('a block of each of ten calls may be the work of V8', () => {
    const plan = { ...planOf(8), rounds: CALLS.slice(0, 8).map((calls) => ({ calls: calls / 10 })) };
    expect(isClear(site([13, 10, 10, 10, 10, 10, 10, 20]), plan)).toBe(false);
    expect(isClear(site([13, 10, 10, 10, 10, 10, 10, 20, 80]), { ...plan, rounds: [...plan.rounds, { calls: 80 }] })).toBe(true);
    expect(isClear(site([130, 80, 80, 80, 80, 80, 80, 160]), plan)).toBe(true);
  });
});
