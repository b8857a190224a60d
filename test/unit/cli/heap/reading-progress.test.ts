import { PassThrough } from 'node:stream';
import { expect, it } from '@jest/globals';
import { ReadingProgress } from '../../../../src/cli/heap/reading-progress.js';

const MIB = 1 << 20;

/** What is written to the terminal while a file is read in steps of 1 MiB. */
function written(size: number, { known = true, isTTY = true } = {}): string {
  const err = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  const progress = new ReadingProgress('/tmp/\u001b.heapsnapshot', err);
  for (let bytes = MIB; bytes <= size; bytes += MIB) progress.listener(bytes, known ? size : 0);
  progress.end();
  return String(err.read() ?? '');
}

it('shows each percent of a large file once, and leaves the line empty', () => {
  const lines = written(400 * MIB).split('\r\u001b[K');
  expect(lines.length).toBe(1 + 101 + 1);
  expect(lines.slice(1, 3)).toEqual(['reading \\u{1b}.heapsnapshot: 0 %', 'reading \\u{1b}.heapsnapshot: 1 %']);
  expect(lines.slice(-2)).toEqual(['reading \\u{1b}.heapsnapshot: 100 %', '']);
});

it('shows the bytes if the size is not known', () => {
  const lines = written(64 * MIB, { known: false }).split('\r\u001b[K');
  expect(lines.map((line) => line.replace(/^.*: /, ''))).toEqual(['', '32.0 MiB', '48.0 MiB', '64.0 MiB', '']);
});

it('writes nothing for a small file, or to anything but a terminal', () => {
  expect([written(20 * MIB), written(400 * MIB, { isTTY: false })]).toEqual(['', '']);
});
