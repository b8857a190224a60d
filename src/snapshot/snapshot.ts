import { UsageError } from '../errors.js';
import type { OriginalPlaces } from '../model/original-places.js';
import type { SnapshotParts } from '../model/snapshot-parts.js';
import type { StackTable } from '../model/stack-table.js';
import type { CaptureInfo, TraceColumns } from '../model/trace-columns.js';
import { survivors, youngestBirths } from './allocated-since.js';
import { selectTraces } from './apply-filters.js';
import { type DumpOptions, dumpSnapshot } from './file/dump.js';
import { inputFile } from './file/input-file.js';
import { loadSnapshot } from './file/load.js';
import { type AnyFilter, checkFilters } from './filter.js';
import { type FromTracesOptions, partsFromTraces, type TraceInput } from './from-traces.js';
import { checkKey, type KeyType, type StatisticsOptions } from './statistics/key-type.js';
import type { Statistic, StatisticDiff } from './statistics/statistic.js';
import { compareStatistics, groupStatistics } from './statistics/statistics.js';
import type { Trace } from './trace.js';
import { makeTraces } from './traces.js';

/**
 * The traces of one moment, and how they were captured; tracemalloc's Snapshot. A snapshot never changes: every method returns a new object.
 */
export class Snapshot implements SnapshotParts {
  readonly table: StackTable;
  readonly columns: TraceColumns;
  readonly threads: readonly string[];
  readonly types: readonly string[];
  readonly labels: readonly string[];
  /** The most frames that a traceback could keep. */
  readonly tracebackLimit: number;
  readonly capture: CaptureInfo;
  /** By thread: the highest birth when the snapshot was taken, -1 for none; null if births are unknown. */
  readonly lastBirths: readonly number[] | null;
  /** URLs of source maps by filename, for scripts whose text is not that of their file. Empty: the script names no map. */
  readonly sourceMaps: ReadonlyMap<string, string>;
  /** Where the locations stood in the original sources, from a file that saved it; null if no place is known. */
  readonly original: OriginalPlaces | null;
  #traces: readonly Trace[] | undefined;

  /** Keeps the parts without a copy. The caller must not write to the columns any more. */
  constructor(parts: SnapshotParts) {
    if (parts.threads.length === 0) throw new UsageError('a snapshot needs the name of at least one thread');
    this.table = frozen(parts.table);
    this.columns = frozen(parts.columns);
    this.threads = Object.freeze([...parts.threads]);
    this.types = Object.freeze([...parts.types]);
    this.labels = Object.freeze([...parts.labels]);
    this.tracebackLimit = parts.tracebackLimit;
    this.capture = Object.freeze({ ...parts.capture });
    this.lastBirths = Object.freeze(parts.lastBirths ?? youngestBirths(parts));
    this.sourceMaps = parts.sourceMaps ?? new Map();
    this.original = parts.original ?? null;
    Object.freeze(this);
  }

  /**
   * Makes a snapshot of given traces.
   *
   * @throws UsageError that names the first trace with a wrong value
   */
  static fromTraces(traces: Iterable<TraceInput>, options: FromTracesOptions = {}): Snapshot {
    return new Snapshot(partsFromTraces(traces, options));
  }

  /**
   * Reads a file that `dump` wrote.
   *
   * @throws SnapshotFileError if the file is missing, damaged, of another kind, or of a later version
   */
  static load(path: string): Snapshot {
    return new Snapshot(loadSnapshot(inputFile(path), 'a .tmsnap'));
  }

  /** Every trace as an object. They are made at the first access, because statistics, filters and files do not need them. */
  get traces(): readonly Trace[] {
    this.#traces ??= makeTraces(this);
    return this.#traces;
  }

  /**
   * Bytes and blocks of the traces by group, largest first.
   *
   * @throws UsageError for an unknown key type, and for `cumulative` with a key that names no place
   */
  statistics(keyType: KeyType, { cumulative = false }: StatisticsOptions = {}): Statistic[] {
    checkKey(keyType, cumulative);
    return groupStatistics(this, keyType, cumulative);
  }

  /**
   * The change of each group since an older snapshot, largest change first.
   *
   * @throws UsageError as `statistics` does
   */
  compareTo(old: Snapshot, keyType: KeyType, { cumulative = false }: StatisticsOptions = {}): StatisticDiff[] {
    if (!(old instanceof Snapshot)) throw new UsageError('compareTo needs an older Snapshot');
    checkKey(keyType, cumulative);
    return compareStatistics({ now: this, old }, keyType, cumulative);
  }

  /**
   * Keeps a trace if one of the inclusive filters matches it, or there are none, and no exclusive filter drops it.
   *
   * @throws UsageError if `filters` is no list of filters
   */
  filterTraces(filters: Iterable<AnyFilter>): Snapshot {
    const checked = checkFilters(filters);
    return new Snapshot({ ...this, columns: selectTraces(this, checked) });
  }

  /**
   * The traces that were allocated after `before` was taken, and are alive in this snapshot. A filter on `before` makes no difference.
   *
   * @throws UsageError if the two are not of one tracing or not in this order, or if the order of allocation is unknown
   */
  allocatedSince(before: Snapshot): Snapshot {
    if (!(before instanceof Snapshot)) throw new UsageError('allocatedSince needs an older Snapshot');
    return new Snapshot({ ...this, columns: survivors(this, before) });
  }

  /**
   * Writes the snapshot to a file, whole or not at all.
   *
   * @throws SnapshotFileError; an old file at `path` is then untouched
   */
  dump(path: string, options: DumpOptions = {}): void {
    dumpSnapshot(path, this, options);
  }
}

/** Keeps a frozen object without a copy, so that the sums remembered for it still apply. Only snapshots have frozen parts. */
function frozen<T extends object>(value: T): T {
  return Object.isFrozen(value) ? value : Object.freeze({ ...value });
}
