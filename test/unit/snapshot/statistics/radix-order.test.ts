import { expect, it } from '@jest/globals';
import { descending } from '../../../../src/snapshot/statistics/radix-order.js';
import { randomBelow, seededRandom } from '../../../helpers/random.js';

it.each([1, 3, 100, 100_000])('orders by weight and then by the tie-breaker, with %i distinct weights', (distinct) => {
  const random = seededRandom(distinct);
  const weights = Float64Array.from({ length: 2000 }, () => randomBelow(random, distinct) / 3);
  const members = Uint32Array.from({ length: 1500 }, (_, i) => i);
  const order = [...descending(members, weights, (a, b) => b - a)];
  expect(order).toEqual([...members].sort((a, b) => weights[b]! - weights[a]! || b - a));
});
