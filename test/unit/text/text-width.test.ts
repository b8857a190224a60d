import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { alignedRight, cutEnd, cutMiddle, startOf, widthOf, wrapped } from '../../../src/text/text-width.js';

test.each([
  ['', 0],
  ['abc', 3],
  ['日本語', 6],
  ['한글', 4],
  ['ﾊﾝ', 2],
  ['é', 1], // e and a combining accent
  ['🎉', 2],
  ['…±~', 3],
])('%j takes %i columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

const hasPython = spawnSync('python3', ['-c', '']).status === 0;

(hasPython ? test : test.skip)('widths are those of Python', () => {
  // Blocks that occur in file names. In newer blocks, the width may differ between versions of Unicode.
  const blocks = [
    [0x20, 0x7e],
    [0xa1, 0x24f],
    [0x370, 0x482],
    [0x3041, 0x3096],
    [0x4e00, 0x4e80],
    [0xac00, 0xac80],
    [0xff01, 0xff5e],
  ];
  const text = blocks.map(([from, to]) => String.fromCodePoint(...Array.from({ length: to! - from! }, (_, i) => from! + i))).join('');
  const count =
    'import sys,unicodedata as u; print(sum(2 if u.east_asian_width(c) in "WF" else 1 for c in sys.stdin.buffer.read().decode()))';
  const visible = text.replace(/[\p{Cf}\p{Cn}\p{M}]/gu, '');
  expect(widthOf(visible)).toBe(Number(execFileSync('python3', ['-c', count], { input: visible, encoding: 'utf8' })));
});

test('cut at the end, in the middle, and not at all', () => {
  expect(cutEnd('abcdef', 6)).toBe('abcdef');
  expect(cutEnd('abcdef', 5)).toBe('abcd…');
  expect(cutMiddle('abcdefghij', 10)).toBe('abcdefghij');
  expect(cutMiddle('abcdefghij', 6)).toBe('ab…hij');
  expect(cutMiddle('abcdefghij', 6, 4)).toBe('a…ghij');
  expect(cutMiddle('abcdefghij', 6, 40)).toBe('…fghij');
  expect([cutMiddle('abc', 1), cutMiddle('abc', 0), cutEnd('abc', 1), cutEnd('abc', 0)]).toEqual(['…', '', '…', '']);
});

test('no character is cut in two', () => {
  expect(startOf('日本語', 3)).toBe('日');
  expect(cutMiddle('日本語日本語', 6)).toBe('日…語');
  expect(cutEnd('🎉🎉', 3)).toBe('🎉…');
  expect(alignedRight('日', 4)).toBe('  日');
});

test('a sentence is broken between words', () => {
  expect(wrapped('one two three', 100)).toEqual(['one two three']);
  expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrapped('incomprehensible no', 4)).toEqual(['incomprehensible', 'no']);
});
