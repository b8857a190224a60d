import { describe, expect, it } from '@jest/globals';
import type { ReportData } from '../../../../src/report/call-tree/report-data.js';
import { buildSeriesReport } from '../../../../src/report/html/build-report.js';
import { htmlDocument } from '../../../../src/report/html/document.js';
import { seriesAsCells } from '../../../../src/report/html/series-cells.js';
import { KEY_TYPES } from '../../../../src/report/html/series-growth.js';
import { FrameNames } from '../../../../src/report/html/view/frames.js';
import { growthRows, layersOf, letterOf } from '../../../../src/report/html/view/growth-view.js';
import { treeOf } from '../../../../src/report/html/view/page-tree.js';
import { sumsInRound } from '../../../../src/report/html/view/round-sums.js';
import { GROUP_KEYS, type Grouping, isLocation, placeGroups, type Row, rowsBy } from '../../../../src/report/html/view/row-groups.js';
import { Sums } from '../../../../src/report/html/view/sums.js';
import { Series } from '../../../../src/series/series.js';
import { randomSnapshot } from '../../../helpers/random-snapshot.js';
import { aliveByRound, snapshotOf } from '../../../helpers/series-simulation.js';

/** As the page gets it. */
function reportOf(series: Series, warmup = 1): ReportData {
  return JSON.parse(JSON.stringify(buildSeriesReport(series, { title: '', own: false, embedSources: false, cwd: '/nowhere', warmup })));
}

/** As the page has it after the reader has chosen the round. */
function groupingOf(data: ReportData, round: number): Grouping {
  const { missing } = data.series!.rounds[round]!;
  const { thread, now } = data.cells;
  const sums = sumsInRound(data.series!.lifetimes, { round, threads: thread, missing, unseen: now.spread?.unseen ?? 0 });
  const cells = Sums.ofCells({ ...data.cells, now: sums });
  const places = (key: Parameters<Grouping['places']>[0]) => placeGroups(key, data);
  return { data, tree: treeOf(data, cells), names: new FrameNames(data), cells, places, within: 0, matches: null };
}

/** Sorts rows the same way on both sides. Variances were rounded to whole bytes squared. */
const sorted = (rows: readonly (readonly number[])[]) =>
  rows
    .filter((row) => row.some((value) => value !== 0))
    .map((row) => row.map((value) => value.toFixed(0)).join(' '))
    .sort();

/** The fourth round could not ask the worker. */
const series = Series.of(
  [0, 40, 80, 120, 150].map((from, i) => randomSnapshot(5, { from, interval: 4096, ...(i === 3 && { without: 'worker 1' }) })),
);
const data = reportOf(series);

describe.each(GROUP_KEYS)('by %s', (key) => {
  it.each([0, 1, 2, 3, 4])('the page of round %d has the statistics of its snapshot', (round) => {
    const snapshot = series.snapshot(round);
    const rows = rowsBy(key, groupingOf(data, round));
    const own = ({ size, count, error }: Row) => [size, count, error];
    expect(sorted(rows.map(own))).toEqual(
      sorted(snapshot.statistics(KEY_TYPES[key]).map((one) => [one.size, one.count, one.standardError])),
    );
    if (!isLocation(key)) return;
    const cumulative = snapshot.statistics(KEY_TYPES[key], { cumulative: true }).map(({ size }) => [size]);
    expect(sorted(rows.map((row) => [row.cumulative!]))).toEqual(sorted(cumulative));
  });

  it('the growth is that of the series, in its order, under the names of the table', () => {
    const grouping = groupingOf(data, 4);
    const rows = growthRows(key, data.series!.growth[key]!, grouping);
    const growth = series.growth(KEY_TYPES[key]);
    expect(rows.length).toBe(Math.min(100, growth.length));
    let at = -1;
    for (const { frame: _, name: __, slope, error, count, ...row } of rows) {
      at = growth.findIndex((one, i) => i > at && one.verdict === row.verdict && String(one.sizes) === String(row.sizes));
      const { standardError, ages, counts, ...expected } = growth[at]!;
      expect([row.ages, count, slope, error]).toEqual([ages, counts.at(-1), Math.round(expected.slope), Math.round(standardError)]);
    }
    const below = new Map(rowsBy(key, grouping).map(({ name, frame, size }) => [`${name} ${frame}`, size]));
    for (const { name, frame, sizes } of rows) expect([name, below.get(`${name} ${frame}`) ?? 0]).toEqual([name, sizes.at(-1)]);
    expect(Math.max(...below.values())).toBe(Math.max(...rows.map(({ sizes }) => sizes.at(-1)!)));
  });
});

describe('the picture', () => {
  const rows = growthRows('line', data.series!.growth.line!, groupingOf(data, 4));

  it('stacks the largest groups, and the rest as one, up to what was traced', () => {
    const layers = layersOf(rows, data.series!, () => false);
    expect(layers).toHaveLength(8);
    for (const [round, { traced }] of series.rounds.entries())
      expect(layers.reduce((sum, { sizes }) => sum + sizes[round]!, 0)).toBeCloseTo(traced, 0);
    const smallest = Math.min(...layers.slice(0, -1).map(({ sizes }) => Math.max(...sizes)));
    const left = rows.filter((row) => !layers.some((layer) => layer.row === row));
    expect(Math.max(...left.flatMap((row) => row.sizes))).toBeLessThanOrEqual(smallest);
    expect(layers.map((_, i) => letterOf(layers, i)).join('')).toBe('ABCDEFG*');
  });

  it('gives the selected group a layer and leaves the others their places', () => {
    const before = layersOf(rows, data.series!, () => false);
    const small = rows.find((row) => !before.some((layer) => layer.row === row))!;
    const layers = layersOf(rows, data.series!, (row) => row === small);
    expect(layers.slice(0, 7)).toEqual(before.slice(0, 7));
    expect(layers[7]!.row).toBe(small);
    expect(layers[8]!.row).toBeNull();
  });
});

describe('a page stays small', () => {
  /** Everything is new in every round, on so many lines. */
  const turningOver = (rounds: number, { blocks, lines }: { blocks: number; lines: number }) =>
    Series.of(
      aliveByRound([{ blocks: () => blocks, lives: () => 0 }], { rounds }).map((alive) =>
        snapshotOf(alive.map((block) => ({ ...block, line: 1 + (block.birth % lines), size: 16 + (block.birth % 5000) }))),
      ),
    );

  it('with 100 rounds of a heap that turns over', () => {
    const all = turningOver(100, { blocks: 500, lines: 500 });
    const page = htmlDocument(buildSeriesReport(all, { title: '', own: false, embedSources: false, cwd: '/nowhere', warmup: 1 }));
    expect(page.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(1_400_000);
  });

  it('because rounds lose their stacks, but not the last one, and the others stay right', () => {
    const all = turningOver(9, { blocks: 40, lines: 40 });
    const rounds = [...all.rounds.keys()];
    const { hasStacks, lifetimes, cells } = seriesAsCells(all, rounds, 130);
    expect(hasStacks).toEqual(rounds.map((round) => [0, 4, 8].includes(round)));
    for (const round of [0, 4, 8]) {
      const { size } = sumsInRound(lifetimes, { round, threads: cells.thread, missing: [], unseen: 0 });
      expect(size.reduce((sum, bytes) => sum + bytes, 0)).toBe(all.rounds[round]!.traced);
    }
    expect(seriesAsCells(all, rounds, 1).hasStacks.lastIndexOf(true)).toBe(8);
    expect(seriesAsCells(all, rounds, 1).hasStacks.indexOf(true)).toBe(8);
  });

  it('with more rounds than a picture can show, of which the last is one', () => {
    const { series: shown } = reportOf(turningOver(1000, { blocks: 3, lines: 2 }));
    expect(shown!.rounds).toHaveLength(200);
    expect(shown!.rounds.map(({ number }) => number).slice(-2)).toEqual([995, 1000]);
    const { sizes, ages } = shown!.growth.line!;
    for (const [group, bytes] of ages.entries()) expect(bytes.reduce((sum, one) => sum + one, 0)).toBe(sizes[group]!.at(-1));
  });

  it('with many groups: leaks, then what grows most, and the largest', () => {
    const wide = Array.from({ length: 6 }, (_, round) =>
      snapshotOf([
        ...Array.from({ length: 300 }, (_, i) => ({ birth: i, line: 1000 + i, size: 10_000 + i })),
        ...Array.from({ length: 20 * (round + 1) }, (_, i) => ({ birth: 1000 + i, line: 1 + (i % 20), size: 8 })),
      ]),
    );
    const growth = reportOf(Series.of(wide)).series!.growth.line!;
    expect(growth.frame).toHaveLength(100);
    expect(growth.verdict.filter((verdict) => verdict === 'leaks')).toHaveLength(20);
    expect(growth.verdicts).toEqual({ leaks: 20, level: 300 });
    expect(Math.max(...growth.sizes.flat())).toBe(10_299);
  });
});

it('leaves as many rounds out as the reader wants', () => {
  const { facts, series: shown } = reportOf(series, 3);
  expect([shown!.warmup, shown!.hasEnoughRounds, facts.oldMoment]).toEqual([3, false, 'in round 4']);
  expect(facts.captures[0]!.settings[0]).toEqual(['rounds', '5, the first 3 for warming up']);
  const slopes = series.growth('thread', { warmup: 3 }).map(({ slope }) => Math.round(slope));
  expect(shown!.growth.thread!.slope).toEqual(slopes);
});

it('names the rounds that could not ask a thread', () => {
  const block = { birth: 1, line: 7, size: 64 };
  const missing = [{ thread: 'worker 1', reason: 'it did not answer' }];
  const rounds = [1, 2, 3, 4].map((round) => snapshotOf([block], round % 2 === 0 ? { missing } : {}));
  expect(reportOf(Series.of(rounds)).facts.notes.at(-1)).toBe(
    'In rounds 2 and 4 a thread could not be asked: the picture counts what it had before.',
  );
});

it('a series of one round, and one without traces, make a page', () => {
  const one = reportOf(Series.of([snapshotOf([{ birth: 1, line: 7, size: 64 }])]));
  expect([one.facts.oldCoverage, one.series!.hasEnoughRounds, one.series!.warmup]).toEqual([null, false, 1]);
  expect(one.facts.notes[0]).toBe('1 rounds are too few to tell a leak: it takes 6.');
  const empty = reportOf(Series.of([snapshotOf([]), snapshotOf([])]));
  expect(empty.cells.node).toEqual([]);
  expect(empty.series!.growth.line!.frame).toEqual([]);
});
