import { expect, test } from '@jest/globals';
import { aligned, diffTable, statisticsTable } from '../../../src/report/table.js';
import { snapshotFrom } from '../snapshot/picture.js';

const OPTIONS = { keyType: 'lineno', cumulative: false, top: 2, cwd: '/app' } as const;
const OLD = snapshotFrom(`
  a.js:1  b.js:2
  100     50
`);
const NOW = snapshotFrom(`
  a.js:1  main@b.js:2  c.js:3
  300     50           20480
`);

test('the largest groups, then the rest', () => {
  expect(statisticsTable(NOW.statistics('lineno'), OPTIONS)).toEqual([
    '    size  count   average  line',
    '20.0 KiB      1  20.0 KiB  c.js:3',
    '   300 B      1     300 B  a.js:1',
    '1 more: 50 B',
  ]);
  expect(statisticsTable([], OPTIONS)).toEqual(['nothing that was allocated in this time is still alive']);
});

test('what changed, and not what did not', () => {
  expect(diffTable(NOW.compareTo(OLD, 'lineno'), { ...OPTIONS, top: 1 })).toEqual([
    '   change      size  change  count  line',
    '+20.0 KiB  20.0 KiB      +1      1  c.js:3',
    '1 more: +200 B',
  ]);
  expect(diffTable(OLD.compareTo(NOW, 'lineno'), OPTIONS)).toContain('-20.0 KiB    0 B      -1      0  c.js:3');
  expect(diffTable(NOW.compareTo(NOW, 'lineno'), OPTIONS)).toEqual(['nothing changed']);
});

test('any number of rows', () => {
  expect(aligned(Array.from({ length: 200_000 }, (_, i) => [`${i}`, 'x']))).toHaveLength(200_000);
});
