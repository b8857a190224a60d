import { expect, it } from '@jest/globals';
import { windowLength } from '../../../../src/collect/churn/window-length.js';

it.each([
  ['a quiet program has windows of five seconds', { seconds: 5, samples: 0, pause: 0.01 }, 5],
  ['a window grows slowly, because the next one may be busy', { seconds: 0.25, samples: 0, pause: 0.01 }, 1],
  ['many samples make it short: at most 100,000 are kept', { seconds: 5, samples: 1_000_000, pause: 0.01 }, 0.5],
  ['it has an end: a pause for each sample is worse than a few more samples', { seconds: 0.25, samples: 10_000_000, pause: 0.01 }, 0.25],
  ['a large heap, whose collection takes long, has long windows', { seconds: 10, samples: 100, pause: 1 }, 20],
  ['but no endless ones', { seconds: 50, samples: 100, pause: 30 }, 60],
])('%s', (_, past, length) => {
  expect(windowLength(past)).toBe(length);
});
