import { totalOf } from '../../../src/model/column-totals.js';
import type { Snapshot } from '../../../src/snapshot/snapshot.js';
import { type Place, placeOf, wholeOf } from './places.js';

const LARGEST = 10;
/** The relative error that the count of a large line may have, in addition to two standard deviations of the sampling itself. */
const LINE_TOLERANCE = 0.15;
/** Rows with at least this many samples are also counted separately, because the error of a row with one sample is as large as the row. */
const MANY_SAMPLES = 10;

/** The comparison of a sampled run with the exact one. Errors are relative to the exact values. */
export interface Compared {
  readonly samples: number;
  readonly totalCount: number;
  readonly totalSize: number;
  /** How many of the ten largest lines have a count within the tolerance. */
  readonly goodLines: number;
  readonly lines: number;
  /** The number of rows, and of those whose size is within two standard errors of the exact one. */
  readonly rows: number;
  readonly covered: number;
  /** The same for counts. */
  readonly countCovered: number;
  readonly largeRows: number;
  readonly largeCovered: number;
}

export function compareRun(sampled: Snapshot, truth: ReadonlyMap<string, Place>, interval: number): Compared {
  const whole = wholeOf(truth.values());
  const total = totalOf(sampled.columns);
  const statistics = new Map(sampled.statistics('lineno').map((statistic) => [placeOf(statistic), statistic]));
  const largest = [...truth].sort(([, a], [, b]) => b.size - a.size).slice(0, LARGEST);
  const goodLines = largest.filter(([name, { count, countScatter }]) => {
    const found = statistics.get(name)?.count ?? 0;
    return Math.abs(found - count) <= LINE_TOLERANCE * count + 2 * countScatter;
  });
  const rows = [...statistics].map(([name, { size, count, standardError, countStandardError }]) => ({
    isCovered: Math.abs(size - (truth.get(name)?.size ?? 0)) <= 2 * standardError,
    isCountCovered: Math.abs(count - (truth.get(name)?.count ?? 0)) <= 2 * countStandardError,
    isLarge: size >= MANY_SAMPLES * interval,
  }));
  const large = rows.filter(({ isLarge }) => isLarge);
  return {
    samples: sampled.columns.length,
    totalCount: total.count / whole.count - 1,
    totalSize: total.size / whole.size - 1,
    goodLines: goodLines.length,
    lines: largest.length,
    rows: rows.length,
    covered: rows.filter(({ isCovered }) => isCovered).length,
    countCovered: rows.filter(({ isCountCovered }) => isCountCovered).length,
    largeRows: large.length,
    largeCovered: large.filter(({ isCovered }) => isCovered).length,
  };
}

export function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

/** Mean and standard error of the mean. */
export function meanOf<T>(values: readonly T[], of: (value: T) => number): { mean: number; error: number } {
  const mean = sum(values, of) / values.length;
  const variance = sum(values, (value) => (of(value) - mean) ** 2) / Math.max(1, values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}
