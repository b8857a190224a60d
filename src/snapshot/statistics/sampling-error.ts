import { blocksPerSample } from '../../model/block-sizes.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import type { CaptureInfo } from '../../model/trace-columns.js';
import type { Assignment } from './groups.js';
import { sumsOf } from './remembered-sums.js';
import { addUp, sumByBucket } from './totals.js';

/** The traces of one snapshot and their groups. */
export interface GroupedTraces {
  readonly parts: SnapshotParts;
  readonly assignment: Assignment;
}

/** Samples that a group counts in addition to those it has: see `unseenVariance`. */
export const UNSEEN_SAMPLES = 0.5;

/** Skips nothing. */
export const NO_ROW = () => false;

/** By group: the data for the standard error of its size. Both arrays can be added up over groups. */
export interface SampleSpread {
  /** Number of samples. */
  readonly samples: Float64Array;
  /** The variance of the size that the samples show, in bytes squared. */
  readonly variance: Float64Array;
}

/**
 * V8 samples each block of s bytes by itself, with probability p = 1 - exp(-s / interval), and lets the sample stand for s / p bytes. The sum over
 * a group is a Horvitz-Thompson estimate. The sum of (s / p)^2 (1 - p) over its samples estimates its variance without bias. A trace stands for a
 * whole number of blocks: 1 / p, rounded up with the probability of its fraction f. That adds s^2 f (1 - f).
 *
 * @param skip rows that add nothing to the variance
 * @returns null if sizes are exact
 */
export function sampleSpread(
  { parts, assignment }: GroupedTraces,
  groupCount: number,
  skip: (row: number) => boolean,
): SampleSpread | null {
  const interval = samplingInterval(parts.capture);
  if (interval === null) return null;
  const { samples, variance } = bucketSpread({ parts, assignment }, interval, skip);
  return { samples: addUp(assignment, groupCount, samples), variance: addUp(assignment, groupCount, variance) };
}

/** By bucket. The spread by traceback over all traces is worked out only once. */
function bucketSpread({ parts, assignment }: GroupedTraces, interval: number, skip: (row: number) => boolean): SampleSpread {
  const sums = assignment.column === 'traceback' && skip === NO_ROW ? sumsOf(parts.columns) : null;
  if (sums?.spread?.interval === interval) return sums.spread;
  const { size, count } = parts.columns;
  const varianceOf = parts.capture.mode === 'churn' ? summedVariance : traceVariance;
  const spread = {
    samples: sumByBucket(assignment, (row) => Number(!skip(row))),
    variance: sumByBucket(assignment, (row) => (skip(row) ? 0 : varianceOf(size[row]!, count[row]!, interval))),
  };
  if (sums) sums.spread = { interval, ...spread };
  return spread;
}

/** Mean bytes between two samples; null if sizes are exact. */
export function samplingInterval({ mode, interval }: CaptureInfo): number | null {
  return (mode === 'sampling' || mode === 'churn') && interval !== null && interval > 1 ? interval : null;
}

/**
 * Variance, in bytes squared, to add for the blocks of a group that no sample shows.
 *
 * It is that of half a sample of one interval, as in the Jeffreys estimate of a rate from k events, whose variance is k + 1/2. A large block is
 * always sampled, so its variance is nearly 0, but the group may also have small blocks that were not sampled.
 */
export function unseenVariance({ interval }: CaptureInfo): number {
  return interval === null ? 0 : UNSEEN_SAMPLES * interval * interval;
}

/** Variance of each group's size, in bytes squared; null if sizes are exact. */
function groupVariance(grouped: GroupedTraces, groupCount: number, skip: (row: number) => boolean): Float64Array | null {
  const spread = sampleSpread(grouped, groupCount, skip);
  if (!spread) return null;
  const unseen = unseenVariance(grouped.parts.capture);
  return spread.variance.map((variance, group) => (spread.samples[group]! > 0 ? variance + unseen : 0));
}

/** Variance of the bytes that one trace adds to a sum, in bytes squared. */
export function traceVariance(size: number, count: number, interval: number): number {
  if (size === 0) return 0;
  const block = size / count;
  const scale = blocksPerSample(block, interval);
  const fraction = scale % 1;
  return block * block * (scale * (scale - 1) + fraction * (1 - fraction));
}

/** The same for a trace of churn mode, which is the sum of many samples of blocks of one size. */
function summedVariance(size: number, count: number, interval: number): number {
  if (size === 0) return 0;
  return traceVariance(size, count, interval) * (count / blocksPerSample(size / count, interval));
}

/** The standard error of each group's size, in bytes; 0 if sizes are exact. */
export function standardErrors(grouped: GroupedTraces, groupCount: number): Float64Array {
  const variance = groupVariance(grouped, groupCount, NO_ROW);
  return variance ? variance.map(Math.sqrt) : new Float64Array(groupCount);
}

/** The standard error of each group's difference, in bytes. The variances of independent samples add up. */
export function differenceErrors(grouped: GroupedTraces, old: GroupedTraces, groupCount: number): Float64Array {
  if (grouped.parts.capture.mode === 'churn' && areOfOneTracing(grouped.parts, old.parts)) return laterErrors(grouped, old, groupCount);
  const shared = sharedSamples(grouped.parts, old.parts);
  const added = groupVariance(grouped, groupCount, shared.now);
  const removed = groupVariance(old, groupCount, shared.old);
  return Float64Array.from({ length: groupCount }, (_, group) => Math.sqrt((added?.[group] ?? 0) + (removed?.[group] ?? 0)));
}

/**
 * Tells for each snapshot whether the other one has a row, too. A sample that two snapshots of one tracing share was drawn only once: it cancels
 * in the difference, and adds nothing to its error.
 */
export function sharedSamples(now: SnapshotParts, old: SnapshotParts): Record<'now' | 'old', (row: number) => boolean> {
  const [own, others] = sharedBirths(now, old);
  if (!own || !others) return { now: NO_ROW, old: NO_ROW };
  return {
    now: (row) => isIn(others, now.columns.birth![row]!),
    old: (row) => isIn(own, old.columns.birth![row]!),
  };
}

export function areOfOneTracing(parts: SnapshotParts, old: SnapshotParts): boolean {
  return parts.capture.tracing !== undefined && parts.capture.tracing === old.capture.tracing;
}

/** All samples of the earlier of two captures in churn mode are in the later one, too. Those that are only in the later one scatter. */
function laterErrors(grouped: GroupedTraces, old: GroupedTraces, groupCount: number): Float64Array {
  const [now, before] = [grouped, old].map((one) => sampleSpread(one, groupCount, NO_ROW)?.variance);
  if (!now || !before) return new Float64Array(groupCount);
  const unseen = unseenVariance(grouped.parts.capture);
  return now.map((variance, group) => (variance === before[group] ? 0 : Math.sqrt(Math.abs(variance - before[group]!) + unseen)));
}

/** The births of each snapshot, sorted; nulls unless the two are of one tracing and their births are known. */
function sharedBirths(parts: SnapshotParts, old: SnapshotParts): [Float64Array, Float64Array] | [null, null] {
  if (!areOfOneTracing(parts, old) || !parts.columns.birth || !old.columns.birth) return [null, null];
  return [parts.columns.birth.slice().sort(), old.columns.birth.slice().sort()];
}

function isIn(sorted: Float64Array, value: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}
