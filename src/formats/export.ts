import { totalOf } from '../model/column-totals.js';
import { comparisonNotes } from '../report/text/comparison-notes.js';
import { coverageLines } from '../report/text/coverage.js';
import { labelNotes } from '../report/text/label-notes.js';
import { writeFile } from '../snapshot/file/atomic-write.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { encodeDelta } from './pprof.js';
import { formatNamed, formatOfFilename } from './registry.js';

export interface EncodeOptions {
  /** If given, the change since this older snapshot is written. */
  readonly old?: Snapshot;
}

export interface ExportOptions extends EncodeOptions {
  /** The name of the format. By default the path's extension decides. */
  readonly format?: string;
}

/**
 * Encodes a snapshot in another format. The parts of the file are made one by one as they are read.
 *
 * @param format the name of the format, such as `'pprof'`
 * @throws UsageError if the format is unknown or cannot hold a difference
 */
export function encode(snapshot: Snapshot, format: string, { old }: EncodeOptions = {}): Iterable<Uint8Array> {
  return formatNamed(format).write({ snapshot, old: old ?? null, notes: notesOf(snapshot, old) });
}

/** The change from `old` to `snapshot` as Go programs serve it in pprof's format: each sample is a change. */
export function encodeChange(snapshot: Snapshot, old: Snapshot): Uint8Array {
  return encodeDelta({ snapshot, old, notes: notesOf(snapshot, old) });
}

function notesOf(now: Snapshot, old: Snapshot | undefined): string[] {
  return [...(old ? comparisonNotes({ old, now }) : []), ...coverageLines(now.capture, totalOf(now.columns).size), ...labelNotes(now)];
}

/**
 * Writes a snapshot to a file in another format. The file is either complete or not there. It replaces an existing file.
 *
 * @throws UsageError as `encode` does, or if the path does not tell the format; SnapshotFileError if the file cannot be written
 */
export function exportTo(path: string, snapshot: Snapshot, { format, old }: ExportOptions = {}): void {
  writeFile(path, encode(snapshot, format ?? formatOfFilename(path).name, old && { old }));
}
