import { expect, test } from '@jest/globals';
import { collected, duration, positiveInteger, rowCount, wholeNumber } from '../../../../src/cli/options/option-values.js';

test.each([
  ['30s', 30_000],
  ['500ms', 500],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['1.5', 1500],
  ['0', 0],
])('duration %s', (text, ms) => {
  expect(duration(text)).toBe(ms);
});

test.each(['', 's', '-1s', '1 s', '1d', '1e3', 'NaN', '0x10', '30s\n', '25h24', '600h'])('no duration: %j', (text) => {
  expect(() => duration(text)).toThrow(/Write it as|At most/);
});

test('numbers', () => {
  expect([positiveInteger('1'), positiveInteger('65535'), wholeNumber('0')]).toEqual([1, 65535, 0]);
  for (const text of ['0', '-1', '1.5', '1e3', '', ' 1', '0x1', '9007199254740993'])
    expect(() => positiveInteger(text)).toThrow('at least 1');
  for (const text of ['-1', '1.5', '', '9007199254740993']) expect(() => wholeNumber(text)).toThrow('whole number');
});

test('a number of rows, or all of them', () => {
  expect([rowCount('1'), rowCount('all')]).toEqual([1, Number.POSITIVE_INFINITY]);
  for (const text of ['0', 'ALL', '-1', '']) expect(() => rowCount(text)).toThrow('at least 1, or all');
});

test('the values of a repeatable option are kept in order', () => {
  expect(collected('b', collected('a'))).toEqual(['a', 'b']);
});
