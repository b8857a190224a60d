import type { Snapshot } from '../snapshot/snapshot.js';

/** The content of a file to write. */
export interface Contents {
  /** Its frames are already those to show. */
  readonly snapshot: Snapshot;
  /** The older snapshot, if the file is to hold a difference; null if it holds the snapshot itself. */
  readonly old: Snapshot | null;
  /** What a reader must know about the capture, in plain text, a sentence each. */
  readonly notes: readonly string[];
}

/** A file format of other tools. */
export interface Format {
  readonly name: string;
  /** Completes the sentence "it is …". */
  readonly description: string;
  /** The extensions of such files, the usual one first. */
  readonly extensions: readonly [string, ...string[]];
  /** Whether a file has this format, judged by its first SNIFFED_BYTES. */
  sniff(start: Uint8Array): boolean;
  /** @throws UsageError if the format cannot hold the contents */
  write(contents: Contents): Iterable<Uint8Array>;
}

export const SNIFFED_BYTES = 65_536;
