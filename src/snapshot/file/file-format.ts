import * as z from 'zod/mini';

/*
 * The `.tmsnap` file, version 1. All numbers are little-endian. docs/snapshot-format.md says it for people.
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

/** As PNG's: the first byte is no text, and the line end changes when a transfer takes the file for text. */
export const MAGIC = Uint8Array.of(0x89, ...new TextEncoder().encode('TMSNAP'), 0x0a);
export const OFFSET = { version: 8, metadataLength: 12, fileLength: 16, checksum: 24, metadata: 28 } as const;

/**
 * What no snapshot reaches and no file may ask a reader for: 2^26 traces, twice as many frames, 1 GiB for one section. A file that is
 * made to fill the memory is refused by its metadata; deflate, at most 1032:1, bounds what is left.
 */
export const LIMITS = { traces: 2 ** 26, elements: 2 ** 27, sectionBytes: 2 ** 30, metadataBytes: 2 ** 24 } as const;

const bytes = z.number().check(z.nonnegative());

const section = z.object({
  /** What it holds: see SECTIONS. A reader skips names that it does not know. Added in 1. */
  name: z.string(),
  /** How it is written: `json`, `integers`, `doubles`; see column-codec.ts. Added in 1. */
  encoding: z.string(),
  /** Number of elements; for `json` its bytes. Added in 1. */
  length: z.int().check(z.nonnegative(), z.lte(LIMITS.sectionBytes)),
  /** Bytes an element. Added in 1. */
  width: z.int().check(z.gte(1), z.lte(8)),
  /** Bytes in the file, compressed. Added in 1. */
  bytes: z.int().check(z.nonnegative()),
});

export const metadataSchema = z.object({
  /** What wrote the file, for people. Added in 1. */
  generator: z.string(),
  /** Frames. Added in 1. */
  tracebackLimit: z.int().check(z.gte(1)),
  capture: z.object({
    /** Added in 1. */
    mode: z.enum(['sampling', 'exact', 'objects']),
    /** Mean bytes between two samples. Added in 1. */
    interval: z.nullable(z.number().check(z.positive())),
    /** ISO 8601, UTC. Added in 1. */
    time: z.string(),
    /** Added in 1. */
    target: z.object({ pid: z.nullable(z.int()), title: z.string(), nodeVersion: z.nullable(z.string()) }),
    /** Totals of the process in bytes; null where the target did not tell. Added in 1. */
    heap: z.nullable(
      z.object({
        heapUsed: bytes,
        heapTotal: bytes,
        external: z.nullable(bytes),
        arrayBuffers: z.nullable(bytes),
        rss: z.nullable(bytes),
      }),
    ),
    /** Added in 1. */
    precision: z.enum(['line', 'function']),
    /** Names the tracing that the births count in. Added in 1. */
    tracing: z.optional(z.string()),
    /** ISO 8601, UTC: older objects of the main thread are not there, because the tracing had to begin anew. Added in 1. */
    resumed: z.optional(z.string()),
    /** Threads that could not be asked, and why. Added in 1. */
    missing: z.optional(z.readonly(z.array(z.object({ thread: z.string(), reason: z.string() })))),
    /** Threads that are there as they were at their heap limit, where they have ended. Added in 1. */
    atHeapLimit: z.optional(z.readonly(z.array(z.string()))),
  }),
  /** For each thread the highest birth at the capture, -1 for none. Without it: the highest in the file, which is lower in a filtered one. Added in 1. */
  lastBirths: z.optional(z.array(z.number())),
  /** Of mode `objects`: memory outside of the heap has the birth of its owner. In files without it that birth means nothing, and so does `lastBirths`. Added in 1. */
  offHeapBirths: z.optional(z.literal('owner')),
  sections: z.array(section).check(z.maxLength(1000)),
});

export type Metadata = z.infer<typeof metadataSchema>;
export type SectionEntry = z.infer<typeof section>;

/** The section `names`. Strings are as JSON writes them, which keeps lone surrogates too. All added in 1. */
export const namesSchema = z.object({
  filenames: z.array(z.string()),
  functionNames: z.array(z.string()),
  threads: z.array(z.string()).check(z.minLength(1)),
  types: z.array(z.string()),
  /** What `originalFile` points to. */
  originalFilenames: z.optional(z.array(z.string())),
});

/** Which columns a file may have, and whether one can do without. What they mean stands in StackTable and TraceColumns. All added in 1. */
export const SECTIONS = {
  locationFile: { of: 'location', required: true },
  locationLine: { of: 'location', required: true },
  locationColumn: { of: 'location', required: true },
  locationFunction: { of: 'location', required: true },
  locationIsLine: { of: 'location', required: true },
  /** Where the location stood before it was compiled; in OriginalPlaces. All three or none. */
  originalFile: { of: 'location', required: false },
  originalLine: { of: 'location', required: false },
  originalColumn: { of: 'location', required: false },
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
  birth: { of: 'trace', required: false },
} as const;

export type ColumnName = keyof typeof SECTIONS;
