import { totalmem } from 'node:os';
import { expect, it } from '@jest/globals';
import { leastAllowance, memoryAllowance } from '../../../src/discovery/memory-allowance.js';

const MACHINE = 8e9;
/** What version 1 says if there is no limit. */
const NO_LIMIT = 2 ** 63 - 4096;

it.each([
  [[], MACHINE, 'machine'],
  [[Number.NaN, NO_LIMIT], MACHINE, 'machine'],
  [[4e9, Number.NaN, 5e8, NO_LIMIT], 5e8, 'control group'],
  [[0, 4e9], 4e9, 'control group'],
] as const)('of the limits %j', (limits, bytes, of) => {
  expect(leastAllowance(limits, MACHINE)).toEqual({ bytes, of });
});

it('of a process that has ended is that of the machine', () => {
  expect(memoryAllowance(2 ** 22 + 1)).toEqual({ bytes: totalmem(), of: 'machine' });
});
