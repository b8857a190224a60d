import type { SnapshotParts } from '../../model/snapshot-parts.js';
import { decodeParts } from './decode-parts.js';
import { MAGIC } from './file-format.js';
import { type FileKind, readFramed } from './framed-file.js';
import type { InputFile } from './input-file.js';
import { CURRENT_VERSION, upgrade } from './upgrade.js';

export const SNAPSHOT_FILE: FileKind = { magic: MAGIC, version: CURRENT_VERSION, content: 'snapshot' };

/** @param readable names the kinds of file that the caller can read: `a .tmsnap` @throws SnapshotFileError */
export function loadSnapshot(input: InputFile, readable: string): SnapshotParts {
  return readFramed(input, SNAPSHOT_FILE, { readable, decode: (file, version) => decodeParts(upgrade(file, version)) });
}
