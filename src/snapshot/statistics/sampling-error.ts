import { blocksPerSample } from '../../model/block-sizes.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import type { CaptureInfo } from '../../model/trace-columns.js';
import type { Assignment } from './groups.js';
import { sumsOf } from './remembered-sums.js';
import { addUp, sumByBucket } from './totals.js';

/** The traces of one snapshot as they were grouped. */
export interface GroupedTraces {
  readonly parts: SnapshotParts;
  readonly assignment: Assignment;
}

const UNSEEN_SAMPLES = 0.5;

/** Skips nothing. */
const NO_ROW = () => false;

/** What the samples of each group tell of the error of its size. Of two groups together both add up. */
export interface SampleSpread {
  /** How many samples there are. */
  readonly samples: Float64Array;
  /** Variance that they show, in bytes squared. */
  readonly variance: Float64Array;
}

/**
 * By group; null where sizes are exact.
 *
 * V8 samples a block of s bytes with probability p = 1 - exp(-s / interval), each block by itself, and lets the sample stand for s / p
 * bytes. The sum over a group is a Horvitz-Thompson estimate, whose variance is estimated without bias by the sum over the samples of
 * (s / p)^2 (1 - p). A trace stands for a whole number of blocks: 1 / p rounded up with the probability of its fraction f, which adds s^2 f (1 - f).
 *
 * @param skip rows that add nothing to the variance
 */
export function sampleSpread(
  { parts, assignment }: GroupedTraces,
  groupCount: number,
  skip: (row: number) => boolean,
): SampleSpread | null {
  const { mode, interval } = parts.capture;
  if (mode !== 'sampling' || interval === null || interval <= 1) return null;
  const { samples, variance } = bucketSpread({ parts, assignment }, interval, skip);
  return { samples: addUp(assignment, groupCount, samples), variance: addUp(assignment, groupCount, variance) };
}

/** By bucket. That of all traces of each traceback is worked out once. */
function bucketSpread({ parts, assignment }: GroupedTraces, interval: number, skip: (row: number) => boolean): SampleSpread {
  const sums = assignment.column === 'traceback' && skip === NO_ROW ? sumsOf(parts.columns) : null;
  if (sums?.spread?.interval === interval) return sums.spread;
  const { size, count } = parts.columns;
  const spread = {
    samples: sumByBucket(assignment, (row) => Number(!skip(row))),
    variance: sumByBucket(assignment, (row) => (skip(row) ? 0 : traceVariance(size[row]!, count[row]!, interval))),
  };
  if (sums) sums.spread = { interval, ...spread };
  return spread;
}

/**
 * Variance, in bytes squared, that a group with samples has besides what they show.
 *
 * What no sample shows counts for half a sample of one interval, as in the Jeffreys estimate of a rate from k events, whose variance is k + 1/2: next to one
 * large block, which is never missed, some small ones may hide, and the sum alone would call the error nothing.
 */
export function unseenVariance({ interval }: CaptureInfo): number {
  return interval === null ? 0 : UNSEEN_SAMPLES * interval * interval;
}

/** Variance of each group's size, in bytes squared; null where sizes are exact. */
function groupVariance(grouped: GroupedTraces, groupCount: number, skip: (row: number) => boolean): Float64Array | null {
  const spread = sampleSpread(grouped, groupCount, skip);
  if (!spread) return null;
  const unseen = unseenVariance(grouped.parts.capture);
  return spread.variance.map((variance, group) => (spread.samples[group]! > 0 ? variance + unseen : 0));
}

function traceVariance(size: number, count: number, interval: number): number {
  if (size === 0) return 0;
  const block = size / count;
  const scale = blocksPerSample(block, interval);
  const fraction = scale % 1;
  return block * block * (scale * (scale - 1) + fraction * (1 - fraction));
}

/** By group, in bytes. */
export function standardErrors(grouped: GroupedTraces, groupCount: number): Float64Array {
  const variance = groupVariance(grouped, groupCount, NO_ROW);
  return variance ? variance.map(Math.sqrt) : new Float64Array(groupCount);
}

/** By group, in bytes, of the difference between two snapshots. Independent samples add their variances. */
export function differenceErrors(grouped: GroupedTraces, old: GroupedTraces, groupCount: number): Float64Array {
  const shared = sharedSamples(grouped.parts, old.parts);
  const added = groupVariance(grouped, groupCount, shared.now);
  const removed = groupVariance(old, groupCount, shared.old);
  return Float64Array.from({ length: groupCount }, (_, group) => Math.sqrt((added?.[group] ?? 0) + (removed?.[group] ?? 0)));
}

/**
 * The rows of each snapshot that the other one has too. Samples that both snapshots of one tracing hold are one and the same draw: they
 * cancel in the difference and add nothing to its error.
 */
export function sharedSamples(now: SnapshotParts, old: SnapshotParts): Record<'now' | 'old', (row: number) => boolean> {
  const [own, others] = sharedBirths(now, old);
  if (!own || !others) return { now: NO_ROW, old: NO_ROW };
  return {
    now: (row) => isIn(others, now.columns.birth![row]!),
    old: (row) => isIn(own, old.columns.birth![row]!),
  };
}

/** The births of each snapshot, sorted; nulls where the two are not known to be of one tracing. */
function sharedBirths(parts: SnapshotParts, old: SnapshotParts): [Float64Array, Float64Array] | [null, null] {
  const sameTracing = parts.capture.tracing !== undefined && parts.capture.tracing === old.capture.tracing;
  if (!sameTracing || !parts.columns.birth || !old.columns.birth) return [null, null];
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
