import { expect, test } from '@jest/globals';
import { printable } from '../../../src/text/printable.js';

test.each([
  ['plain', '/app/größe 数据 😀.js', '/app/größe 数据 😀.js'],
  ['newlines and returns', 'a\nb\rc', 'a\\u{a}b\\u{d}c'],
  ['escape sequences', '\u001b[31m\u009b1m', '\\u{1b}[31m\\u{9b}1m'],
  ['overrides and separators', '\u202e\u2028\u2066\u{e0001}', '\\u{202e}\\u{2028}\\u{2066}\\u{e0001}'],
  ['half a character', 'a\ud83d', 'a\\u{d83d}'],
])('%s', (_, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('long text is cut in the middle', () => {
  const text = printable(`begin${'x'.repeat(10_000)}end`);
  expect(text).toHaveLength(301);
  expect(text).toMatch(/^beginx+…x+end$/);
  expect(printable(`${'x'.repeat(149)}😀${'x'.repeat(500)}`)).toMatch(/^x+\\u\{d83d\}…x+$/);
});
