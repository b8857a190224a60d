import { expect, it } from '@jest/globals';
import { stretchLength } from '../../../src/store/stretches.js';

const MINUTE = 60_000;

it.each([
  [{ firstMs: 0, lastMs: 0, gapMs: 0 }, 1000],
  [{ firstMs: 0, lastMs: 120 * MINUTE, gapMs: 1000 }, MINUTE],
  [{ firstMs: 5, lastMs: 121 * MINUTE, gapMs: 1000 }, 5 * MINUTE],
  // a stretch holds two profiles of a process
  [{ firstMs: 0, lastMs: 240 * MINUTE, gapMs: 10 * MINUTE }, 30 * MINUTE],
  [{ firstMs: 0, lastMs: 100 * 365 * 24 * 60 * MINUTE, gapMs: 0 }, 7 * 24 * 60 * MINUTE],
])('%j', (times, length) => {
  expect(stretchLength(times)).toBe(length);
});
