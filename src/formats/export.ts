import { totalOf } from '../model/column-totals.js';
import { coverageLines } from '../report/text/coverage.js';
import { writeFile } from '../snapshot/file/atomic-write.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { encodeDelta } from './pprof.js';
import { formatNamed, formatOfFilename } from './registry.js';

export interface EncodeOptions {
  /** Write the change since this older snapshot. */
  readonly old?: Snapshot;
}

export interface ExportOptions extends EncodeOptions {
  /** The format's name. Default: what the end of the path tells. */
  readonly format?: string;
}

/**
 * A snapshot in another format, as the parts of a file in their order. They are made while they are taken.
 *
 * @param format its name, `'pprof'`
 * @throws UsageError for an unknown format, and for a difference that the format cannot hold
 */
export function encode(snapshot: Snapshot, format: string, { old }: EncodeOptions = {}): Iterable<Uint8Array> {
  return formatNamed(format).write({ snapshot, old: old ?? null, notes: notesOf(snapshot) });
}

/** The change from `old` to `snapshot` in pprof's format, as Go programs serve it: its samples are the changes. */
export function encodeChange(snapshot: Snapshot, old: Snapshot): Uint8Array {
  return encodeDelta({ snapshot, old, notes: notesOf(snapshot) });
}

function notesOf({ capture, columns }: Snapshot): string[] {
  return coverageLines(capture, totalOf(columns).size);
}

/**
 * Writes a snapshot to a file of another format, which is there whole or not at all; a file that was there is replaced.
 *
 * @throws UsageError as `encode` does, and where the path does not tell the format; SnapshotFileError when it cannot be written
 */
export function exportTo(path: string, snapshot: Snapshot, { format, old }: ExportOptions = {}): void {
  writeFile(path, encode(snapshot, format ?? formatOfFilename(path).name, old && { old }));
}
