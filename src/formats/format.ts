import type { Snapshot } from '../snapshot/snapshot.js';

/** What a file is to hold. */
export interface Contents {
  /** With its frames as they are to be shown. */
  readonly snapshot: Snapshot;
  /** The change since this older snapshot is written; null: the snapshot itself. */
  readonly old: Snapshot | null;
  /** What a reader has to know of the capture, a sentence each. Plain text. */
  readonly notes: readonly string[];
}

/** A file format of the world outside. */
export interface Format {
  readonly name: string;
  /** Its place in a sentence: `it is …`. */
  readonly description: string;
  /** What names of such files end with, the usual one first. */
  readonly extensions: readonly [string, ...string[]];
  /** Whether a file is of this format, by its first SNIFFED_BYTES. */
  sniff(start: Uint8Array): boolean;
  /** @throws UsageError for contents that the format cannot hold */
  write(contents: Contents): Iterable<Uint8Array>;
}

export const SNIFFED_BYTES = 65_536;
