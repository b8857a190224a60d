import { expect, test } from '@jest/globals';
import { parseSize } from '../../../src/text/size-parse.js';

test.each([
  ['0', 0],
  ['1500', 1500],
  ['1500 B', 1500],
  ['1.5k', 1536],
  ['24 MiB', 25_165_824],
  ['24mib', 25_165_824],
  ['2 GiB', 2_147_483_648],
  ['500 kB', 500_000],
  ['1TB', 1e12],
])('%s is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

test.each(['', 'MiB', '-1', '1 XB', '1,5 MiB', '1e3', '24 MiB/s', '١'])('%j is no size', (text) => expect(parseSize(text)).toBeNull());
