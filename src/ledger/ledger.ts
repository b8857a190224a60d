import type { LedgerRow } from './ledger-rows.js';

/** What the resident memory of a process consists of, at one moment. */
export interface Ledger {
  /** As the process knows itself; null if it does not tell. */
  readonly pid: number | null;
  /** ISO 8601. */
  readonly time: string;
  /** Resident memory in bytes; the rows add up to it. */
  readonly rss: number;
  readonly rows: readonly LedgerRow[];
  /** What grows, seen over all ledgers that this tracer has read; empty before the sixth. */
  readonly verdicts: readonly LedgerVerdict[];
  /** Bytes of the process that are in swap, and so in no row; null if that is not known. */
  readonly swap: number | null;
  /** Threads that did not answer. What they hold is in other rows. */
  readonly missing: readonly MissingThread[];
  /** What a reader must know, one sentence each. */
  readonly notes: readonly string[];
}

export interface MissingThread {
  readonly thread: string;
  readonly reason: string;
}

/** What grows, and what to do about it. */
export interface LedgerVerdict {
  readonly kind: LedgerRow['kind'];
  /** In bytes, from the lowest reading in the first third of the time to that in the last third. */
  readonly growth: number;
  readonly advice: string;
}
