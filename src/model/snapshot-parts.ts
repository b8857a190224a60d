import type { OriginalPlaces } from './original-places.js';
import type { StackTable } from './stack-table.js';
import type { CaptureInfo, TraceColumns } from './trace-columns.js';

/** What a snapshot is made of. */
export interface SnapshotParts {
  readonly table: StackTable;
  readonly columns: TraceColumns;
  /** Names that `columns.thread` points to. If that column is null, all traces are of the first thread. */
  readonly threads: readonly string[];
  /** Names that `columns.type` points to. */
  readonly types: readonly string[];
  /** Names that `columns.label` points to. */
  readonly labels: readonly string[];
  /** The most frames that a traceback could keep. */
  readonly tracebackLimit: number;
  readonly capture: CaptureInfo;
  /**
   * By thread: the highest `columns.birth` when the snapshot was taken, before any filter; -1 if the thread had no traces. Left out: the highest
   * of the traces. null: births are unknown.
   */
  readonly lastBirths?: readonly number[] | null;
  /**
   * URLs of source maps by filename, for scripts whose text is not that of their file, as compilers in memory make it. Empty: the script names
   * no map. A saved snapshot has `original` instead.
   */
  readonly sourceMaps?: ReadonlyMap<string, string>;
  /** Where the locations stood in the original sources; null if no place is known. */
  readonly original?: OriginalPlaces | null;
}
