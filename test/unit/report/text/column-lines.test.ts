import { expect, test } from '@jest/globals';
import { columnLines } from '../../../../src/report/text/column-lines.js';
import { cutEnd } from '../../../../src/text/text-width.js';

const COLUMNS = [
  { title: 'size', cells: ['1 B', '1000 KiB'] },
  { title: 'count', cells: ['12', '7'], dispensable: 1 },
  { title: 'average', cells: ['1', '2'], dispensable: 2 },
];
const LAST = { title: 'line', cells: ['first', 'second, which is long'].map((text) => (width: number) => cutEnd(text, width)) };

test('figures are right-aligned, and the last column is unchanged', () => {
  expect(columnLines(COLUMNS, LAST, Number.POSITIVE_INFINITY)).toEqual([
    '    size  count  average  line',
    '     1 B     12        1  first',
    '1000 KiB      7        2  second, which is long',
  ]);
});

test('if space is short, columns are left out by rank, then the last one is cut', () => {
  expect(columnLines(COLUMNS, LAST, 42)[2]).toBe('1000 KiB      7  second, which is long');
  expect(columnLines(COLUMNS, LAST, 40)[2]).toBe('1000 KiB  second, which is long');
  expect(columnLines(COLUMNS, LAST, 20)).toEqual(['    size  line', '     1 B  first', '1000 KiB  second, w…']);
  expect(columnLines(COLUMNS, { ...LAST, title: 'allocated in' }, 20)[0]).toBe('    size  allocated…');
});

test('a style colours the cell together with its padding', () => {
  const [column] = COLUMNS;
  const style = (row: number) => (text: string) => (row === 0 ? `<${text}>` : text);
  expect(columnLines([{ ...column!, style }], LAST, 40)[1]).toBe('<     1 B>  first');
});

test('any number of rows', () => {
  const cells = Array.from({ length: 200_000 }, (_, i) => `${i}`);
  expect(columnLines([{ title: 'n', cells }], { title: 'x', cells: cells.map((cell) => () => cell) }, 80)).toHaveLength(200_001);
});
