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
 * The traces of one moment, and what is known of their capture; tracemalloc's Snapshot. Nothing changes a snapshot: every method gives
 * something new.
 */
export class Snapshot implements SnapshotParts {
  readonly table: StackTable;
  readonly columns: TraceColumns;
  readonly threads: readonly string[];
  readonly types: readonly string[];
  /** The most frames that a traceback could keep. */
  readonly tracebackLimit: number;
  readonly capture: CaptureInfo;
  /** For each thread the highest birth when the snapshot was taken; null where births are not known. */
  readonly lastBirths: readonly number[] | null;
  /** URLs of source maps by filename, for scripts that were compiled in memory. */
  readonly sourceMaps: ReadonlyMap<string, string>;
  /** Where the locations stood in the sources, as a file told; null: of none it is known. */
  readonly original: OriginalPlaces | null;
  #traces: readonly Trace[] | undefined;

  /** Takes the parts over: whoever made the columns must not write to them any more. */
  constructor(parts: SnapshotParts) {
    if (parts.threads.length === 0) throw new UsageError('a snapshot needs the name of at least one thread');
    this.table = frozen(parts.table);
    this.columns = frozen(parts.columns);
    this.threads = Object.freeze([...parts.threads]);
    this.types = Object.freeze([...parts.types]);
    this.tracebackLimit = parts.tracebackLimit;
    this.capture = Object.freeze({ ...parts.capture });
    this.lastBirths = Object.freeze(parts.lastBirths ?? youngestBirths(parts));
    this.sourceMaps = parts.sourceMaps ?? new Map();
    this.original = parts.original ?? null;
    Object.freeze(this);
  }

  /**
   * A snapshot made by hand, of traces that are known otherwise.
   *
   * @throws UsageError that names the first trace with a wrong value
   */
  static fromTraces(traces: Iterable<TraceInput>, options: FromTracesOptions = {}): Snapshot {
    return new Snapshot(partsFromTraces(traces, options));
  }

  /**
   * Reads a file that `dump` wrote.
   *
   * @throws SnapshotFileError when the file is missing, damaged, of another kind, or of a later version
   */
  static load(path: string): Snapshot {
    return new Snapshot(loadSnapshot(inputFile(path), 'a .tmsnap'));
  }

  /** Every trace as an object. Made when first looked at; statistics, filters and files do not need them. */
  get traces(): readonly Trace[] {
    this.#traces ??= makeTraces(this);
    return this.#traces;
  }

  /**
   * Sums of the traces by group, the largest first.
   *
   * @throws UsageError for an unknown key type, and for `cumulative` with a key that names no place
   */
  statistics(keyType: KeyType, { cumulative = false }: StatisticsOptions = {}): Statistic[] {
    checkKey(keyType, cumulative);
    return groupStatistics(this, keyType, cumulative);
  }

  /**
   * The change of each group since an older snapshot, the largest change first.
   *
   * @throws UsageError as `statistics` does
   */
  compareTo(old: Snapshot, keyType: KeyType, { cumulative = false }: StatisticsOptions = {}): StatisticDiff[] {
    if (!(old instanceof Snapshot)) throw new UsageError('compareTo needs an older Snapshot');
    checkKey(keyType, cumulative);
    return compareStatistics({ now: this, old }, keyType, cumulative);
  }

  /**
   * The traces that one of the inclusive filters matches, if there are any, and no exclusive filter drops.
   *
   * @throws UsageError
   */
  filterTraces(filters: Iterable<AnyFilter>): Snapshot {
    const checked = checkFilters(filters);
    return new Snapshot({ ...this, columns: selectTraces(this, checked) });
  }

  /**
   * The traces of what was allocated after `before` was taken and is alive here. A filter on `before` makes no difference.
   *
   * @throws UsageError when the two are not of one tracing, in this order, or their order of allocation is not known
   */
  allocatedSince(before: Snapshot): Snapshot {
    if (!(before instanceof Snapshot)) throw new UsageError('allocatedSince needs an older Snapshot');
    return new Snapshot({ ...this, columns: survivors(this, before) });
  }

  /**
   * Writes the snapshot to a file, which is there whole or not at all.
   *
   * @throws SnapshotFileError; a file that was at `path` is then untouched
   */
  dump(path: string, options: DumpOptions = {}): void {
    dumpSnapshot(path, this, options);
  }
}

/** What is frozen comes from a snapshot: taken over as it is, it brings the sums that are remembered with it. */
function frozen<T extends object>(value: T): T {
  return Object.isFrozen(value) ? value : Object.freeze({ ...value });
}
