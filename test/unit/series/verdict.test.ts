import { describe, expect, test } from '@jest/globals';
import { Series } from '../../../src/series/series.js';
import type { Verdict } from '../../../src/series/verdict.js';
import {
  aliveByRound,
  doublingTable,
  firstUse,
  INTERVAL,
  type Program,
  type Shape,
  type Source,
  shares,
  snapshotOf,
} from '../../helpers/series-simulation.js';

const FOR_EVER = Number.POSITIVE_INFINITY;
const always = (blocks: number, lives: number): Source => ({ blocks: () => blocks, lives: () => lives });

function exactVerdict(sources: readonly Source[], shape: Shape): Verdict {
  const given = aliveByRound(sources, shape).map((alive) => snapshotOf(alive));
  return Series.of(given).growth('filename')[0]!.verdict;
}

describe('in exact mode', () => {
  test.each<[string, Verdict, readonly Source[], Shape]>([
    ['a leak', 'leaks', [always(10, FOR_EVER)], { rounds: 6 }],
    ['a leak of one block a round', 'leaks', [always(1, FOR_EVER)], { rounds: 6 }],
    ['a leak beside work of one round', 'leaks', [always(5, FOR_EVER), always(500, 0), always(20, 1)], { rounds: 6 }],
    [
      'a leak beside a full cache',
      'leaks',
      [always(5, FOR_EVER), { blocks: (round) => (round < 0 ? 100 : 0), lives: () => FOR_EVER }],
      { rounds: 6, before: 2 },
    ],
    [
      'a leak into a table that doubles once',
      'leaks',
      [always(100, FOR_EVER), { blocks: (round) => Number(round === 2), lives: () => FOR_EVER, size: () => 20_000 }],
      { rounds: 6 },
    ],
    ['a leak into a table that doubles again and again', 'leaks', [always(100, FOR_EVER), doublingTable(6400)], { rounds: 10 }],
    [
      'code that runs for the first time, at other places in each round',
      'grows',
      [firstUse((round) => [900, 30, 50, 30, 90, 120][round]!)],
      { rounds: 6 },
    ],
    [
      'a leak beside code that runs for the first time',
      'leaks',
      [always(2, FOR_EVER), firstUse((round) => [900, 30, 50, 30, 90, 120][round]!)],
      { rounds: 6 },
    ],
    ['bursts at one place', 'grows', [{ blocks: (round) => [9, 17, 25, 9, 30, 2][round]!, lives: () => FOR_EVER }], { rounds: 6 }],
    [
      'a leak by what is done, which is less in some rounds',
      'leaks',
      [{ blocks: (round) => [9, 40, 25, 16, 30, 22][round]!, lives: () => FOR_EVER }],
      { rounds: 6 },
    ],
    [
      'blocks of many sizes, some in every round, as V8 kept them at a hot line on Node 20',
      'grows',
      [
        [8, 1, 1, 2, 2, 2],
        [1, 0, 9, 0, 1, 2],
        [1, 1, 0, 0, 1, 1],
        [0, 1, 1, 0, 1, 1],
        [2, 0, 0, 2, 1, 0],
        [12, 2, 3, 4, 1, 6],
        [9, 2, 3, 6, 3, 6],
      ].map((byRound, i) => ({ blocks: (round) => byRound[round]!, lives: () => FOR_EVER, size: () => 40 + 8 * i })),
      { rounds: 6 },
    ],
    [
      'a leak of texts of all lengths',
      'leaks',
      Array.from({ length: 10 }, (_, i) => ({
        blocks: () => 1,
        lives: () => FOR_EVER,
        size: (round) => 32 + 8 * ((7 * i + 3 * round) % 40),
      })),
      { rounds: 6 },
    ],
    ['too few rounds for a leak', 'grows', [always(10, FOR_EVER)], { rounds: 5 }],
    ['a full cache that turns over', 'level', [always(10, 3)], { rounds: 6, before: 6 }],
    ['a cache that fills in four rounds', 'noise', [always(10, 3)], { rounds: 8 }],
    [
      'a cache that fills slowly, and has begun to turn over',
      'grows',
      [{ blocks: (round) => 10 + round, lives: () => 3 }],
      { rounds: 10, before: 6 },
    ],
    ['work that is done within a round', 'level', [always(100, 0)], { rounds: 6 }],
    ['what is made once', 'level', [{ blocks: (round) => (round < 0 ? 50 : 0), lives: () => FOR_EVER }], { rounds: 6, before: 1 }],
    ['a module that is loaded late', 'noise', [{ blocks: (round) => (round === 3 ? 500 : 0), lives: () => FOR_EVER }], { rounds: 6 }],
    ['a warm-up that fades out', 'noise', [{ blocks: (round) => 64 >> round, lives: () => FOR_EVER }], { rounds: 7 }],
    [
      'a table that doubles',
      'noise',
      [{ blocks: (round) => [8, 0, 16, 0, 0, 0, 32][round] ?? 0, lives: (round) => (round === 6 ? 9 : round === 0 ? 1 : 3) }],
      { rounds: 7 },
    ],
    ['a program that frees', 'level', [{ blocks: (round) => (round < 0 ? 10 : 0), lives: (round) => 6 + round }], { rounds: 6, before: 6 }],
    ['one round', 'noise', [always(10, FOR_EVER)], { rounds: 1 }],
  ])('%s: %s', (_, verdict, sources, shape) => expect(exactVerdict(sources, shape)).toBe(verdict));
});

describe('in sampling mode, the mean being the samples a round', () => {
  test('a leak is found, the surer the more samples it has', () => {
    const leak = (mean: number, rounds: number) =>
      shares((draw) => [{ blocks: () => draw(mean), lives: () => FOR_EVER }], { rounds })('leaks');
    expect(leak(10, 6)).toBeGreaterThan(0.97);
    expect(leak(3, 6)).toBeGreaterThan(0.4);
    expect(leak(3, 10)).toBeGreaterThan(0.9);
  });

  test('a leak into a table that doubles is found', () => {
    const leak = (mean: number, rounds: number) =>
      shares((draw) => [{ blocks: () => draw(mean), lives: () => FOR_EVER }, doublingTable(mean * INTERVAL)], { rounds })('leaks');
    expect(leak(10, 6)).toBeGreaterThan(0.9);
    expect(leak(10, 10)).toBeGreaterThan(0.9);
  });

  test.each<[string, Program, Shape]>([
    ['a full cache', (draw) => [{ blocks: () => draw(10), lives: () => 3 }], { rounds: 6, before: 8 }],
    ['a full cache of few samples', (draw) => [{ blocks: () => draw(2), lives: () => 2 }], { rounds: 6, before: 8 }],
    ['work of one round', (draw) => [{ blocks: () => draw(20), lives: () => 0 }], { rounds: 6 }],
    ['code that runs for the first time', (draw) => [firstUse(() => draw(20))], { rounds: 6 }],
    ['what is made once', (draw) => [{ blocks: (round) => (round === 3 ? draw(40) : 0), lives: () => FOR_EVER }], { rounds: 6 }],
    ['what lives for two rounds on average', (draw) => [{ blocks: () => draw(10), lives: () => draw(2) }], { rounds: 8, before: 12 }],
  ])('%s is no leak', (_, sourcesOf, shape) => {
    expect(shares(sourcesOf, shape)('leaks')).toBeLessThan(0.01);
  });
});
