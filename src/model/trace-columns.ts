import type { Precision } from './frame.js';

/**
 * The traces of a snapshot as columns of equal length: row i of every column is trace i. A column that is null has the same value in
 * every row, so the common snapshot of one thread and one domain holds 24 bytes a trace, and one with every column 31.
 */
export interface TraceColumns {
  readonly length: number;
  /** Traceback id in the snapshot's StackTable. */
  readonly traceback: Uint32Array;
  /** Bytes. */
  readonly size: Float64Array;
  /** Blocks. */
  readonly count: Uint32Array;
  /** null: 0 in every row. Our own domains fit into a byte; a snapshot made by hand may have any 32-bit number. */
  readonly domain: Uint8Array | Uint32Array | null;
  /** Index in `threads`; null: 0 in every row. */
  readonly thread: Uint16Array | null;
  /** Index in `types`, where the empty string stands for a type that is not known; null: no types known. */
  readonly type: Uint32Array | null;
  /** Order of allocation, comparable between snapshots of one `tracing` (a sample's ordinal, an object's id); null: not known. */
  readonly birth: Float64Array | null;
}

/** What a snapshot knows of its capture. Bytes, unless said otherwise; null where not known. */
export interface CaptureInfo {
  readonly mode: Mode;
  /** Mean bytes between two samples, 1 in exact mode; null in object mode, and where a file does not tell. */
  readonly interval: number | null;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly target: { readonly pid: number | null; readonly title: string; readonly nodeVersion: string | null };
  readonly heap: HeapTotals | null;
  /** `'function'`: linenos are where functions start; `'line'`: true lines were on. */
  readonly precision: Precision;
  /** Names the tracing, from start to stop: two snapshots with the same name saw the same samples, told apart by `birth`. */
  readonly tracing?: string | undefined;
  /** ISO 8601, UTC: what the main thread allocated before is not in the snapshot, because the tracing had to begin anew. */
  readonly resumed?: string | undefined;
  /** Threads that are not in the snapshot, though they were traced, and why: one clause each. */
  readonly missing?: readonly { readonly thread: string; readonly reason: string }[] | undefined;
  /** Worker threads that are there as they were when they came to their heap limit, and have ended since. */
  readonly atHeapLimit?: readonly string[] | undefined;
}

export type Mode = 'sampling' | 'exact' | 'objects';

/** Totals of the process at the moment of capture, in bytes; null where the target could not be asked. */
export interface HeapTotals {
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number | null;
  readonly arrayBuffers: number | null;
  readonly rss: number | null;
}
