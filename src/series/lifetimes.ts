import type { OriginalPlaces } from '../model/original-places.js';
import type { StackTable } from '../model/stack-table.js';
import type { CaptureInfo, TraceColumns } from '../model/trace-columns.js';

/** The snapshots of one tracing as one table of the traces that ever lived, each with the rounds in which it was alive. */
export interface Lifetimes {
  readonly table: StackTable;
  /** `birth` is never null. */
  readonly columns: TraceColumns;
  /** By trace: the first round that has it. */
  readonly first: Uint32Array;
  /** By trace: the last round that has it. It is alive in all rounds between, also if its thread could not be asked there. */
  readonly last: Uint32Array;
  /** The threads of all rounds. */
  readonly threads: readonly string[];
  readonly types: readonly string[];
  readonly labels: readonly string[];
  readonly tracebackLimit: number;
  readonly rounds: readonly RoundFacts[];
  readonly sourceMaps: ReadonlyMap<string, string>;
  readonly original: OriginalPlaces | null;
}

/** What a round has besides its traces. */
export interface RoundFacts {
  readonly capture: CaptureInfo;
  /** Indexes of the threads that the round's snapshot has, in its order. */
  readonly threads: readonly number[];
  /** By each of these threads: the highest birth at the capture, -1 for none. */
  readonly lastBirths: readonly number[];
}

/**
 * By trace: the round in which it was born, that is the first round at whose capture its birth was taken. It is earlier than `first` if the
 * object has changed its size since, because then it is another trace.
 */
export function cohorts({ columns, first, threads, rounds }: Lifetimes): Uint32Array {
  const limits = birthLimits(rounds, threads.length);
  const birth = columns.birth!;
  return first.map((round, row) => {
    const thread = columns.thread ? columns.thread[row]! : 0;
    let cohort = round;
    while (cohort > 0 && birth[row]! <= limits[cohort - 1]![thread]!) cohort--;
    return cohort;
  });
}

/** By round and thread: the highest birth at the capture or before. A round may lack a thread that could not be asked. */
function birthLimits(rounds: readonly RoundFacts[], threadCount: number): Float64Array[] {
  const limits = new Float64Array(threadCount).fill(-1);
  return rounds.map(({ threads, lastBirths }) => {
    threads.forEach((thread, i) => {
      limits[thread] = Math.max(limits[thread]!, lastBirths[i]!);
    });
    return limits.slice();
  });
}
