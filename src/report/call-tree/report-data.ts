import type { ResidentPart } from '../../model/trace-columns.js';
import type { FleetData } from './fleet-data.js';
import type { SeriesData } from './series-data.js';

/**
 * The data of a report: the call tree of all traces and their sums, as columns. Names have already been made printable. Sizes are in bytes.
 * A report of a difference has each sum twice, as `now` and `old`; otherwise `old` is null.
 */
export interface ReportData {
  readonly title: string;
  readonly facts: ReportFacts;
  /** Distinct names of files, functions, packages, types, threads, domains and labels. Columns of names hold indexes into it. */
  readonly names: readonly string[];
  /** Whether the table begins with the lines of the program's own files. */
  readonly own: boolean;
  readonly frames: FrameColumns;
  readonly tree: TreeColumns;
  readonly cells: CellColumns;
  /** The rounds, of which `cells` has the last; null if the report is not of a series. */
  readonly series: SeriesData | null;
  /** The processes of a service, of which `cells` has the mean; left out if the report is of one process. */
  readonly fleet?: FleetData;
  /** Source text by file (index in `names`), then by line; null unless the report embeds sources. */
  readonly sources: Readonly<Record<number, Readonly<Record<number, string>>>> | null;
}

export interface FrameColumns {
  readonly file: readonly number[];
  /** 1-based, 0 for none. */
  readonly line: readonly number[];
  /** 1-based, 0 for unknown. */
  readonly column: readonly number[];
  readonly functionName: readonly number[];
  /** 1: the line allocates. 0: the function starts there. */
  readonly isLine: readonly number[];
  /** Index in `names`. */
  readonly packageName: readonly number[];
  /** 1: of the program's own files. */
  readonly isOwn: readonly number[];
}

/** Distinct stacks, merged from the oldest frame on, in preorder: the descendants of a node directly follow it. */
export interface TreeColumns {
  /** 0 for the root, which all stacks share, and for no other node. */
  readonly depth: readonly number[];
  /** The frame of each node. The root's value has no meaning. `TRUNCATED` if older frames were not kept. */
  readonly frame: readonly number[];
}

/** Replaces a frame: the frames below it were called by frames that were not kept. */
export const TRUNCATED = -1;

/** Sums of the traces that share a stack, domain, thread, type and label. */
export interface CellColumns {
  /** The node of the most recent frame. */
  readonly node: readonly number[];
  readonly domain: readonly number[];
  readonly thread: readonly number[];
  readonly type: readonly number[];
  /** null if no trace has a label. */
  readonly label: readonly number[] | null;
  readonly now: SumColumns;
  readonly old: SumColumns | null;
}

export interface SumColumns {
  readonly size: readonly number[];
  readonly count: readonly number[];
  /** The data for standard errors; null if sizes are exact. */
  readonly spread: SpreadColumns | null;
}

export interface SpreadColumns {
  /** In bytes squared. Variances of cells add up. */
  readonly variance: readonly number[];
  /** 1 if the cell itself has samples. The variance of a sum with such a cell grows by `unseen` squared bytes. */
  readonly sampled: readonly number[];
  readonly unseen: number;
}

export interface ReportFacts {
  readonly captures: readonly CaptureFacts[];
  readonly coverage: CoverageFacts;
  /** Of the earlier snapshot, or of the first round that counts; null if there is none. */
  readonly oldCoverage: CoverageFacts | null;
  /** When that was: `before`, `in round 2`. */
  readonly oldMoment: string;
  /** Whether a difference is of one tracing, so that it is growth; null if that is unknown, or if there is no earlier snapshot. */
  readonly oneTracing: boolean | null;
  /** What a reader must know to understand the figures. */
  readonly notes: readonly string[];
}

/** The settings of one snapshot that the page shows, as pairs of a name and a value. */
export interface CaptureFacts {
  /** `snapshot`, `after` and `before`, or `last round`. */
  readonly role: string;
  readonly settings: readonly (readonly [name: string, value: string])[];
}

/** The memory of the process at the moment of a snapshot, in bytes; null if it could not be read. */
export interface CoverageFacts {
  readonly traced: number;
  readonly heapUsed: number | null;
  readonly external: number | null;
  readonly arrayBuffers: number | null;
  readonly rss: number | null;
  /** The parts of the resident memory; empty if unknown. */
  readonly resident: readonly ResidentPart[];
}
