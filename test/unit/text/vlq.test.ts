import { expect, it } from '@jest/globals';
import { VlqReader } from '../../../src/text/vlq.js';

const reader = (text: string) => new VlqReader(text, () => new Error('damaged'));

/** From the source map specification, and of its digits the last two. */
it.each([
  ['A', 0],
  ['C', 1],
  ['D', -1],
  ['gB', 16],
  ['hB', -16],
  ['/C', -47],
  ['_C', -47],
  ['+C', 47],
  ['-C', 47],
  ['2H', 123],
  ['ggggC', 1_048_576],
])('%s is %d', (text, value) => {
  const numbers = reader(text);
  expect(numbers.signed()).toBe(value);
  expect(numbers.isAtEnd).toBe(true);
});

it('reads numbers without a sign, one after the other', () => {
  const numbers = reader('Ag/B');
  expect([numbers.unsigned(), numbers.unsigned(), numbers.isAtEnd]).toEqual([0, 32 * 31 + 32 * 32, true]);
});

/** Nothing, a number without its end, other characters, a number that is too large. */
it.each(['', 'g', 'é', '=', 'gggggggggggggA'])('%j is damaged', (text) => {
  expect(() => reader(text).unsigned()).toThrow('damaged');
});
