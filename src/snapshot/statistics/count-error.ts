import { blockSizes, blocksPerSample, roundedCount, startWeight } from '../../model/block-sizes.js';
import { mayFold } from '../../model/count-precision.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import {
  areOfOneTracing,
  type GroupedTraces,
  NO_ROW,
  samplingInterval,
  sharedSamples,
  traceVariance,
  UNSEEN_SAMPLES,
} from './sampling-error.js';
import { sumByGroup } from './totals.js';

/**
 * What looks like one block is taken to be at most so many blocks: V8 unrolls loops and then puts their rounds together. This number and the size of
 * these blocks hold 95 % of the rows of programs whose blocks are known (docs/accuracy.md).
 */
const MOST_FOLDED = 6;
/** Bytes: between an object without properties, 24, and an array, 32. */
const FOLDED_BLOCK = 28;
/** The part of a count by which V8's sampler itself may be off: it misses some blocks of optimized code on Node 20, and of typed arrays (docs/accuracy.md). */
const SAMPLER_PART = 0.08;
/** Bytes. Only blocks whose size is known to the compiler are put together, so a larger one is nearly always an array or a string by itself. */
const LARGEST_FOLDED = 1024;
/** Samples of one place often have the same wrong size. This part of the error of decoding is taken as common to all samples of a group. */
const COMMON_PART = 0.5;
/** How many samples the sizes that are likely from the start count as: as in the decoding. */
const PRIOR_SAMPLES = 0.3;

/** What the count of a group is uncertain by. */
interface CountSpread {
  /** Samples. */
  readonly samples: Float64Array;
  readonly size: Float64Array;
  readonly count: Float64Array;
  /** Blocks squared: of errors that each sample makes by itself. */
  readonly variance: Float64Array;
  /** Blocks: of errors that all samples of a group may make alike. */
  readonly common: Float64Array;
}

/** The standard error of each group's count, in blocks; 0 if every block was counted. */
export function countErrors(grouped: GroupedTraces, groupCount: number): Float64Array {
  const variance = countVariance(grouped, groupCount, NO_ROW);
  return variance ? variance.map(Math.sqrt) : new Float64Array(groupCount);
}

/** The standard error of the difference of each group's count, in blocks. */
export function countDifferenceErrors(grouped: GroupedTraces, old: GroupedTraces, groupCount: number): Float64Array {
  if (grouped.parts.capture.mode === 'churn' && areOfOneTracing(grouped.parts, old.parts)) return laterErrors(grouped, old, groupCount);
  const shared = sharedSamples(grouped.parts, old.parts);
  const added = countVariance(grouped, groupCount, shared.now);
  const removed = countVariance(old, groupCount, shared.old);
  return Float64Array.from({ length: groupCount }, (_, group) => Math.sqrt((added?.[group] ?? 0) + (removed?.[group] ?? 0)));
}

/** All traces of the earlier of two captures in churn mode are in the later one, too. What is only in the later one is uncertain. */
function laterErrors(grouped: GroupedTraces, old: GroupedTraces, groupCount: number): Float64Array {
  const [now, before] = [grouped, old].map((one) => countSpread(one, groupCount, NO_ROW));
  if (!now || !before) return new Float64Array(groupCount);
  const later = (column: keyof CountSpread) => now[column].map((value, group) => Math.abs(value - before[column][group]!));
  const spread = {
    samples: later('samples'),
    size: later('size'),
    count: later('count'),
    variance: later('variance'),
    common: later('common'),
  };
  return wholeVariance(spread, samplingInterval(grouped.parts.capture) ?? 0).map(Math.sqrt);
}

function countVariance(grouped: GroupedTraces, groupCount: number, skip: (row: number) => boolean): Float64Array | null {
  const spread = countSpread(grouped, groupCount, skip);
  return spread && wholeVariance(spread, samplingInterval(grouped.parts.capture) ?? 0);
}

/** Blocks that no sample met are taken to be as large as the others of the group. See `unseenVariance`. */
function wholeVariance({ samples, size, count, variance, common }: CountSpread, interval: number): Float64Array {
  return samples.map((some, group) => {
    if (some === 0 || size[group] === 0) return 0;
    const unseen = (interval * count[group]!) / size[group]!;
    return variance[group]! + UNSEEN_SAMPLES * unseen ** 2 + common[group]! ** 2;
  });
}

/**
 * A count is uncertain in four ways. Sampling: a sample stands for 1 / p blocks, which scatters as its bytes do. Decoding: CDP sends only the product of
 * a sample's size and count, so its size may be another one of the same product. V8's sampler: it takes some kinds of blocks too seldom. Folding: what looks
 * like one block may be several.
 *
 * @param skip rows that add nothing
 * @returns null if every block was counted
 */
function countSpread({ parts, assignment }: GroupedTraces, groupCount: number, skip: (row: number) => boolean): CountSpread | null {
  const interval = samplingInterval(parts.capture);
  const folds = mayFold(parts.capture);
  if (interval === null && !folds) return null;
  const { size, count } = parts.columns;
  const decoding = interval === null ? new Map<number, number>() : decodingErrors(parts, interval);
  const samplesOf = sampleCounter(parts);
  const sum = (amountOf: (row: number, block: number) => number) =>
    sumByGroup(assignment, groupCount, (row) => (skip(row) || count[row] === 0 ? 0 : amountOf(row, size[row]! / count[row]!)));
  return {
    samples: sum(() => 1),
    size: sum((row) => size[row]!),
    count: sum((row) => count[row]!),
    variance: sum((row, block) => {
      if (interval === null || block === 0) return 0;
      return samplesOf(row) * (traceVariance(block, 1, interval) / block ** 2 + (decoding.get(block) ?? 0) ** 2);
    }),
    common: sum((row, block) => {
      const ofSampling = interval === null ? 0 : COMMON_PART * samplesOf(row) * (decoding.get(block) ?? 0) + SAMPLER_PART * count[row]!;
      return ofSampling + (folds ? count[row]! * hiddenBlocks(block) : 0);
    }),
  };
}

/** By row: the number of its samples, which is not always whole. In churn mode a trace is the sum of many samples. */
function sampleCounter({ capture, columns: { size, count } }: Pick<SnapshotParts, 'capture' | 'columns'>): (row: number) => number {
  const { mode, interval } = capture;
  if (mode !== 'churn' || interval === null) return () => 1;
  return (row) => count[row]! / blocksPerSample(size[row]! / count[row]!, interval);
}

/** The standard error of the number of blocks that one block stands for: half the way from 1 to the most that it may hold. */
function hiddenBlocks(block: number): number {
  return block < FOLDED_BLOCK || block > LARGEST_FOLDED ? 0 : (Math.min(block / FOLDED_BLOCK, MOST_FOLDED) - 1) / 2;
}

/**
 * By block size: the standard deviation of the blocks that a sample stands for, over all sizes of the same product. How likely these are is told by
 * how often they were found in the whole snapshot.
 */
function decodingErrors({ columns, capture }: SnapshotParts, interval: number): Map<number, number> {
  const samplesOf = sampleCounter({ columns, capture });
  const found = new Map<number, number>();
  for (let row = 0; row < columns.length; row++) {
    const block = columns.size[row]! / columns.count[row]!;
    found.set(block, (found.get(block) ?? 0) + samplesOf(row));
  }
  const errors = new Map<number, number>();
  for (const block of found.keys()) {
    if (errors.has(block) || !Number.isInteger(block)) continue;
    const alike = blockSizes(block * roundedCount(block, interval), interval);
    const error = scatterOf(alike.map(({ size, scale }) => ({ scale, start: startWeight(size), found: found.get(size) ?? 0 })));
    for (const { size } of alike) errors.set(size, error);
  }
  return errors;
}

function scatterOf(sizes: readonly { readonly scale: number; readonly start: number; readonly found: number }[]): number {
  const start = sizes.reduce((sum, one) => sum + one.start, 0);
  const all = sizes.reduce((sum, one) => sum + one.found, PRIOR_SAMPLES);
  const weighed = sizes.map((one) => ({ scale: one.scale, weight: (one.found + (PRIOR_SAMPLES * one.start) / start) / all }));
  const mean = weighed.reduce((sum, { scale, weight }) => sum + weight * scale, 0);
  return Math.sqrt(weighed.reduce((sum, { scale, weight }) => sum + weight * (scale - mean) ** 2, 0));
}
