import { expect, test } from '@jest/globals';
import { hasPackedLines, packedLines } from '../../../src/snapshot/packed-lines.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';

const tableOf = (...frames: readonly (readonly [filename: string, lineno: number, column: number])[]) =>
  Snapshot.fromTraces(frames.map(([filename, lineno, column]) => ({ size: 1, frames: [{ filename, lineno, column }] }))).table;

test('a line with a place far to the right is packed, with all its places', () => {
  const table = tableOf(['/dist/a.js', 1, 12], ['/dist/a.js', 1, 3021], ['/dist/a.js', 2, 30], ['/src/b.ts', 1, 80]);
  const isPacked = packedLines(table);
  expect([1, 2, 3].map((lineno) => isPacked({ filename: '/dist/a.js', lineno }))).toEqual([true, false, false]);
  expect(isPacked({ filename: '/src/b.ts', lineno: 1 })).toBe(false);
  expect([hasPackedLines(table), hasPackedLines(tableOf(['/src/b.ts', 1, 80]))]).toEqual([true, false]);
  expect(packedLines(tableOf(['/src/b.ts', 1, 80]), table)({ filename: '/dist/a.js', lineno: 1 })).toBe(true);
});
