/**
 * What a report carries: the call tree of all traces and their sums, as columns. Names are made printable before they come here; sizes
 * are bytes. In a report of a difference every sum stands twice, `now` and `old`; otherwise `old` is null.
 */
export interface ReportData {
  readonly title: string;
  readonly facts: ReportFacts;
  /** Distinct names: files, functions, packages, types, threads, domains. Columns of names are indexes in it. */
  readonly names: readonly string[];
  readonly frames: FrameColumns;
  readonly tree: TreeColumns;
  readonly cells: CellColumns;
  /** Source text by file (index in `names`), then by line; null unless it was asked for. */
  readonly sources: Readonly<Record<number, Readonly<Record<number, string>>>> | null;
}

export interface FrameColumns {
  readonly file: readonly number[];
  /** 1-based, 0 for none. */
  readonly line: readonly number[];
  /** 1-based, 0 for unknown. */
  readonly column: readonly number[];
  readonly functionName: readonly number[];
  /** 1: the line allocates; 0: the function starts there. */
  readonly isLine: readonly number[];
  /** Index in `names`. */
  readonly packageName: readonly number[];
}

/** Distinct stacks, merged from the oldest frame on, in preorder: a node's descendants stand right behind it. */
export interface TreeColumns {
  /** 0 for the root, which all stacks have in common, and only for it. */
  readonly depth: readonly number[];
  /** Frame of each node; that of the root means nothing. `TRUNCATED` where older frames were not kept. */
  readonly frame: readonly number[];
}

/** In place of a frame: what stands below it was called by frames that were not kept. */
export const TRUNCATED = -1;

/** Sums of the traces that have stack, domain, thread and type in common. */
export interface CellColumns {
  /** Node of the most recent frame. */
  readonly node: readonly number[];
  readonly domain: readonly number[];
  readonly thread: readonly number[];
  readonly type: readonly number[];
  readonly now: SumColumns;
  readonly old: SumColumns | null;
}

export interface SumColumns {
  readonly size: readonly number[];
  readonly count: readonly number[];
  /** What counts for the standard error; null where sizes are exact. */
  readonly spread: SpreadColumns | null;
}

export interface SpreadColumns {
  /** Bytes squared; of a sum of cells the sum. */
  readonly variance: readonly number[];
  /** 1 where a cell has samples of its own. A sum with one of them has `unseen` bytes squared more. */
  readonly sampled: readonly number[];
  readonly unseen: number;
}

export interface ReportFacts {
  readonly captures: readonly CaptureFacts[];
  readonly coverage: CoverageFacts;
  /** Of the earlier snapshot; null where there is none. */
  readonly oldCoverage: CoverageFacts | null;
  /** What a reader has to know to take the figures for what they are. */
  readonly notes: readonly string[];
}

/** One snapshot: what the page shows of its settings, as pairs of a name and a value. */
export interface CaptureFacts {
  /** `snapshot`, or `after` and `before`. */
  readonly role: string;
  readonly settings: readonly (readonly [name: string, value: string])[];
}

/** The process at the moment of a snapshot, in bytes; null where it could not be asked. */
export interface CoverageFacts {
  readonly traced: number;
  readonly heapUsed: number | null;
  readonly external: number | null;
  readonly arrayBuffers: number | null;
  readonly rss: number | null;
}
