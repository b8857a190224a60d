import { expect, it } from '@jest/globals';
import { ProfileTooLargeError } from '../../../src/errors.js';
import { withMemory } from '../../../src/heap-graph/columns/memory.js';

it('says so if a heap does not fit into memory, and passes other errors on', () => {
  const reading = (): ArrayBuffer => withMemory('to read a heap snapshot', () => new ArrayBuffer(2 ** 52));
  expect(reading).toThrow(ProfileTooLargeError);
  expect(reading).toThrow(
    /^there is not enough memory to read a heap snapshot; it takes up to 1\.6 bytes for each byte of the heap snapshot$/,
  );
  expect(() => withMemory('for paths', () => Number(1).toFixed(1000))).toThrow(RangeError);
});
