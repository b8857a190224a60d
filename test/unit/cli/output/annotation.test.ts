import { expect, it } from '@jest/globals';
import { annotation } from '../../../../src/cli/output/leak-report.js';
import { Frame } from '../../../../src/model/frame.js';
import { Traceback } from '../../../../src/model/traceback.js';

it.each([
  ['the newest line', [new Frame('/app/main.js', 1), new Frame('/app/a,b.js', 7)], '::error file=/app/a%2Cb.js,line=7::It leaks'],
  [
    'its caller, if it is native code',
    [new Frame('/app/main.js', 3), new Frame('<V8 API>', 0)],
    '::error file=/app/main.js,line=3::It leaks',
  ],
  [
    "its caller, if it is Node's code",
    [new Frame('/app/main.js', 3), new Frame('node:net', 9)],
    '::error file=/app/main.js,line=3::It leaks',
  ],
  ['no file, if there is none', [new Frame('<V8 API>', 0)], '::error::It leaks'],
])('GitHub shows a leak beside %s', (_, frames, expected) => {
  expect(annotation({ traceback: new Traceback(frames) }, 'It leaks')).toBe(expected);
});
