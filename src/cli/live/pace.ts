/**
 * The target stands still while a snapshot is taken: V8 collects the garbage first, then writes the profile. A rest of 24 times as long keeps
 * the pauses to 4 % of the time. The tracer's own readings for the peak may take another 1 %.
 */
const REST = 24;
/** Nobody can read a picture that changes more often. */
const LEAST_REST_MS = 1000;

/** @returns ms from the end of a snapshot to the start of the next @param snapshotMs how long the snapshot took */
export function restAfter(snapshotMs: number): number {
  return Math.max(LEAST_REST_MS, REST * snapshotMs);
}
