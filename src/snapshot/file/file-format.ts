import * as z from 'zod/mini';

/*
 * The `.tmsnap` file, version 1. All numbers are little-endian. docs/snapshot-format.md describes it for people.
 *
 *   offset  bytes  meaning                                                       added in
 *        0      8  MAGIC                                                         1
 *        8      4  format version, unsigned                                      1
 *       12      4  length of the metadata in bytes, unsigned                     1
 *       16      8  length of the whole file in bytes, unsigned                   1
 *       24      4  CRC-32 of the bytes 0..23 and of all bytes from 28 on         1
 *       28      -  metadata: UTF-8 JSON, the type Metadata                       1
 *        -      -  the sections in the metadata's order, each a raw deflate stream  1
 *
 * These first 28 bytes keep their meaning in every version, so that any reader can tell a damaged file from one that is too new.
 */

/** Made like PNG's: the first byte is no text, and a transfer as text would change the line end. */
export const MAGIC = Uint8Array.of(0x89, ...new TextEncoder().encode('TMSNAP'), 0x0a);
export const OFFSET = { version: 8, metadataLength: 12, fileLength: 16, checksum: 24, metadata: 28 } as const;

/**
 * No snapshot reaches these limits: 2^26 traces, twice as many frames, 1 GiB for one section. A reader refuses a file whose metadata exceeds them.
 * Deflate can inflate 1032:1, so a small malicious file could still fill the memory. The columns and names of a real snapshot take 5 to 15 times their
 * compressed bytes. So a reader also refuses a file whose sections need more than 64 times the bytes of the file, and more than 64 MiB.
 */
export const LIMITS = {
  traces: 2 ** 26,
  elements: 2 ** 27,
  sectionBytes: 2 ** 30,
  metadataBytes: 2 ** 24,
  growth: 64,
  smallBytes: 2 ** 26,
} as const;

const bytes = z.number().check(z.nonnegative());

const heapTotals = z.object({
  heapUsed: bytes,
  heapTotal: bytes,
  external: z.nullable(bytes),
  arrayBuffers: z.nullable(bytes),
  rss: z.nullable(bytes),
});

export const sectionSchema = z.object({
  /** The content: see SECTIONS. A reader skips unknown names. Added in 1. */
  name: z.string(),
  /** `json`, `integers` or `doubles`; see column-codec.ts. Added in 1. */
  encoding: z.string(),
  /** Number of elements; for `json`, number of bytes. Added in 1. */
  length: z.int().check(z.nonnegative(), z.lte(LIMITS.sectionBytes)),
  /** Bytes per element. Added in 1. */
  width: z.int().check(z.gte(1), z.lte(8)),
  /** Compressed bytes in the file. Added in 1. */
  bytes: z.int().check(z.nonnegative()),
});

/** CaptureInfo. */
export const captureSchema = z.object({
  /** Added in 1. */
  mode: z.enum(['sampling', 'exact', 'objects', 'churn']),
  /** Mean bytes between two samples. Added in 1. */
  interval: z.nullable(z.number().check(z.positive())),
  /** ISO 8601, UTC. Added in 1. */
  time: z.string(),
  /** `script` is the path of the script that the process runs, if it is of a package. Added in 1. */
  target: z.object({
    pid: z.nullable(z.int()),
    title: z.string(),
    nodeVersion: z.nullable(z.string()),
    script: z.optional(z.string()),
  }),
  /** Totals of the process in bytes; null if unknown. Added in 1. */
  heap: z.nullable(heapTotals),
  /** Resident memory by kind, in bytes; left out if unknown. Added in 1. */
  resident: z.optional(z.readonly(z.array(z.object({ kind: z.string(), bytes, estimated: z.boolean() })))),
  /** JavaScript threads, the main thread included. Added in 1. */
  running: z.optional(z.int()),
  /** The same two when the tracing began. Added in 1. */
  start: z.optional(z.object({ heap: z.nullable(heapTotals), running: z.optional(z.int()) })),
  /** Added in 1. */
  precision: z.enum(['line', 'function']),
  /** Whether V8 may have inlined functions. Added in 1. */
  inlining: z.optional(z.boolean()),
  /** The id of the tracing. Births are comparable within one tracing. Added in 1. */
  tracing: z.optional(z.string()),
  /** ISO 8601, UTC: when the tracing had to begin again. Older objects of the main thread are missing. Added in 1. */
  resumed: z.optional(z.string()),
  /** Threads that could not be asked, each with the reason. Added in 1. */
  missing: z.optional(z.readonly(z.array(z.object({ thread: z.string(), reason: z.string() })))),
  /** Threads that ended at their heap limit. The file has what they held then. Added in 1. */
  atHeapLimit: z.optional(z.readonly(z.array(z.string()))),
  /** Threads that started during the tracing, and the bytes that they held when theirs began, which the file does not have. Added in 1. */
  late: z.optional(z.readonly(z.array(z.object({ thread: z.string(), bytes })))),
  /** Worker threads that have ended since the start and are not in the file. Added in 1. */
  ended: z.optional(z.int().check(z.nonnegative())),
  /** Whether the program used more labels than can be told apart. Left out if labels were off. Added in 1. */
  labels: z.optional(z.object({ overflow: z.boolean() })),
  /** Resource attributes of the process; left out unless a fleet's store wrote the file. Added in 1. */
  resource: z.optional(z.record(z.string(), z.string())),
  /** For mode `churn`: the time of the capture, the growth of the live heaps in it, and the garbage collections of the main thread, with their part of the time. Added in 1. */
  churn: z.optional(
    z.object({
      seconds: bytes,
      grown: z.number(),
      collections: z.optional(z.object({ count: z.int().check(z.nonnegative()), seconds: bytes, share: bytes })),
    }),
  ),
});

export const metadataSchema = z.object({
  /** The program that wrote the file, for people. Added in 1. */
  generator: z.string(),
  /** Frames. Added in 1. */
  tracebackLimit: z.int().check(z.gte(1)),
  capture: captureSchema,
  /**
   * By thread: the highest birth at the capture, -1 for none. If left out, readers take the highest in the file, which is too low in a filtered
   * one. Added in 1.
   */
  lastBirths: z.optional(z.array(z.number())),
  /**
   * For mode `objects`: memory outside of the heap has the birth of its owner. In a file of this mode without it, births and `lastBirths` mean
   * nothing. Added in 1.
   */
  offHeapBirths: z.optional(z.literal('owner')),
  sections: z.array(sectionSchema).check(z.maxLength(1000)),
});

export type Metadata = z.infer<typeof metadataSchema>;
export type SectionEntry = z.infer<typeof sectionSchema>;

/** The section `names`. JSON's strings keep lone surrogates, too. All added in 1. */
export const namesSchema = z.object({
  filenames: z.array(z.string()),
  functionNames: z.array(z.string()),
  threads: z.array(z.string()).check(z.minLength(1)),
  types: z.array(z.string()),
  /** The names that `label` indexes. */
  labels: z.optional(z.array(z.string())),
  /** The names that `originalFile` indexes. */
  originalFilenames: z.optional(z.array(z.string())),
  /** The names that `originalFunction` indexes. */
  originalFunctionNames: z.optional(z.array(z.string())),
});

/** The columns that a file may have. StackTable and TraceColumns say what they mean. All added in 1. */
export const SECTIONS = {
  locationFile: { of: 'location', required: true },
  locationLine: { of: 'location', required: true },
  locationColumn: { of: 'location', required: true },
  locationFunction: { of: 'location', required: true },
  locationIsLine: { of: 'location', required: true },
  /** Where the location stood before compilation, see OriginalPlaces. A file has all of the first three columns or none. */
  originalFile: { of: 'location', required: false },
  originalLine: { of: 'location', required: false },
  originalColumn: { of: 'location', required: false },
  originalFunction: { of: 'location', required: false },
  /** Frames in each traceback: the differences of StackTable.tracebackStart. */
  depth: { of: 'traceback', required: true },
  totalFrames: { of: 'traceback', required: true },
  frames: { of: 'frame', required: true },
  traceback: { of: 'trace', required: true },
  size: { of: 'trace', required: true },
  count: { of: 'trace', required: true },
  domain: { of: 'trace', required: false },
  thread: { of: 'trace', required: false },
  type: { of: 'trace', required: false },
  label: { of: 'trace', required: false },
  birth: { of: 'trace', required: false },
  /** Only in a series: the first and the last round that has the trace. */
  firstRound: { of: 'trace', required: false },
  lastRound: { of: 'trace', required: false },
} as const;

export type ColumnName = keyof typeof SECTIONS;
