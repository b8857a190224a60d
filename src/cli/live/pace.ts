/**
 * The target stands still while a snapshot is taken: V8 collects the garbage first, then writes the profile. Left alone for 24 times as
 * long, it pauses for 4 % of the time; the tracer's own readings for the peak may take another hundredth.
 */
const REST = 24;
/** A picture that changes more often cannot be read. */
const LEAST_REST_MS = 1000;

/** ms between the end of a snapshot that took so many ms and the next one. */
export function restAfter(snapshotMs: number): number {
  return Math.max(LEAST_REST_MS, REST * snapshotMs);
}
