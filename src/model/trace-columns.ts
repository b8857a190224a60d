import type { Precision } from './frame.js';

/**
 * The traces of a snapshot as columns of equal length: row i of every column is trace i. A column is null if every row has its default value. So
 * a trace takes 24 bytes in the common snapshot of one thread and one domain, and 33 bytes if every column is used.
 */
export interface TraceColumns {
  readonly length: number;
  /** Traceback id in the snapshot's StackTable. */
  readonly traceback: Uint32Array;
  /** Bytes. */
  readonly size: Float64Array;
  /** Blocks. */
  readonly count: Uint32Array;
  /** null: 0 in every row. The domains that we use fit into a byte. A snapshot made by hand may have any 32-bit number. */
  readonly domain: Uint8Array | Uint32Array | null;
  /** Index in `threads`; null: 0 in every row. */
  readonly thread: Uint16Array | null;
  /** Index in `types`, in which the empty string is an unknown type; null: no types are known. */
  readonly type: Uint32Array | null;
  /** Index in `labels`, in which the empty string is no label; null: no trace has a label. */
  readonly label: Uint16Array | null;
  /** Order of allocation: a sample's ordinal, or an object's id. Comparable between snapshots of the same `tracing`; null: unknown. */
  readonly birth: Float64Array | null;
}

/** How a snapshot was captured. Null means unknown. */
export interface CaptureInfo {
  readonly mode: Mode;
  /** Mean bytes between two samples, 1 in exact mode; null in object mode, or if a file does not say. */
  readonly interval: number | null;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly target: TargetInfo;
  readonly heap: HeapTotals | null;
  /** What the resident memory consisted of. Left out if the system does not tell, as only Linux does, or if a thread did not answer. */
  readonly resident?: readonly ResidentPart[] | undefined;
  /** JavaScript threads that ran then, the main thread included; left out if unknown. */
  readonly running?: number | undefined;
  /** The process when the tracing began; left out if unknown. */
  readonly start?: ProcessTotals | undefined;
  /** `'function'`: linenos are where functions start; `'line'`: true lines were on. */
  readonly precision: Precision;
  /** Whether V8 may have inlined functions, whose bytes are then their callers'; left out if unknown. */
  readonly inlining?: boolean | undefined;
  /** The id of the tracing, from start to stop. In snapshots of one tracing, `birth` identifies a sample. */
  readonly tracing?: string | undefined;
  /** ISO 8601, UTC: when the tracing had to begin again. What the main thread allocated before is not in the snapshot. */
  readonly resumed?: string | undefined;
  /** Threads that were traced but are not in the snapshot. `reason` is one clause. */
  readonly missing?: readonly { readonly thread: string; readonly reason: string }[] | undefined;
  /** Worker threads that ended at their heap limit. The snapshot has what they held then. */
  readonly atHeapLimit?: readonly string[] | undefined;
  /** Worker threads that started during the tracing and already held so many bytes when theirs began. These bytes are not in the snapshot. */
  readonly late?: readonly { readonly thread: string; readonly bytes: number }[] | undefined;
  /** The number of worker threads that have ended since the start and are not in the snapshot. */
  readonly ended?: number | undefined;
  /** Left out if labels were off. `overflow`: the program used more labels than can be told apart; the further ones are `(other)`. */
  readonly labels?: { readonly overflow: boolean } | undefined;
  /**
   * Whose process it was, as resource attributes in the words of OpenTelemetry's semantic conventions (`service.name`, `host.name`, …). Left out if the
   * snapshot was not pushed to a fleet's store.
   */
  readonly resource?: Readonly<Record<string, string>> | undefined;
  /** In churn mode only. Left out in a file that does not say. */
  readonly churn?: Churn | undefined;
}

/** What a process says of itself. */
export interface TargetInfo {
  readonly pid: number | null;
  readonly title: string;
  readonly nodeVersion: string | null;
  /** The path of the script that the process runs, if it is of a package; left out otherwise, or if unknown. */
  readonly script?: string | undefined;
}

export type Mode = 'sampling' | 'exact' | 'objects' | 'churn';

/** The time of a capture in churn mode, whose traces are all that was allocated in it, dead or alive. */
export interface Churn {
  readonly seconds: number;
  /** Bytes by which the live heaps have grown in this time; negative if they shrank. */
  readonly grown: number;
  /**
   * The garbage collections of the main thread, without those that we forced, and the part of the time that they took; left out if they are not
   * known. What a program collected in the half second before its end is not told.
   */
  readonly collections?: { readonly count: number; readonly seconds: number; readonly share: number } | undefined;
}

/** What a process held at one moment. Its heap includes garbage, except right after a collection, as at the capture. */
export interface ProcessTotals {
  readonly heap: HeapTotals | null;
  /** JavaScript threads, the main thread included; left out if unknown. */
  readonly running?: number | undefined;
}

/** A kind of resident memory, with the word of LEDGER_KINDS. All parts add up to the resident memory of the process. */
export interface ResidentPart {
  readonly kind: string;
  /** Resident bytes. */
  readonly bytes: number;
  /** Whether the bytes are worked out from what V8 says, not only from what the kernel says. */
  readonly estimated: boolean;
}

/** Totals of the process at the capture, in bytes; null if the target could not be asked. */
export interface HeapTotals {
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number | null;
  readonly arrayBuffers: number | null;
  readonly rss: number | null;
}
