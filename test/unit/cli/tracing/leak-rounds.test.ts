import { Writable } from 'node:stream';
import { beforeEach, expect, test } from '@jest/globals';
import { LeakRounds } from '../../../../src/cli/tracing/leak-rounds.js';
import { snapshotOf } from '../../../helpers/series-simulation.js';

let said = '';
const err = new Writable({
  write(chunk, _, done) {
    said += String(chunk);
    done();
  },
});
beforeEach(() => {
  said = '';
});

const block = (birth: number) => ({ birth, size: 64, line: 2 });
const roundsOf = (...captures: readonly object[]) => {
  const rounds = new LeakRounds({ wanted: 4, console: { err } });
  captures.forEach((capture, i) => {
    rounds.add(snapshotOf([block(1), block(i + 2)], capture));
  });
  return rounds;
};

test('has the rounds of one tracing', () => {
  const rounds = roundsOf({}, {}, {}, {});
  expect([rounds.length, rounds.isComplete, rounds.series()?.rounds.length, said]).toEqual([4, true, 4, '']);
});

test.each([
  ['another tracing', {}, { tracing: 'two' }],
  ['a tracing that lost what it knew', {}, { resumed: '2024-01-01T00:00:02.000Z' }],
])('begins anew with %s, and says so', (_, before, after) => {
  const rounds = roundsOf(before, before, after, after, after);
  expect([rounds.length, rounds.isComplete]).toEqual([3, false]);
  expect(said).toBe('the tracing began again before round 3 and lost what it knew: the rounds begin anew\n');
  expect(rounds.series()!.rounds).toHaveLength(3);
});

test('a clock that goes back changes nothing', () => {
  const rounds = roundsOf({ time: '2024-01-01T00:00:09.000Z' }, { time: '2024-01-01T00:00:05.000Z' }, { time: '2023-12-31T00:00:00.000Z' });
  expect([rounds.length, said]).toEqual([3, '']);
  expect(rounds.series()!.growth('lineno')[0]!.sizes).toEqual([128, 128, 128]);
});

test('without a round there is no series', () => expect(roundsOf().series()).toBeNull());
