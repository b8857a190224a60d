import { expect, test } from '@jest/globals';
import { DEFAULT_INTERVAL } from '../../../src/collect/sampling/sampler-commands.js';
import { canRecoverCounts } from '../../../src/model/count-precision.js';

test('counts can be recovered at the default interval, and at interval 1', () => {
  expect(canRecoverCounts(DEFAULT_INTERVAL)).toBe(true);
  expect(canRecoverCounts(1)).toBe(true);
});

test.each([64, 512, 1024, 4096, 32768, 131_072])('but not at %d', (interval) => {
  expect(canRecoverCounts(interval)).toBe(false);
});
