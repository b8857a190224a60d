import { expect, it, test } from '@jest/globals';
import { fittingPattern, patternsFor } from '../../../../src/report/text/patterns.js';
import { compilePattern } from '../../../../src/text/fnmatch.js';

const isMatch = (pattern: string, file: string, cwd = '/srv/app') => patternsFor(pattern, cwd).some((one) => compilePattern(one)(file));

test.each([
  ['src/a.js', '/srv/app/src/a.js'],
  ['./src/a.js', '/srv/app/src/a.js'],
  ['src/*', '/srv/app/src/deep/a.js'],
  ['*/a.js', '/srv/app/src/a.js'],
  ['/srv/app/src/a.js', '/srv/app/src/a.js'],
  ['[ab].js', '/srv/app/a.js'],
  ['<native code*', '<V8 API>'],
  ['<V8 API>', '<V8 API>'],
  ['<*', '<V8 API>'],
])('%s matches %s, by its path or as it is shown', (pattern, file) => expect(isMatch(pattern, file)).toBe(true));

test.each([
  ['a.js', '/srv/app/src/a.js'],
  ['src/a.js', '/srv/other/src/a.js'],
  ['native', '<V8 API>'],
])('%s does not match %s', (pattern, file) => expect(isMatch(pattern, file)).toBe(false));

it('takes the current folder literally', () => {
  expect(isMatch('a.js', '/srv/[app]*/a.js', '/srv/[app]*')).toBe(true);
  expect(isMatch('a.js', '/srv/p/x/a.js', '/srv/[app]*')).toBe(false);
});

test.each([
  ['load.js', '*/load.js'],
  ['./load.js', '*/load.js'],
  ['lib', '*/lib/*'],
  ['lib/', '*/lib/*'],
  ['load', '*/load.*'],
  ['oad', '*oad*'],
  ['nope', null],
  ['/', null],
])('a pattern like %s that fits is %s', (pattern, fitting) => {
  expect(fittingPattern(pattern, ['/srv/main.js', '/srv/lib/load.js'])).toBe(fitting);
});
