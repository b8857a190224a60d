import type { SnapshotParts } from '../../model/snapshot-parts.js';
import type { CaptureInfo } from '../../model/trace-columns.js';
import { IN_ENGLISH } from '../../text/schema-messages.js';
import { decodeParts } from './decode-parts.js';
import { MAGIC, metadataSchema } from './file-format.js';
import { type FileKind, readFramed, readMetadata } from './framed-file.js';
import type { InputFile } from './input-file.js';
import { CURRENT_VERSION, upgrade } from './upgrade.js';

export const SNAPSHOT_FILE: FileKind = { magic: MAGIC, version: CURRENT_VERSION, content: 'snapshot' };

/** @param readable names the kinds of file that the caller can read: `a .tmsnap` @throws SnapshotFileError */
export function loadSnapshot(input: InputFile, readable: string): SnapshotParts {
  return readFramed(input, SNAPSHOT_FILE, { readable, decode: (file, version) => decodeParts(upgrade(file, version)) });
}

/** Reads how a snapshot was captured, from the beginning of its file. Damage further on is not noticed. @throws SnapshotFileError */
export function loadCapture(input: InputFile): CaptureInfo {
  return readMetadata(input, SNAPSHOT_FILE, {
    readable: 'a .tmsnap',
    decode: (file, version) => metadataSchema.parse(upgrade(file, version).metadata, IN_ENGLISH).capture,
  });
}
