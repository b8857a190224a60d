import type { OriginalPlaces } from './original-places.js';
import type { StackTable } from './stack-table.js';
import type { CaptureInfo, TraceColumns } from './trace-columns.js';

/** What a snapshot is made of. */
export interface SnapshotParts {
  readonly table: StackTable;
  readonly columns: TraceColumns;
  /** Names that `columns.thread` points to; the first one holds for all traces where that column is null. */
  readonly threads: readonly string[];
  /** Names that `columns.type` points to. */
  readonly types: readonly string[];
  /** The most frames that a traceback could keep. */
  readonly tracebackLimit: number;
  readonly capture: CaptureInfo;
  /**
   * For each of `threads` the highest `columns.birth` when the snapshot was taken, of traces that were filtered away since, too; -1 where
   * there was none. Left out: that of the traces. null: births are not known.
   */
  readonly lastBirths?: readonly number[] | null;
  /** URLs of source maps by filename, for scripts that were compiled in memory: no file tells them. A file has what they say in `original`. */
  readonly sourceMaps?: ReadonlyMap<string, string>;
  /** Where the locations stood in the sources, as far as it is known; null: of none it is. */
  readonly original?: OriginalPlaces | null;
}
