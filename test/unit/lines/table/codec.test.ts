import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { decodePositions, encodePositions } from '../../../../src/lines/table/codec.js';
import type { PositionTable } from '../../../../src/lines/table/position-table.js';
import { transform } from '../../../../src/lines/transform/transform.js';
import { repoPath } from '../../../helpers/paths.js';

const TABLE: PositionTable = {
  wrappers: [3, 11, 4, 2, 3, 40, 3, 33, 900, 70_001, 900, 70_000],
  functions: [0, 0, 0, 0, 3, 60, 5, 1, 2, 7, 2, 7],
  edits: [3, 10, 7, 3, 39, 7, 3, 50, 3, 3, 53, 1, 900, 70_000, 8, 900, 70_100, 4],
};

const FILES = readdirSync(repoPath('src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /(?<!\.d)\.ts$/.test(name) && !name.includes('page')) // the page of the report is left out, because it is one bundle
  .map((name) => join(repoPath('dist/src'), name.replace(/\.ts$/, '.js')));

describe('a site table as text', () => {
  test('is read back as it was', () => {
    expect(decodePositions(encodePositions(TABLE))).toEqual(TABLE);
    const empty: PositionTable = { wrappers: [], functions: [], edits: [] };
    expect(decodePositions(encodePositions(empty))).toEqual(empty);
  });

  test('of real files is read back as it was, in few bytes', () => {
    let [bytes, wrappers] = [0, 0];
    for (const file of FILES) {
      const { positions } = transform(readFileSync(file, 'utf8'), { sourceType: 'module' });
      const text = encodePositions(positions);
      expect(decodePositions(text)).toEqual(positions);
      expect(text).toMatch(/^[\w-]+$/); // fits into any string literal
      bytes += text.length;
      wrappers += positions.wrappers.length / 4;
    }
    expect(wrappers).toBeGreaterThan(500);
    expect(bytes / wrappers).toBeLessThan(14);
  });

  test('that is damaged anywhere is refused', () => {
    const text = encodePositions(TABLE, { line: 0, column: 0, length: 50, arrow: 2 });
    for (let i = 0; i < text.length; i++) {
      expect(() => decodePositions(text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1))).toThrow(/table of lines/);
      expect(() => decodePositions(text.slice(0, i))).toThrow(/table of lines/);
    }
    expect(() => decodePositions(`${text}A`)).toThrow('the table of lines is damaged');
  });

  test('accounts for its own statement at the start of the line', () => {
    const length = 50;
    expect(decodePositions(encodePositions(TABLE, { line: 3, column: 30, length, arrow: 2 }))).toEqual({
      wrappers: [3, 32, -1, -1, 3, 11, 4, 2, 3, 40 + length, 3, 33, 900, 70_001, 900, 70_000],
      functions: [0, 0, 0, 0, 3, 60 + length, 5, 1, 2, 7, 2, 7],
      edits: [3, 10, 7, 3, 30, length, 3, 39 + length, 7, 3, 50 + length, 3, 3, 53 + length, 1, 900, 70_000, 8, 900, 70_100, 4],
    });
  });
});
