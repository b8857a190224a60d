import { expect, test } from '@jest/globals';
import { formatDuration } from '../../../src/text/duration-format.js';

test.each([
  [0, '0s'],
  [1.9, '1s'],
  [119, '119s'],
  [120, '2m'],
  [7199, '119m'],
  [7200, '2h'],
  [172_799, '47h'],
  [172_800, '2d'],
  [86_400 * 400, '400d'],
])('%d s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
