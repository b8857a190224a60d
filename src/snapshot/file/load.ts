import { crc32 } from 'node:zlib';
import { $ZodError } from 'zod/v4/core';
import { SnapshotFileError } from '../../errors.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import { decodeParts } from './decode-parts.js';
import { LIMITS, MAGIC, OFFSET } from './file-format.js';
import type { InputFile } from './input-file.js';
import { CURRENT_VERSION, type RawFile, upgrade } from './upgrade.js';

/** Files that people give by mistake, by their first bytes. */
const FOREIGN_FILES: readonly { readonly start: readonly number[]; readonly hint: string }[] = [
  { start: [0x7b], hint: 'it looks like JSON; is it a .heapprofile with another name?' },
  { start: [0x1f, 0x8b], hint: 'it is compressed with gzip: a .heapprofile can be read, gunzip it first; a pprof profile cannot' },
  { start: [0x80], hint: "it looks like a Python pickle; Python's snapshots can only be read by Python" },
];

/** @param readable names the kinds of file that the caller can read: `a .tmsnap` @throws SnapshotFileError */
export function loadSnapshot(input: InputFile, readable: string): SnapshotParts {
  const bytes = input.bytes();
  try {
    checkMagic(bytes, readable);
    const { version, file } = openFile(bytes);
    return decodeParts(upgrade(file, version));
  } catch (cause) {
    throw new SnapshotFileError(`cannot load the snapshot ${input.path}: ${describe(cause)}`, { cause });
  }
}

class Problem extends Error {}

/** If the cause is no Problem, the checksum was right: the file was written with this fault. */
function describe(cause: unknown): string {
  if (cause instanceof Problem) return cause.message;
  const detail = cause instanceof $ZodError ? `${cause.issues[0]?.path.join('.')}: ${cause.issues[0]?.message}` : (cause as Error).message;
  return `its content contradicts itself (${detail}); save the snapshot again`;
}

function openFile(bytes: Uint8Array): { version: number; file: RawFile } {
  if (bytes.length < OFFSET.metadata) throw truncated(bytes.length, 'at least 28');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = view.getBigUint64(OFFSET.fileLength, true);
  if (BigInt(bytes.length) < expected) throw truncated(bytes.length, String(expected));
  const checksum = crc32(bytes.subarray(OFFSET.metadata), crc32(bytes.subarray(0, OFFSET.checksum)));
  if (BigInt(bytes.length) !== expected || checksum !== view.getUint32(OFFSET.checksum, true))
    throw new Problem('the file is damaged (its checksum does not fit); copy it again from where it was written');
  const version = view.getUint32(OFFSET.version, true);
  if (version > CURRENT_VERSION)
    throw new Problem(`it has format version ${version}, this node-tracemalloc reads up to ${CURRENT_VERSION}; update node-tracemalloc`);
  if (version === 0) throw new Problem('it has format version 0, which never was; save the snapshot again');
  const end = OFFSET.metadata + view.getUint32(OFFSET.metadataLength, true);
  if (end > Math.min(bytes.length, LIMITS.metadataBytes))
    throw new Problem('its metadata are longer than they can be; save the snapshot again');
  const metadata: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(OFFSET.metadata, end)));
  return { version, file: { metadata, sections: bytes.subarray(end) } };
}

function checkMagic(bytes: Uint8Array, readable: string): void {
  if (bytes.length === 0) throw new Problem(`the file is empty; give ${readable}`);
  const start = bytes.subarray(0, MAGIC.length);
  if (start.every((byte, i) => byte === MAGIC[i])) {
    if (start.length < MAGIC.length) throw truncated(bytes.length, 'at least 28');
    return;
  }
  const hint = FOREIGN_FILES.find((kind) => kind.start.every((byte, i) => byte === bytes[i]))?.hint;
  throw new Problem(`it is no snapshot file${hint ? ` (${hint})` : ''}; give ${readable}`);
}

function truncated(length: number, expected: string): Problem {
  return new Problem(`the file is truncated (${length} of ${expected} bytes); copy it again from where it was written`);
}
