import { expect, test } from '@jest/globals';
import { listed } from '../../../src/text/listing.js';

test.each([
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('%j', (names, text) => {
  expect(listed(names, 'and')).toBe(text);
});
