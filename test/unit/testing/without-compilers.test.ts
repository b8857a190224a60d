import { cachedDataVersionTag } from 'node:v8';
import { expect, test } from '@jest/globals';
import { withoutCompilers } from '../../../src/testing/without-compilers.js';

// The tag is a hash of V8's flags.
test("V8's compilers are switched off, and on again", () => {
  const before = cachedDataVersionTag();
  const restore = withoutCompilers();
  expect(cachedDataVersionTag()).not.toBe(before);
  restore();
  expect(cachedDataVersionTag()).toBe(before);
});

test('compilers that are off stay off', () => {
  const restoreOuter = withoutCompilers();
  const off = cachedDataVersionTag();
  withoutCompilers()();
  expect(cachedDataVersionTag()).toBe(off);
  restoreOuter();
});
