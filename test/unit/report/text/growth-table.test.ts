import { describe, expect, it } from '@jest/globals';
import { PLAIN } from '../../../../src/report/text/colours.js';
import { growthTable, leakSentence } from '../../../../src/report/text/growth-table.js';
import { Series } from '../../../../src/series/series.js';
import { type Block, snapshotOf } from '../../../helpers/series-simulation.js';

const OPTIONS = { keyType: 'label', cumulative: false, top: 10, cwd: '/app', width: 200, colours: PLAIN } as const;

/** Line 7 works for all labels. `kept` leaves 1000 bytes of every round, while `GET /health` turns 5000 bytes over. */
const growthBy = (kept: string) => {
  const rounds = Array.from({ length: 6 }, (_, round): Block[] => [
    ...Array.from({ length: round + 1 }, (__, i) => ({ birth: 2 * i, size: 1000, line: 7, label: kept })),
    { birth: 2 * round + 1, size: 5000, line: 7, label: 'GET /health' },
  ]);
  return Series.of(rounds.map((alive) => snapshotOf(alive))).growth('label');
};

describe('growth by label', () => {
  it('the table and the sentence name the route that leaks', () => {
    const growth = growthBy('GET /users/:id');
    expect(growthTable(growth, OPTIONS)).toEqual([
      'verdict  a round   alive    ages  label',
      '  leaks  +1000 B  6000 B  ██████  GET /users/:id',
    ]);
    expect(leakSentence(growth[0]!, { ...OPTIONS, warmup: 1 })).toBe(
      'GET /users/:id keeps 1000 B of every round: of 4 rounds, 4 left something that was not freed',
    );
  });

  it.each([
    ['', 'what has no label keeps 1000 B of every round'],
    ['(other)', 'work whose labels are too many to be told apart keeps 1000 B of every round'],
    ['constructor', 'constructor keeps 1000 B of every round'],
    ['job \u001b[2J', 'job \\u{1b}[2J keeps 1000 B of every round'],
  ])('of %j the sentence says %s', (label, beginning) => {
    const sentence = leakSentence(growthBy(label)[0]!, { ...OPTIONS, warmup: 1 });
    expect(sentence.slice(0, sentence.indexOf(':'))).toBe(beginning);
  });
});
