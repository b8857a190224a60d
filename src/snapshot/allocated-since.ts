import { UsageError } from '../errors.js';
import type { SnapshotParts } from '../model/snapshot-parts.js';
import type { TraceColumns } from '../model/trace-columns.js';
import { gather } from './apply-filters.js';

/** By thread: the highest birth of its traces, -1 if it has none. @returns null if births are unknown */
export function youngestBirths({ columns, threads }: Pick<SnapshotParts, 'columns' | 'threads'>): number[] | null {
  const { length, birth, thread } = columns;
  if (!birth) return null;
  const youngest = new Array<number>(threads.length).fill(-1);
  for (let row = 0; row < length; row++) {
    const index = thread ? thread[row]! : 0;
    if (birth[row]! > youngest[index]!) youngest[index] = birth[row]!;
  }
  return youngest;
}

/**
 * The rows of `now` that were allocated after `before` was taken. A trace of `now` that is older than the youngest trace of `before` was alive
 * then. A younger one did not exist yet. So comparing with the highest birth is enough, whatever has died since. Every thread numbers its own
 * births.
 *
 * @throws UsageError if births are unknown, or if the snapshots are not of one tracing or not in this order
 */
export function survivors(now: SnapshotParts, before: SnapshotParts): TraceColumns {
  const { birth, thread } = now.columns;
  if (now.capture.mode === 'churn')
    throw new UsageError(
      'churn mode does not tell which block is alive: compare the two snapshots, whose difference is what was allocated in between, dead or alive',
    );
  if (!birth || !before.lastBirths)
    throw new UsageError(
      'what was allocated since cannot be told: the order of allocation is not known; take both snapshots with a tracer',
    );
  if (now.capture.tracing === undefined || now.capture.tracing !== before.capture.tracing)
    throw new UsageError(
      'what was allocated since cannot be told: the snapshots are not of one tracing; take both between one start and its stop, without clearTraces in between',
    );
  if (before.capture.time > now.capture.time)
    throw new UsageError('what was allocated since cannot be told: the older snapshot was given as the newer one; exchange the two');
  const thresholds = thresholdsOf(now.threads, before.threads, before.lastBirths);
  const rows = new Uint32Array(birth.length);
  let length = 0;
  for (let row = 0; row < birth.length; row++) if (birth[row]! > thresholds[thread ? thread[row]! : 0]!) rows[length++] = row;
  return gather(now.columns, rows.subarray(0, length));
}

/** By thread of `now`: the highest birth before. All traces of a new thread are new. */
function thresholdsOf(threads: readonly string[], threadsBefore: readonly string[], lastBirths: readonly number[]): number[] {
  const byName = new Map(threadsBefore.map((name, index) => [name, lastBirths[index]!]));
  return threads.map((name) => byName.get(name) ?? -1);
}
