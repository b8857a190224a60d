import * as z from 'zod/mini';
import type { CaptureInfo } from '../model/trace-columns.js';
import { writeFile } from '../snapshot/file/atomic-write.js';
import { decodeTraces, ensure, Sections } from '../snapshot/file/decode-parts.js';
import { type DumpOptions, encodeSections, GENERATOR, savedParts } from '../snapshot/file/dump.js';
import { captureSchema, sectionSchema } from '../snapshot/file/file-format.js';
import { type FileKind, frameFile, readFramed, readMetadata } from '../snapshot/file/framed-file.js';
import type { InputFile } from '../snapshot/file/input-file.js';
import { IN_ENGLISH } from '../text/schema-messages.js';
import type { Lifetimes } from './lifetimes.js';

/*
 * The `.tmseries` file has the frame and the sections of a `.tmsnap`, for all traces that ever lived, and two more columns: the first and the last
 * round of each trace. docs/snapshot-format.md describes it for people.
 */

/** Like the snapshot's: the first byte is no text, and a transfer as text would change the line end. */
const MAGIC = Uint8Array.of(0x89, ...new TextEncoder().encode('TMSERS'), 0x0a);
const SERIES_FILE: FileKind = { magic: MAGIC, version: 1, content: 'series' };
/** More rounds would be a snapshot each second of two weeks. */
const MOST_ROUNDS = 2 ** 20;

const metadataSchema = z.object({
  /** The program that wrote the file, for people. Added in 1. */
  generator: z.string(),
  /** Frames. Added in 1. */
  tracebackLimit: z.int().check(z.gte(1)),
  rounds: z
    .array(
      z.object({
        /** Added in 1. */
        capture: captureSchema,
        /** Indexes of the threads that the round has. Added in 1. */
        threads: z.array(z.int().check(z.nonnegative())).check(z.minLength(1)),
        /** By thread of the round: the highest birth at the capture, -1 for none. Added in 1. */
        lastBirths: z.array(z.number()),
      }),
    )
    .check(z.minLength(1), z.maxLength(MOST_ROUNDS)),
  sections: z.array(sectionSchema).check(z.maxLength(1000)),
});

/** @throws SnapshotFileError */
export function dumpSeries(path: string, lifetimes: Lifetimes, options: DumpOptions): void {
  const { table, columns, threads, types, labels, tracebackLimit, rounds, sourceMaps, original, first, last } = lifetimes;
  const snapshot = { table, columns, threads, types, labels, tracebackLimit, capture: rounds[0]!.capture, sourceMaps, original };
  const { sections, data } = encodeSections(savedParts(path, snapshot, options), { firstRound: first, lastRound: last });
  const metadata: z.input<typeof metadataSchema> = {
    generator: GENERATOR,
    tracebackLimit,
    rounds: rounds.map((round) => ({ ...round, threads: [...round.threads], lastBirths: [...round.lastBirths] })),
    sections,
  };
  writeFile(path, frameFile(SERIES_FILE, metadata, data), { what: 'save the series to', followLinks: options.followLinks ?? true });
}

/** Whether a file is a series, judged by its beginning. */
export function isSeriesFile(start: Uint8Array): boolean {
  return MAGIC.every((byte, i) => byte === start[i]);
}

/** @throws SnapshotFileError */
export function loadSeries(input: InputFile): Lifetimes {
  return readFramed(input, SERIES_FILE, {
    readable: 'a .tmseries',
    decode: ({ metadata, sections }) => decodeLifetimes(metadata, sections),
  });
}

/** Reads how the rounds were captured, from the beginning of the file. Damage further on is not noticed. @throws SnapshotFileError */
export function loadRoundCaptures(input: InputFile): CaptureInfo[] {
  return readMetadata(input, SERIES_FILE, {
    readable: 'a .tmseries',
    decode: ({ metadata }) => metadataSchema.parse(metadata, IN_ENGLISH).rounds.map(({ capture }) => capture),
  });
}

function decodeLifetimes(json: unknown, bytes: Uint8Array): Lifetimes {
  const metadata = metadataSchema.parse(json, IN_ENGLISH);
  const sections = new Sections(metadata.sections, bytes);
  const traces = decodeTraces(sections);
  const [first, last] = [sections.integers('firstRound'), sections.integers('lastRound')];
  const { tracebackLimit, rounds } = metadata;
  ensure('firstRound', first.length === traces.columns.length && first.every((round, row) => round <= last[row]!));
  ensure('lastRound', last.length === traces.columns.length && sections.isBelow('lastRound', rounds.length));
  ensure('birth', traces.columns.birth !== null);
  for (const { threads, lastBirths } of rounds) {
    ensure('threads', threads.length === lastBirths.length && threads.every((thread) => thread < traces.threads.length));
    ensure('threads', new Set(threads).size === threads.length);
  }
  return { ...traces, first, last, tracebackLimit, rounds, sourceMaps: new Map() };
}
