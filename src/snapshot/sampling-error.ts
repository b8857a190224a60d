import type { Assignment } from './groups.js';
import type { SnapshotParts } from './parts.js';
import { sumByGroup } from './totals.js';

/** The traces of one snapshot as they were grouped. */
export interface GroupedTraces {
  readonly parts: SnapshotParts;
  readonly assignment: Assignment;
}

/**
 * Variance of each group's size, in bytes squared; null where sizes are exact.
 *
 * V8 samples a block of s bytes with probability p = 1 - exp(-s / interval), each block by itself, and lets the sample stand for s / p
 * bytes. The sum over a group is a Horvitz-Thompson estimate, whose variance is estimated without bias by the sum over the samples of
 * (s / p)^2 (1 - p). A trace knows S = s * count with count close to 1 / p, so s / p is S, s is S / count, and 1 - p is exp(-s / interval).
 *
 * @param skip rows that add nothing to the variance
 */
export function groupVariance(
  { parts, assignment }: GroupedTraces,
  groupCount: number,
  skip: (row: number) => boolean,
): Float64Array | null {
  const { mode, interval } = parts.capture;
  if (mode !== 'sampling' || interval === null || interval <= 1) return null;
  const { size, count } = parts.columns;
  return sumByGroup(assignment, groupCount, (row) => {
    const total = size[row]!;
    if (total === 0 || skip(row)) return 0;
    return total * total * Math.exp(-total / count[row]! / interval);
  });
}

/** By group, in bytes. */
export function standardErrors(grouped: GroupedTraces, groupCount: number): Float64Array {
  const variance = groupVariance(grouped, groupCount, () => false);
  return variance ? variance.map(Math.sqrt) : new Float64Array(groupCount);
}

/**
 * By group, in bytes, of the difference between two snapshots. Independent samples add their variances. Samples that both snapshots of
 * one tracing hold are one and the same draw: they cancel in the difference and add nothing.
 */
export function differenceErrors(grouped: GroupedTraces, old: GroupedTraces, groupCount: number): Float64Array {
  const [own, others] = sharedBirths(grouped.parts, old.parts);
  const added = groupVariance(grouped, groupCount, (row) => others !== null && isIn(others, grouped.parts.columns.birth![row]!));
  const removed = groupVariance(old, groupCount, (row) => own !== null && isIn(own, old.parts.columns.birth![row]!));
  return Float64Array.from({ length: groupCount }, (_, group) => Math.sqrt((added?.[group] ?? 0) + (removed?.[group] ?? 0)));
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
