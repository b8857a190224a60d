import type { TraceColumns } from '../../model/trace-columns.js';
import { sumPairs } from '../../model/trace-loops.js';
import type { Assignment } from './groups.js';
import { sumsOf } from './remembered-sums.js';

/** Sums by group id. */
export interface Totals {
  /** Bytes. */
  readonly size: Float64Array;
  /** Blocks. */
  readonly count: Float64Array;
}

/** Walks the buckets once, and the traces only if the sums of these buckets are not known yet. */
export function sumTotals(columns: TraceColumns, assignment: Assignment, groupCount: number): Totals {
  const pairs = bucketPairs(columns, assignment);
  const size = new Float64Array(groupCount);
  const count = new Float64Array(groupCount);
  const { groups, starts, buckets } = assignment;
  if (!starts) {
    for (let bucket = 0; bucket < buckets; bucket++) {
      const group = groups[bucket]!;
      size[group]! += pairs[2 * bucket]!;
      count[group]! += pairs[2 * bucket + 1]!;
    }
  } else {
    for (let bucket = 0; bucket < buckets; bucket++) {
      const [bytes, blocks] = [pairs[2 * bucket]!, pairs[2 * bucket + 1]!];
      for (let i = starts[bucket]!; i < starts[bucket + 1]!; i++) {
        size[groups[i]!]! += bytes;
        count[groups[i]!]! += blocks;
      }
    }
  }
  return { size, count };
}

/** By bucket: bytes and blocks, side by side. */
export function bucketPairs(columns: TraceColumns, assignment: Assignment): Float64Array {
  const { column, buckets } = assignment;
  const sums = column ? sumsOf(columns) : null;
  const known = sums?.pairs.get(column!);
  if (known) return known;
  const pairs = sumPairs(columns, assignment.bucketOf, buckets); // read only here, because some are made on access
  sums?.pairs.set(column!, pairs);
  return pairs;
}

/** Sums by group the amount that `amountOf` gives for each row. */
export function sumByGroup(assignment: Assignment, groupCount: number, amountOf: (row: number) => number): Float64Array {
  return addUp(assignment, groupCount, sumByBucket(assignment, amountOf));
}

export function sumByBucket(
  { bucketOf, buckets }: Pick<Assignment, 'bucketOf' | 'buckets'>,
  amountOf: (row: number) => number,
): Float64Array {
  const sums = new Float64Array(buckets);
  for (let i = 0; i < bucketOf.length; i++) sums[bucketOf[i]!]! += amountOf(i);
  return sums;
}

/** Turns sums by bucket into sums by group. */
export function addUp({ buckets, groups, starts }: Assignment, groupCount: number, byBucket: Float64Array): Float64Array {
  const byGroup = new Float64Array(groupCount);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = starts ? starts[bucket]! : bucket;
    const to = starts ? starts[bucket + 1]! : bucket + 1;
    for (let i = from; i < to; i++) byGroup[groups[i]!]! += byBucket[bucket]!;
  }
  return byGroup;
}
