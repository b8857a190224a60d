import { totalOf } from '../model/column-totals.js';
import { coverageLines } from '../report/coverage.js';
import { diffJson, jsonText, statisticsJson } from '../report/json.js';
import { diffTable, statisticsTable } from '../report/table.js';
import { DomainFilter, Filter } from '../snapshot/filter.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { withOriginalLines } from '../source-maps/original-lines.js';
import { type Console, writeLines } from './console.js';
import type { TableValues } from './shared-options.js';

const DEFAULT_ROWS = 10;

/** Writes the largest groups of a snapshot to `stream`. */
export function printStatistics(
  snapshot: Snapshot,
  values: TableValues,
  { stream, cwd }: { stream: NodeJS.WritableStream; cwd: string },
): void {
  const grouping = { keyType: values.groupBy, cumulative: values.cumulative };
  const selected = filtered(withOriginalLines(snapshot), values);
  const statistics = selected.statistics(grouping.keyType, grouping);
  const total = totalOf(selected.columns);
  if (values.json) {
    stream.write(jsonText(statisticsJson(statistics.slice(0, values.top), total, grouping)));
    return;
  }
  const table = statisticsTable(statistics, { ...grouping, top: values.top ?? DEFAULT_ROWS, cwd });
  writeLines(stream, [...coverageLines(selected.capture, total.size), '', ...table]);
}

/** Writes what changed most between two snapshots. */
export function printDiff(
  snapshots: { old: Snapshot; now: Snapshot },
  values: TableValues,
  { stream, cwd }: { stream: NodeJS.WritableStream; cwd: string },
): void {
  const grouping = { keyType: values.groupBy, cumulative: values.cumulative };
  const now = filtered(withOriginalLines(snapshots.now), values);
  const old = filtered(withOriginalLines(snapshots.old), values);
  const diffs = now.compareTo(old, grouping.keyType, grouping);
  const totals = { total: totalOf(now.columns), before: totalOf(old.columns) };
  if (values.json) {
    stream.write(jsonText(diffJson(diffs.slice(0, values.top), totals, grouping)));
    return;
  }
  const table = diffTable(diffs, { ...grouping, top: values.top ?? DEFAULT_ROWS, cwd });
  writeLines(stream, [...coverageLines(now.capture, totals.total.size), '', ...table]);
}

/** Saves a snapshot where `-o` says so, and tells. */
export function saveSnapshot(snapshot: Snapshot, path: string, { err }: Console): void {
  snapshot.dump(path);
  writeLines(err, [`snapshot saved as ${path}`]);
}

function filtered(snapshot: Snapshot, { include, exclude, domain }: TableValues): Snapshot {
  const filters = [...include.map((pattern) => new Filter(true, pattern)), ...exclude.map((pattern) => new Filter(false, pattern))];
  const inDomain = domain === undefined ? snapshot : snapshot.filterTraces([new DomainFilter(true, domain)]);
  return filters.length === 0 ? inDomain : inDomain.filterTraces(filters);
}
