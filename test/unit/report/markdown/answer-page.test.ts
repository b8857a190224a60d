import { expect, it } from '@jest/globals';
import { answerPage } from '../../../../src/report/markdown/answer-page.js';

const COLUMNS = [
  { title: 'name', isName: true, cell: ({ name }: { name: string }) => name },
  { title: 'size', cell: () => '1 B' },
  { title: 'empty', cell: () => '' },
];
const rows = Array.from({ length: 10 }, (_, index) => ({ name: `row-${index}-${'é'.repeat(200)}` }));
const answer = { finding: 'Found.', rows, notes: ['a note', 'b note'], leftOut: ['5 more.'] };

it('a page without a limit has everything, and no empty column', () => {
  const lines = answerPage(answer, COLUMNS, { end: ['The end.'] }).split('\n');
  expect(lines.slice(0, 4)).toEqual(['Found.', '', '| size | name |', '| ---: | --- |']);
  expect(lines.filter((line) => line.startsWith('| 1 B | row-'))).toHaveLength(10);
  expect(lines.slice(-7)).toEqual(['- 5 more.', '', '- `a note`', '- `b note`', '', 'The end.', '']);
});

it.each([3000, 1200, 700, 1])('a page of at most %d bytes loses rows from the end, then notes, and says so', (limit) => {
  const text = answerPage(answer, COLUMNS, { limit, end: ['The end.'] });
  const shown = text.split('\n').filter((line) => line.startsWith('| 1 B')).length;
  if (limit > 1) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
  expect(text).toMatch(/^Found\.\n/);
  expect(text).toContain(`- The table is cut: ${10 - shown} more rows`);
  expect(text).toContain('| 1 B | row-0-');
  expect(text.endsWith('The end.\n')).toBe(true);
});

it('an answer without rows has no table', () => {
  expect(answerPage({ finding: 'Nothing.', rows: [], notes: [], leftOut: [] }, COLUMNS)).toBe('Nothing.\n');
});
