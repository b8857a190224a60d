import { frameJson, tracebackJson } from '../../model/traceback-json.js';
import type { Comparison } from '../../snapshot/comparison.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import type { OwnCaller } from '../../snapshot/statistics/own-callers.js';
import type { Statistic, StatisticDiff } from '../../snapshot/statistics/statistic.js';
import { safeJson } from '../../text/printable.js';

interface Grouping {
  readonly keyType: KeyType;
  readonly cumulative: boolean;
}

interface Total {
  readonly size: number;
  readonly count: number;
}

/** A document as text that is safe for a terminal and parses to the same value. */
export function jsonText(document: object): string {
  return `${safeJson(document, 2)}\n`;
}

/** The only document that `--json` prints. Sizes are bytes. */
export function statisticsJson(statistics: readonly Statistic[], total: Total, grouping: Grouping) {
  return { ...namesOf(grouping), total, statistics: statistics.map(statisticJson) };
}

interface Compared {
  /** Of the new snapshot. */
  readonly total: Total;
  /** Of the old snapshot. */
  readonly before: Total;
  readonly comparison: Comparison;
}

export function diffJson(diffs: readonly StatisticDiff[], { total, before, comparison }: Compared, grouping: Grouping) {
  return {
    ...namesOf(grouping),
    oneTracing: comparison.oneTracing,
    differ: comparison.settings.map(({ name }) => name),
    total: { ...total, sizeDiff: total.size - before.size, countDiff: total.count - before.count },
    statistics: diffs.map((diff) => ({ ...statisticJson(diff), sizeDiff: diff.sizeDiff, countDiff: diff.countDiff })),
  };
}

function namesOf({ keyType, cumulative }: Grouping): Grouping {
  return { keyType, cumulative };
}

function statisticJson({ size, count, standardError, countStandardError, traceback, ownCaller }: Statistic) {
  const caller = ownCaller && { ownCaller: callerJson(ownCaller) };
  return { size, count, standardError, countStandardError, traceback: tracebackJson(traceback), ...caller };
}

function callerJson({ share, frame }: OwnCaller) {
  return { share, frame: frameJson(frame) };
}
