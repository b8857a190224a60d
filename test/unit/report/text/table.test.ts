import { expect, test } from '@jest/globals';
import { COLOURED, PLAIN } from '../../../../src/report/text/colours.js';
import { diffTable, statisticsTable } from '../../../../src/report/text/table.js';
import { packedLines } from '../../../../src/snapshot/packed-lines.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import type { KeyType } from '../../../../src/snapshot/statistics/key-type.js';
import { widthOf } from '../../../../src/text/text-width.js';
import { snapshotFrom } from '../../snapshot/picture.js';

const OPTIONS = { keyType: 'lineno', cumulative: false, top: 2, cwd: '/app', width: Number.POSITIVE_INFINITY, colours: PLAIN } as const;
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
  expect(statisticsTable([], OPTIONS)).toEqual(['nothing allocated in this time is still alive']);
});

test('functions on a line of a minified bundle are told apart by their columns', () => {
  const frame = (column: number, functionName: string) => ({ filename: '/app/dist/a.js', lineno: 1, column, functionName });
  const snapshot = Snapshot.fromTraces([
    { size: 300, frames: [frame(12, 's')] },
    { size: 200, frames: [frame(3021, 't')] },
  ]);
  const isPacked = packedLines(snapshot.table);
  const rows = (keyType: KeyType) => statisticsTable(snapshot.statistics(keyType), { ...OPTIONS, keyType, isPacked }).slice(1);
  expect(rows('function')).toEqual(['300 B      1    300 B  dist/a.js:1:12 s', '200 B      1    200 B  dist/a.js:1:3021 t']);
  expect(rows('lineno')).toEqual(['500 B      2    250 B  dist/a.js:1']);
  expect(statisticsTable(snapshot.statistics('function'), { ...OPTIONS, keyType: 'function' })[1]).toMatch(/dist\/a\.js:1 s$/);
});

test('rows of a text that is not that of its file are explained', () => {
  const rows = snapshotFrom(`
    app.js <in memory>:82  b.js:2
    300                    50
  `).statistics('lineno');
  const note = expect.stringMatching(/^<in memory>: .*no source map/);
  expect(statisticsTable(rows, OPTIONS)).toEqual([
    expect.anything(),
    '300 B      1    300 B  app.js <in memory>:82',
    expect.anything(),
    note,
  ]);
  expect(statisticsTable(rows.slice(1), OPTIONS)).toHaveLength(2);
});

test('a difference has only rows that changed', () => {
  expect(diffTable(NOW.compareTo(OLD, 'lineno'), { ...OPTIONS, top: 1 })).toEqual([
    '   change      size  change  count  line',
    '+20.0 KiB  20.0 KiB      +1      1  c.js:3',
    '1 more: +200 B',
  ]);
  expect(diffTable(OLD.compareTo(NOW, 'lineno'), OPTIONS)).toContain('-20.0 KiB    0 B      -1      0  c.js:3');
  expect(diffTable(NOW.compareTo(NOW, 'lineno'), OPTIONS)).toEqual(['nothing changed']);
});

/** A snapshot of the tracing. The births of its traces count up from `firstBirth`. */
function sampled(snapshot: Snapshot, firstBirth: number): Snapshot {
  const birth = Float64Array.from({ length: snapshot.columns.length }, (_, i) => firstBirth + i);
  const capture = { ...snapshot.capture, mode: 'sampling', interval: 100, tracing: 't' } as const;
  return new Snapshot({ ...snapshot, capture, columns: { ...snapshot.columns, birth } });
}

test('sampled sizes with their standard errors', () => {
  expect(statisticsTable(sampled(NOW, 1).statistics('lineno'), OPTIONS)).toEqual([
    '    size      ±  count   average  line',
    '20.0 KiB   71 B      1  20.0 KiB  c.js:3',
    '   300 B  120 B     ~1     300 B  a.js:1',
    '1 more: 50 B',
    '~ before a count: not known within a factor of two',
  ]);
});

test('a change that may come from sampling alone is marked', () => {
  const before = snapshotFrom(`
    a.js:1
    100
  `);
  const diffs = sampled(NOW, 10).compareTo(sampled(before, 1), 'lineno');
  expect(diffTable(diffs, OPTIONS)).toEqual([
    '   change      ±      size  change  count  line',
    '+20.0 KiB   71 B  20.0 KiB      +1      1  c.js:3',
    ' ~ +200 B  176 B     300 B     ~+0      1  a.js:1',
    '1 more: +50 B',
    '~ within two standard errors (±): sampling alone may make such a change',
    '~ before a count: not known within a factor of two',
  ]);
  expect(diffTable(sampled(NOW, 10).compareTo(sampled(NOW, 10), 'lineno'), OPTIONS)).toEqual(['nothing changed']);
});

test('growth is red and shrinkage cyan; a change that may be scatter has no colour', () => {
  const before = snapshotFrom(`
    a.js:1  d.js:4
    100     4000
  `);
  const lines = diffTable(sampled(NOW, 10).compareTo(sampled(before, 1), 'lineno'), { ...OPTIONS, top: 3, width: 30, colours: COLOURED });
  expect(lines).toEqual([
    '   change  line',
    '\u001b[31m+20.0 KiB\u001b[39m  c.js:3',
    '\u001b[36m  -4000 B\u001b[39m  d.js:4',
    ' ~ +200 B  a.js:1',
    '1 more: +50 B',
    '~ within two standard errors',
    '(±): sampling alone may make',
    'such a change',
    '~ before a count: not known',
    'within a factor of two',
  ]);
});

test('of two tracings, a difference has both sides and no colour', () => {
  const options = { ...OPTIONS, top: 1, colours: COLOURED, isOfTwoTracings: true };
  expect(diffTable(OLD.compareTo(NOW, 'lineno'), options)).toEqual([
    'difference       old  new  old count  new count  line',
    ' -20.0 KiB  20.0 KiB  0 B          1          0  c.js:3',
    '1 more: -200 B',
  ]);
});

test('a terminal of 20 columns', () => {
  const long = Snapshot.fromTraces([
    { size: 2 ** 20, frames: [{ filename: '/app/services/store.js', lineno: 1234, functionName: 'keep' }] },
  ]);
  expect(statisticsTable(long.statistics('lineno'), { ...OPTIONS, width: 20 })).toEqual(['    size  line', '1024 KiB  …e.js:1234']);
});

test('a row that is not of the own files names its own caller, below the place if both are too wide', () => {
  const snapshot = snapshotFrom(`
    pack@export.ts:41             read@import.ts:7
    zlibBufferSync@node:zlib:712  zlibBufferSync@node:zlib:712
    930                           70
  `);
  const lines = (width: number) => statisticsTable(snapshot.statistics('lineno'), { ...OPTIONS, width }).slice(1);
  expect(lines(Number.POSITIVE_INFINITY)).toEqual(['1000 B      2    500 B  node:zlib:712 zlibBufferSync  ← export.ts:41 pack (93 %)']);
  expect(lines(60)).toEqual([
    '1000 B      2    500 B  node:zlib:712 zlibBufferSync',
    '                          ← export.ts:41 pack (93 %)',
  ]);
  expect(lines(30).every((line) => widthOf(line) <= 30)).toBe(true);
});
