import { expect, test } from '@jest/globals';
import { MapProblem } from '../../../src/source-maps/map-problem.js';
import { functionNameAt, functionRanges } from '../../../src/source-maps/scopes.js';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function unsigned(value: number): string {
  return value < 32 ? DIGITS[value]! : DIGITS[32 + (value % 32)]! + unsigned(Math.floor(value / 32));
}

const signed = (value: number) => unsigned(value < 0 ? -2 * value + 1 : 2 * value);

const NAMES = ['module', 'function', 'rememberPage', 'block', 'inner'];
/** A module with the function rememberPage on lines 1 to 9; in it a block, and in that a function without a name of its own, then `inner`. */
const SCOPES = [
  [1, unsigned(2), unsigned(0), unsigned(0), signed(0)],
  [1, unsigned(7), unsigned(1), unsigned(0), signed(2), signed(1)],
  [3, signed(0)], // its variables
  [1, unsigned(2), unsigned(1), unsigned(4), signed(2)],
  [2, unsigned(2), unsigned(3)],
  [1, unsigned(5), unsigned(0), unsigned(1), signed(2)],
  [2, unsigned(1), unsigned(3)],
  [2, unsigned(4), unsigned(1)],
  [2, unsigned(9), unsigned(0)],
];
/** One line of 100 columns, then a second one. */
const RANGES = [
  [4, unsigned(2), unsigned(0), signed(0)],
  [4, unsigned(6), unsigned(20), signed(1)], // rememberPage from column 20
  [6, unsigned(1)], // the values of its variables
  [4, unsigned(2), unsigned(10), signed(1)], // the block from column 30
  [5, unsigned(5)],
  [4, unsigned(6), unsigned(5), signed(1)], // inner from column 40
  [5, unsigned(5)],
  [5, unsigned(35)], // to column 80
  [4, unsigned(3), unsigned(1), unsigned(3), signed(-2)], // rememberPage, inlined on the second line
  [5, unsigned(4)],
  [5, unsigned(1), unsigned(0)],
];
const text = [...SCOPES, ...RANGES].map(([tag, ...fields]) => unsigned(tag as number) + fields.join('')).join(',');

test('the innermost function around a place', () => {
  const ranges = functionRanges(text, NAMES);
  const at = (line: number, column: number) => functionNameAt(ranges, line, column);
  expect([at(0, 19), at(0, 20), at(0, 29), at(0, 32), at(0, 36)]).toEqual([
    null,
    'rememberPage',
    'rememberPage',
    'rememberPage',
    'rememberPage',
  ]);
  expect([at(0, 40), at(0, 44), at(0, 45), at(0, 79), at(0, 80)]).toEqual(['inner', 'inner', 'rememberPage', 'rememberPage', null]);
  expect([at(1, 2), at(1, 3), at(1, 6), at(1, 7), at(5, 0)]).toEqual([null, 'rememberPage', 'rememberPage', null, null]);
});

test('damaged scopes are a problem of the map; unknown items and items without a partner are left out', () => {
  expect(() => functionRanges('B!!', NAMES)).toThrow(MapProblem);
  expect(() => functionRanges('EC', NAMES)).toThrow(MapProblem);
  expect(functionRanges(`${unsigned(99)}A,A,,CAA,FA`, NAMES)).toEqual([]);
});

test('a function without a name has not that of the function around it', () => {
  const scopes = [`B${unsigned(5)}AA${signed(2)}`, 'BEAA', 'CAA', 'CAA', 'ECAA', `EC${unsigned(10)}C`, 'FK', 'FK'].join(',');
  const ranges = functionRanges(scopes, NAMES);
  expect([5, 15, 25].map((column) => functionNameAt(ranges, 0, column))).toEqual(['rememberPage', null, 'rememberPage']);
});
