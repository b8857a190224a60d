import { expect, it } from '@jest/globals';
import { UsageError } from '../../../src/errors.js';
import { checkOptions, type GrowthTestOptions } from '../../../src/testing/growth-options.js';

it.each([
  [{ maxBytesPerIteration: '8' }, 'maxBytesPerIteration must be a number of bytes, not 8'],
  [{ maxBytesPerIteration: null }, 'maxBytesPerIteration must be a number of bytes, not null'],
  [{ name: 7 }, 'name must be a string, not number'],
  [{ artifacts: true }, 'artifacts must be a string, not boolean'],
  [{ ignore: 17 }, 'ignore must be a place or a list of places, not number'],
  [{ ignore: [17] }, 'ignore must be a string, not number'],
])('%j is refused', (options, message) => {
  expect(() => checkOptions(options as unknown as GrowthTestOptions, () => {})).toThrow(new UsageError(message));
});

it('calls a function without a name the work', () => {
  expect(checkOptions({}, () => {}).name).toBe('the work');
  expect(checkOptions({ name: '' }, () => {}).name).toBe('the work');
});
