import { UsageError } from '../errors.js';
import type { HeapTotals } from '../model/trace-columns.js';
import { gather } from '../snapshot/apply-filters.js';
import type { DumpOptions } from '../snapshot/file/dump.js';
import { inputFile } from '../snapshot/file/input-file.js';
import type { AnyFilter } from '../snapshot/filter.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { checkKey, type KeyType } from '../snapshot/statistics/key-type.js';
import { DEFAULT_WARMUP, type Growth, growthOf, partsOf } from './growth.js';
import type { Lifetimes } from './lifetimes.js';
import { LifetimesBuilder } from './lifetimes-builder.js';
import { selectLifetimes } from './select-lifetimes.js';
import { dumpSeries, loadSeries } from './series-file.js';

export interface GrowthOptions {
  /** The number of first rounds that the slope and the verdict leave out. Default 1: the first round also has what the program made before. */
  readonly warmup?: number;
}

/** One round of a series. */
export interface Round {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Bytes of the round's traces. */
  readonly traced: number;
  /** Totals of the process; null if it could not be asked. */
  readonly heap: HeapTotals | null;
}

/**
 * The snapshots of one tracing, one a round, as one table of the traces that ever lived. A series never changes: every method returns a new
 * object.
 */
export class Series {
  readonly rounds: readonly Round[];
  /** @internal */
  readonly lifetimes: Lifetimes;

  /** @internal */
  constructor(lifetimes: Lifetimes) {
    this.lifetimes = lifetimes;
    const traced = tracedBytes(lifetimes);
    this.rounds = Object.freeze(
      lifetimes.rounds.map(({ capture: { time, heap } }, round) => Object.freeze({ time, traced: traced[round]!, heap })),
    );
    Object.freeze(this);
  }

  /**
   * Makes a series of snapshots in the order in which they were taken. The snapshots are read one after the other and not kept.
   *
   * @throws UsageError that names the first snapshot that does not continue the tracing, and the reason; or if there is no snapshot
   */
  static of(snapshots: Iterable<Snapshot>): Series {
    const builder = new LifetimesBuilder();
    for (const snapshot of snapshots) {
      if (!(snapshot instanceof Snapshot)) throw new UsageError('Series.of needs snapshots');
      builder.add(snapshot);
    }
    if (builder.length === 0) throw new UsageError('a series needs at least one snapshot');
    return new Series(builder.build());
  }

  /**
   * Reads a file that `dump` wrote.
   *
   * @throws SnapshotFileError if the file is missing, damaged, of another kind, or of a later version
   */
  static load(path: string): Series {
    return new Series(loadSeries(inputFile(path)));
  }

  /**
   * The snapshot of a round. Its traces are those of the snapshot that was given, in another order.
   *
   * @param round from 0 on; a negative number counts from the end, -1 is the last round
   * @throws UsageError if there is no such round
   */
  snapshot(round: number): Snapshot {
    const index = round < 0 ? this.rounds.length + round : round;
    const facts = Number.isInteger(index) ? this.lifetimes.rounds[index] : undefined;
    if (!facts) throw new UsageError(`there is no round ${round}: the series has the rounds 0 to ${this.rounds.length - 1}`);
    const { columns, threads } = this.lifetimes;
    const places = threads.map((_, thread) => facts.threads.indexOf(thread));
    const rows = this.#rowsOf(index, places);
    const selected = gather(columns, rows);
    return new Snapshot({
      ...partsOf(this.lifetimes),
      columns: {
        ...selected,
        thread: facts.threads.length > 1 && selected.thread ? selected.thread.map((thread) => places[thread]!) : null,
      },
      threads: facts.threads.map((thread) => threads[thread]!),
      capture: facts.capture,
      lastBirths: facts.lastBirths,
      sourceMaps: this.lifetimes.sourceMaps,
      original: this.lifetimes.original,
    });
  }

  /**
   * What each group did over the rounds: leaks first, then by slope.
   *
   * @throws UsageError for an unknown key type, or if `warmup` is no whole number from 0 on
   */
  growth(keyType: KeyType, { warmup = DEFAULT_WARMUP }: GrowthOptions = {}): Growth[] {
    checkKey(keyType, false);
    if (!Number.isInteger(warmup) || warmup < 0)
      throw new UsageError(`warmup must be a number of rounds, 0 or more, not ${String(warmup)}`);
    return growthOf(this.lifetimes, keyType, warmup);
  }

  /**
   * Writes the series to a file, whole or not at all.
   *
   * @throws SnapshotFileError; an old file at `path` is then untouched
   */
  dump(path: string, options: DumpOptions = {}): void {
    dumpSeries(path, this.lifetimes, options);
  }

  /** Filters the traces of all rounds, as `Snapshot.filterTraces` does. */
  filterTraces(filters: Iterable<AnyFilter>): Series {
    return new Series(selectLifetimes(this.lifetimes, (all) => all.filterTraces(filters)));
  }

  /** @param places by thread: its place in the round's snapshot, -1 if the round lacks it */
  #rowsOf(round: number, places: readonly number[]): Uint32Array {
    const { columns, first, last } = this.lifetimes;
    const rows = new Uint32Array(columns.length);
    let length = 0;
    for (let row = 0; row < rows.length; row++) {
      if (first[row]! > round || last[row]! < round || places[columns.thread ? columns.thread[row]! : 0] === -1) continue;
      rows[length++] = row;
    }
    return rows.subarray(0, length);
  }
}

/** By round: the bytes of the traces that are alive in it. A thread that could not be asked counts with what it had. */
function tracedBytes({ columns, first, last, rounds }: Lifetimes): Float64Array {
  const changes = new Float64Array(rounds.length + 1);
  for (let row = 0; row < columns.length; row++) {
    changes[first[row]!]! += columns.size[row]!;
    changes[last[row]! + 1]! -= columns.size[row]!;
  }
  for (let round = 1; round < changes.length; round++) changes[round]! += changes[round - 1]!;
  return changes.subarray(0, rounds.length);
}
