import { describe, expect, it } from '@jest/globals';
import { buildReport } from '../../../../src/report/html/build-report.js';
import { KEY_TYPES } from '../../../../src/report/html/series-growth.js';
import { FrameNames } from '../../../../src/report/html/view/frames.js';
import { labelsBySize } from '../../../../src/report/html/view/label-list.js';
import { treeOf } from '../../../../src/report/html/view/page-tree.js';
import {
  GROUP_KEYS,
  type Grouping,
  type GroupKey,
  groupKeysOf,
  isLocation,
  placeGroups,
  type Row,
  rowsBy,
} from '../../../../src/report/html/view/row-groups.js';
import { search } from '../../../../src/report/html/view/search.js';
import { Sums } from '../../../../src/report/html/view/sums.js';
import { LabelFilter } from '../../../../src/snapshot/filter.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import type { StatisticDiff } from '../../../../src/snapshot/statistics/statistic.js';
import { randomSnapshot } from '../../../helpers/random-snapshot.js';
import { snapshotFrom } from '../../snapshot/picture.js';

function groupingOf(now: Snapshot, old: Snapshot | null = null): Grouping {
  const data = JSON.parse(JSON.stringify(buildReport(now, { title: '', old, own: false, embedSources: false, cwd: '/nowhere' })));
  const cells = Sums.ofCells(data.cells);
  const places = (key: Parameters<Grouping['places']>[0]) => placeGroups(key, data);
  return { data, tree: treeOf(data, cells), names: new FrameNames(data), cells, places, within: 0, matches: null };
}

/** Sorts rows the same way on both sides. Variances were rounded to whole bytes squared. */
const sorted = (rows: readonly (readonly number[])[]) =>
  rows
    .filter((row) => row.some((value) => value !== 0))
    .map((row) => row.map((value) => value.toFixed(1)).join(' '))
    .sort();

const now = randomSnapshot(3, { from: 150, interval: 4096 });
const old = randomSnapshot(3, { from: 0, interval: 4096 });

describe.each(GROUP_KEYS)('rows by %s equal the statistics of the snapshot', (key) => {
  const keyType = KEY_TYPES[key];
  const own = (row: Row) => [row.size, row.count, row.error];

  it('of one snapshot', () => {
    const statistics = now.statistics(keyType);
    expect(sorted(rowsBy(key, groupingOf(now)).map(own))).toEqual(
      sorted(statistics.map((one) => [one.size, one.count, one.standardError])),
    );
    expect(statistics.length).toBeGreaterThan(1);
  });

  it('of a difference', () => {
    const rows = rowsBy(key, groupingOf(now, old)).map((row) => [...own(row), row.sizeDiff, row.countDiff]);
    const figures = (one: StatisticDiff) => [one.size, one.count, one.standardError, one.sizeDiff, one.countDiff];
    expect(sorted(rows)).toEqual(sorted(now.compareTo(old, keyType).map(figures)));
  });

  if (!isLocation(key)) return;
  it('of cumulative statistics', () => {
    const expected = now.statistics(keyType, { cumulative: true }).map(({ size }) => [size]);
    expect(sorted(rowsBy(key, groupingOf(now)).map(({ cumulative }) => [cumulative!]))).toEqual(sorted(expected));
    const changes = now.compareTo(old, keyType, { cumulative: true }).map(({ sizeDiff }) => [sizeDiff]);
    expect(sorted(rowsBy(key, groupingOf(now, old)).map(({ cumulativeDiff }) => [cumulativeDiff!]))).toEqual(sorted(changes));
  });
});

it('standard errors of sampled sizes are the same to the byte', () => {
  const [row] = rowsBy('thread', groupingOf(now));
  const [statistic] = now.statistics('thread').filter(({ size }) => size === row!.size);
  expect(row!.error).toBeCloseTo(statistic!.standardError, 2);
  expect(row!.error).toBeGreaterThan(1000);
});

it('the sums of one label are those of its traces alone', () => {
  const grouping = groupingOf(now, old);
  const label = grouping.data.names.indexOf('GET /users/:id');
  const cells = Sums.ofCells(grouping.data.cells, label);
  const rows = rowsBy('file', { ...grouping, cells, tree: treeOf(grouping.data, cells) });
  const [ofNow, ofOld] = [now, old].map((snapshot) => snapshot.filterTraces([new LabelFilter(true, 'GET /users/:id')]));
  const expected = ofNow!.compareTo(ofOld!, 'filename');
  expect(sorted(rows.map((row) => [row.size, row.count, row.sizeDiff, row.countDiff]))).toEqual(
    sorted(expected.map((one) => [one.size, one.count, one.sizeDiff, one.countDiff])),
  );
  expect(expected.length).toBeGreaterThan(3);
});

it('labels are offered if a snapshot has one, the largest first', () => {
  const labelled = Snapshot.fromTraces([
    { size: 10, label: 'small', frames: [['a.js', 1]] },
    { size: 99, label: 'large', frames: [['a.js', 1]] },
    { size: 50, frames: [['a.js', 1]] },
  ]);
  const bare = Snapshot.fromTraces([{ size: 70, frames: [['a.js', 1]] }]);
  const cellsOf = (...snapshots: [Snapshot, Snapshot?]) => groupingOf(...snapshots).data.cells;
  const listed = (...snapshots: [Snapshot, Snapshot?]) => {
    const { data } = groupingOf(...snapshots);
    return labelsBySize(data.cells).map((label) => data.names[label]);
  };
  expect(listed(labelled)).toEqual(['large', '(none)', 'small']);
  expect(listed(bare, labelled)).toEqual(['large', '(none)', 'small']);
  expect([cellsOf(bare).label, groupKeysOf(cellsOf(bare)).includes('label'), listed(bare)]).toEqual([null, false, []]);
});

it('a search keeps whole groups that have a matching frame', () => {
  const grouping = groupingOf(
    snapshotFrom(`
      main@main.js:1   main@main.js:1
      load@load.js:7   save@load.js:9
      100              28`),
  );
  const matches = search(grouping.tree, grouping.names, ' SAVE ')!;
  const found = (key: GroupKey) => rowsBy(key, { ...grouping, matches }).map(({ name, size }) => `${name} ${size}`);
  expect(found('line')).toEqual(['/app/load.js:9 save 28']);
  expect(found('file')).toEqual(['/app/load.js 128']);
  expect(found('type')).toEqual(['<unknown> 28']);
});
