import { describe, expect, it } from '@jest/globals';
import { compilePattern, normalizeCase } from '../../../src/text/fnmatch.js';

/** Cases that the parity test may miss in a given run, because it compares random patterns with Python's fnmatch. */
describe('patterns', () => {
  it.each([
    ['*', '/any/path', true],
    ['/app/*.js', '/app/deep/er/x.js', true],
    ['?', '\u{1f600}', true],
    ['[!x]', 'y', true],
    ['[!x]', 'x', false],
    ['[b-a]', 'a', false],
    ['[!b-a]', 'z', true],
    ['[b-a!-d]', '-', false],
    ['[]]', ']', true],
    ['[', '[', true],
    ['[abc', '[abc', true],
    ['a.js', 'axjs', false],
    ['', '', true],
  ])('%j on %j', (pattern, name, answer) => {
    expect(compilePattern(pattern)(name)).toBe(answer);
  });

  it('does not take exponential time', () => {
    expect(compilePattern(`${'*a'.repeat(30)}b`)('a'.repeat(3000))).toBe(false);
  });

  it('ignores case and kinds of slashes only on Windows', () => {
    expect(normalizeCase('C:/App/X.js', 'win32')).toBe('c:\\app\\x.js');
    expect(normalizeCase('/App/X.js', 'linux')).toBe('/App/X.js');
  });
});
