import { describe, expect, test } from '@jest/globals';
import { LabelFilter, Snapshot } from '../../../../src/index.js';
import { liveRows } from '../../../../src/report/live/live-rows.js';
import { initialState, type LiveState, withReading } from '../../../../src/report/live/live-state.js';
import { liveLines, pictureLines } from '../../../../src/report/live/view.js';
import { COLOURED, PLAIN } from '../../../../src/report/text/colours.js';
import { widthOf } from '../../../../src/text/text-width.js';
import { snapshotFrom } from '../../snapshot/picture.js';

const FIRST = snapshotFrom(`
  keep@a.js:1  b.js:2  gone@g.js:9
  1000         500     300
`);
const SECOND = snapshotFrom(`
  keep@a.js:1  b.js:2
  2000         900
`);
const THIRD = snapshotFrom(`
  keep@a.js:1  b.js:2  fresh@a.js:7
  2500         400     100
`);
const READINGS = [FIRST, SECOND, THIRD].reduce<LiveState['readings']>(
  (readings, snapshot, i) => withReading(readings, { snapshot, at: 5000 + 10_000 * i }),
  null,
)!;
const STATE: LiveState = {
  ...initialState({ label: '9229', keyType: 'lineno' }),
  readings: READINGS,
  cost: { snapshotMs: 50, restMs: 1200 },
};
const SCREEN = { width: 100, height: 30, cwd: '/app', colours: PLAIN };

/** The lines from the titles of the table on. */
function table(state: Partial<LiveState>): string[] {
  const whole = { ...STATE, ...state };
  const lines = pictureLines(whole, liveRows(READINGS, whole.keyType), SCREEN);
  return lines.slice(lines.indexOf('') + 1);
}

test('size, change since the first and since the last reading, rate', () => {
  expect(table({})).toEqual([
    '  size  since start  since last     rate  line',
    '2500 B      +1500 B      +500 B  +75 B/s  a.js:1 keep',
    ' 400 B       -100 B      -500 B   -5 B/s  b.js:2',
    ' 100 B       +100 B      +100 B   +5 B/s  a.js:7 fresh',
    '   0 B       -300 B        +0 B  -15 B/s  g.js:9 gone',
  ]);
});

test('sorted, filtered, grouped', () => {
  const places = (state: Partial<LiveState>) => table(state).map((line) => line.split('  ').at(-1));
  expect(places({ sort: 'since start' })).toEqual(['line', 'a.js:1 keep', 'a.js:7 fresh', 'b.js:2', 'g.js:9 gone']);
  expect(places({ sort: 'since last' })).toEqual(['line', 'a.js:1 keep', 'a.js:7 fresh', 'g.js:9 gone', 'b.js:2']);
  expect(places({ filter: 'A.JS' })).toEqual(['line', 'a.js:1 keep', 'a.js:7 fresh']);
  expect(places({ filter: 'nowhere' })).toEqual(['no place contains this text']);
  expect(table({ keyType: 'filename' })[1]).toBe('2600 B      +1600 B      +600 B  +80 B/s  a.js');
});

describe('labels', () => {
  const labelled = Snapshot.fromTraces([
    { size: 100, label: 'GET /users/:id', frames: [['a.js', 1]] },
    { size: 30, label: 'job \u001b[2J', frames: [['a.js', 1]] },
    { size: 7, frames: [['a.js', 1]] },
  ]);
  const readings = withReading(null, { snapshot: labelled, at: 0 });
  const lines = (state: Partial<LiveState>, selected?: (all: Snapshot) => Snapshot) => {
    const whole = { ...STATE, readings, ...state };
    return pictureLines(whole, liveRows(readings, whole.keyType, selected), SCREEN);
  };
  const sizes = (all: readonly string[]) => all.slice(all.indexOf('') + 2).map((line) => line.trim().replace(/ {2,}.* {2,}/, ' '));

  test('are groups of their own', () => {
    expect(sizes(lines({ keyType: 'label' }))).toEqual(['100 B GET /users/:id', '30 B job \\u{1b}[2J', '7 B (none)']);
  });

  test('choose what the rows count, while the coverage is that of the process', () => {
    const all = lines({ onlyLabels: ['GET *'] }, (snapshot) => snapshot.filterTraces([new LabelFilter(true, 'GET *')]));
    expect(sizes(all)).toEqual(['100 B a.js:1']);
    expect(all).toContain('by line, sorted by size, for GET *');
    expect(all.join('\n')).toMatch(/^traced 137 B/m);
    const none = lines({ onlyLabels: ['x'] }, (snapshot) => snapshot.filterTraces([new LabelFilter(true, 'x')]));
    expect(none.at(-1)).toBe('nothing allocated since for these labels is still alive');
  });

  test('that were not recorded are asked for', () => {
    expect(pictureLines({ ...STATE, keyType: 'label' }, liveRows(READINGS, 'label'), SCREEN)).toContain(
      'no labels: --label requests records them',
    );
  });
});

test('a row of other code names its own caller', () => {
  const snapshot = snapshotFrom(`
    pack@export.js:41
    deflate@node:zlib:712
    100
  `);
  const readings = withReading(null, { snapshot, at: 0 });
  const lines = pictureLines({ ...STATE, readings }, liveRows(readings, 'lineno'), SCREEN);
  expect(lines.at(-1)).toMatch(/ node:zlib:712 deflate {2}← export\.js:41 pack \(100 %\)$/);
  expect(pictureLines({ ...STATE, readings, keyType: 'own' }, liveRows(readings, 'own'), SCREEN).at(-1)).toMatch(/ export\.js:41 pack$/);
});

test('two functions that start in one line keep their own changes', () => {
  const at = (column: number, size: number) => ({
    size,
    frames: [{ filename: '/app/a.js', lineno: 1, column, functionName: '', precision: 'function' as const }],
  });
  const [one, two] = [Snapshot.fromTraces([at(1, 10), at(9, 20)]), Snapshot.fromTraces([at(1, 11), at(9, 22)])];
  const readings = { first: { snapshot: one, at: 0 }, previous: { snapshot: one, at: 0 }, last: { snapshot: two, at: 1000 } };
  expect(liveRows(readings, 'function').map(({ sinceLast }) => sinceLast.sizeDiff)).toEqual([2, 1]);
});

test('describes the target and its own cost', () => {
  const lines = pictureLines({ ...STATE, filter: 'x', sort: 'since last' }, [], SCREEN);
  expect(lines.slice(0, 3)).toEqual([
    expect.stringMatching(/^tracemalloc top 9229 {2}00:00:20/),
    'a snapshot takes 50 ms, one every 1.3 s: pauses are at most 4.0 % of the time',
    'by line, sorted by change since last, only "x"',
  ]);
  expect(pictureLines({ ...STATE, readings: null, cost: null }, [], SCREEN)).toEqual(['tracemalloc top 9229: taking the first snapshot']);
});

describe('the screen', () => {
  const rows = liveRows(READINGS, 'lineno');
  const hostile = '\u001b]0;x\u0007\u202e\n'.repeat(20);

  test.each([
    [20, 5],
    [20, 24],
    [40, 10],
    [80, 24],
    [200, 60],
    [1, 1],
    [10, 2],
  ])('%i columns, %i rows: filled, and nothing beyond', (width, height) => {
    const states: LiveState[] = [
      STATE,
      { ...STATE, asks: 'help' },
      { ...STATE, asks: 'filter', filter: hostile },
      { ...STATE, label: hostile, message: hostile },
      { ...STATE, readings: null, cost: null },
    ];
    for (const state of states) {
      const lines = liveLines(state, rows, { ...SCREEN, width, height });
      expect(lines).toHaveLength(height);
      expect(lines.join('')).not.toMatch(/\p{Cc}|\u202e/u);
      if (width >= 20) expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
    }
  });

  test('growth is red and shrinkage cyan', () => {
    const text = liveLines(STATE, rows, { ...SCREEN, colours: COLOURED }).join('\n');
    expect(text).toContain('\u001b[31m    +1500 B\u001b[39m');
    expect(text).toContain('\u001b[36m     -100 B\u001b[39m');
  });

  test('a frozen view says so, however small', () => {
    expect(liveLines({ ...STATE, isFrozen: true }, rows, { ...SCREEN, width: 20, height: 5 })).toContain('FROZEN, f goes on');
  });

  test('the message is above the keys', () => {
    expect(liveLines({ ...STATE, message: 'saved' }, rows, SCREEN).slice(-2)).toEqual(['saved', expect.stringMatching(/^g grouping/)]);
  });
});
