import type { StackTable } from '../model/stack-table.js';
import type { CaptureInfo, TraceColumns } from '../model/trace-columns.js';

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
  /** URLs of source maps by filename, for scripts that were compiled in memory: no file tells them. Not saved. */
  readonly sourceMaps?: ReadonlyMap<string, string>;
}
