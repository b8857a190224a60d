import { expect, test } from '@jest/globals';
import { parse } from '../../../../src/lines/transform/parse.js';

/** These are too deep for acorn, but not for V8. On Node up to 22, acorn's own stack overflow ended the process. */
test.each([
  ['templates', '`${', '1', '}`'],
  ['computed members', 'a[', '0', ']'],
  ['functions', '(function () {', '', '})'],
])('3,000 nested %s are a problem in one line', (_name, open, inner, close) => {
  expect(parse(open.repeat(3000) + inner + close.repeat(3000), 'commonjs')).toEqual({ problem: 'nested too deeply to be parsed' });
});
