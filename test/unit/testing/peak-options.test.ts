import { expect, it } from '@jest/globals';
import { UsageError } from '../../../src/errors.js';
import { checkLimit, checkPeakLimitOptions, checkPeakOptions, type PeakLimitOptions } from '../../../src/testing/peak/peak-options.js';

const NO_SIZE = "the limit must be a size above 0, such as '24 MiB' or a number of bytes, not";

it.each([
  [{ nframe: 0 }, 'nframe must be a whole number of at least 1, not 0'],
  [{ name: 7 }, 'name must be a string, not number'],
  [{ artifacts: true }, 'artifacts must be a string, not boolean'],
  [{ toString: 1 }, 'there is no option toString; there are nframe, name, artifacts'],
  [null, 'the options must be an object, not null'],
])('%j is refused', (options, message) => {
  expect(() => checkPeakLimitOptions(options as unknown as PeakLimitOptions, () => {})).toThrow(new UsageError(message));
});

it('a peak without a limit has no name', () => {
  expect(() => checkPeakOptions({ name: 'parse' } as object)).toThrow(new UsageError('there is no option name; there are nframe'));
});

it.each([
  ['24 MiB', 24 * 1024 * 1024],
  ['1kB', 1000],
  [4096, 4096],
])('the limit %j is %i bytes', (limit, bytes) => {
  expect(checkLimit(limit)).toBe(bytes);
});

it.each(['', '0', '-1 MiB', 0, -1, Number.NaN, Number.POSITIVE_INFINITY, null])('the limit %j is refused', (limit) => {
  expect(() => checkLimit(limit as number)).toThrow(new UsageError(`${NO_SIZE} ${String(limit)}`));
});
