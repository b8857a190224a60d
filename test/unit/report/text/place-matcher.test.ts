import { expect, test } from '@jest/globals';
import { Frame } from '../../../../src/model/frame.js';
import { Traceback } from '../../../../src/model/traceback.js';
import { placeMatcher } from '../../../../src/report/text/place-matcher.js';

const STACK = new Traceback([new Frame('/srv/app/main.js', 3), new Frame('/srv/app/src/cache.js', 17), new Frame('node:events', 5)]);

test.each([
  ['src/cache.js', true],
  ['./src/cache.js:17', true],
  ['/srv/app/src/cache.js:17', true],
  ['src/*:17', true],
  ['main.js', true],
  ['node:events', true],
  ['node:events:5', true],
  ['src/cache.js:18', false],
  ['main.js:17', false],
  ['cache.js', false],
])('%s is a place of the stack: %s', (place, expected) => expect(placeMatcher(place, '/srv/app')(STACK)).toBe(expected));

test('native code is named as tables show it', () => {
  const native = new Traceback([new Frame('<V8 API>', 0)]);
  expect(placeMatcher('<native code*', '/srv/app')(native)).toBe(true);
});
