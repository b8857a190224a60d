import type { TraceColumns } from '../../model/trace-columns.js';
import type { Assignment } from './groups.js';

/** Sums by group id. */
export interface Totals {
  /** Bytes. */
  readonly size: Float64Array;
  /** Blocks. */
  readonly count: Float64Array;
}

/** One pass over the traces, then one over the buckets. */
export function sumTotals(columns: TraceColumns, assignment: Assignment, groupCount: number): Totals {
  const sums = sumBuckets(columns, assignment);
  const size = new Float64Array(groupCount);
  const count = new Float64Array(groupCount);
  forEachMembership(assignment, (bucket, group) => {
    size[group]! += sums[2 * bucket]!;
    count[group]! += sums[2 * bucket + 1]!;
  });
  return { size, count };
}

/** Size and count side by side, so that a trace touches one cache line: a tenth faster than two arrays over 20,000 buckets. */
function sumBuckets({ length, size, count }: TraceColumns, { bucketOf, buckets }: Assignment): Float64Array {
  const sums = new Float64Array(2 * buckets);
  for (let i = 0; i < length; i++) {
    const at = 2 * bucketOf[i]!;
    sums[at]! += size[i]!;
    sums[at + 1]! += count[i]!;
  }
  return sums;
}

/** Sums one value a trace by group: what `amountOf` gives for each row. */
export function sumByGroup(assignment: Assignment, groupCount: number, amountOf: (row: number) => number): Float64Array {
  const { bucketOf, buckets } = assignment;
  const sums = new Float64Array(buckets);
  for (let i = 0; i < bucketOf.length; i++) sums[bucketOf[i]!]! += amountOf(i);
  const byGroup = new Float64Array(groupCount);
  forEachMembership(assignment, (bucket, group) => {
    byGroup[group]! += sums[bucket]!;
  });
  return byGroup;
}

function forEachMembership({ buckets, groups, starts }: Assignment, visit: (bucket: number, group: number) => void): void {
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = starts ? starts[bucket]! : bucket;
    const to = starts ? starts[bucket + 1]! : bucket + 1;
    for (let i = from; i < to; i++) visit(bucket, groups[i]!);
  }
}
