import { crc32 } from 'node:zlib';
import { $ZodError } from 'zod/v4/core';
import { SnapshotFileError } from '../../errors.js';
import { LIMITS, OFFSET } from './file-format.js';
import type { InputFile } from './input-file.js';
import type { RawFile } from './upgrade.js';

/** A kind of file that we write. All kinds have the frame that file-format.ts describes. */
export interface FileKind {
  /** The first 8 bytes. */
  readonly magic: Uint8Array;
  /** The version that we write, and the latest that we read. */
  readonly version: number;
  /** In an error: `snapshot`. */
  readonly content: string;
}

/** Files that people give by mistake, by their first bytes. */
const FOREIGN_FILES: readonly { readonly start: readonly number[]; readonly hint: string }[] = [
  { start: [0x89, 0x54, 0x4d, 0x53, 0x4e], hint: 'it is a snapshot' },
  { start: [0x89, 0x54, 0x4d, 0x53, 0x45], hint: 'it is a series of snapshots' },
  { start: [0x7b], hint: 'it looks like JSON; is it a .heapprofile with another name?' },
  { start: [0x1f, 0x8b], hint: 'it is compressed with gzip: a .heapprofile can be read, gunzip it first; a pprof profile cannot' },
  { start: [0x80], hint: "it looks like a Python pickle; Python's snapshots can only be read by Python" },
];

/**
 * Opens the frame of a file and decodes what it holds.
 *
 * @param readable names the kinds of file that the caller can read: `a .tmsnap`
 * @throws SnapshotFileError
 */
export function readFramed<T>(input: InputFile, kind: FileKind, { readable, decode }: Reader<T>): T {
  const bytes = input.bytes();
  try {
    checkMagic(bytes, kind, readable);
    const { version, file } = openFile(bytes, kind);
    return decode(file, version);
  } catch (cause) {
    throw new SnapshotFileError(`cannot load the ${kind.content} ${input.path}: ${describe(cause, kind)}`, { cause });
  }
}

/**
 * Decodes the metadata alone, which stand at the beginning of a file: a small part of it. The checksum is not checked, because that takes the whole file.
 *
 * @throws SnapshotFileError
 */
export function readMetadata<T>(input: InputFile, kind: FileKind, { readable, decode }: Reader<T>): T {
  const start = input.start(USUAL_METADATA);
  try {
    checkMagic(start, kind, readable);
    if (start.length < OFFSET.metadata) throw truncated(start.length, 'at least 28');
    const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
    const expected = view.getBigUint64(OFFSET.fileLength, true);
    if (BigInt(input.size) < expected) throw truncated(input.size, String(expected));
    const version = checkedVersion(view, kind);
    const end = metadataEnd(view, input.size, kind);
    const bytes = end <= start.length ? start : input.start(end);
    return decode({ metadata: metadataIn(bytes, end), sections: new Uint8Array(0) }, version);
  } catch (cause) {
    throw new SnapshotFileError(`cannot load the ${kind.content} ${input.path}: ${describe(cause, kind)}`, { cause });
  }
}

/** Bytes that hold the metadata of most files. */
const USUAL_METADATA = 8192;

interface Reader<T> {
  readonly readable: string;
  /** Throws if the parts of the file contradict each other; the error shows its message. */
  readonly decode: (file: RawFile, version: number) => T;
}

/** The parts of a file. @param metadata a value for JSON */
export function frameFile({ magic, version }: FileKind, metadata: unknown, sections: readonly Uint8Array[]): Uint8Array[] {
  const text = new TextEncoder().encode(JSON.stringify(metadata));
  const head = new Uint8Array(OFFSET.metadata);
  const view = new DataView(head.buffer);
  const body = [text, ...sections];
  head.set(magic);
  view.setUint32(OFFSET.version, version, true);
  view.setUint32(OFFSET.metadataLength, text.length, true);
  view.setBigUint64(OFFSET.fileLength, BigInt(body.reduce((sum, part) => sum + part.length, head.length)), true);
  const checksum = body.reduce((sum, part) => crc32(part, sum), crc32(head.subarray(0, OFFSET.checksum)));
  view.setUint32(OFFSET.checksum, checksum, true);
  return [head, ...body];
}

class Problem extends Error {}

/** If the cause is no Problem, the checksum was right: the file was written with this fault. */
function describe(cause: unknown, { content }: FileKind): string {
  if (cause instanceof Problem) return cause.message;
  const detail = cause instanceof $ZodError ? `${cause.issues[0]?.path.join('.')}: ${cause.issues[0]?.message}` : (cause as Error).message;
  return `its content contradicts itself (${detail}); save the ${content} again`;
}

function openFile(bytes: Uint8Array, kind: FileKind): { version: number; file: RawFile } {
  if (bytes.length < OFFSET.metadata) throw truncated(bytes.length, 'at least 28');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = view.getBigUint64(OFFSET.fileLength, true);
  if (BigInt(bytes.length) < expected) throw truncated(bytes.length, String(expected));
  const checksum = crc32(bytes.subarray(OFFSET.metadata), crc32(bytes.subarray(0, OFFSET.checksum)));
  if (BigInt(bytes.length) !== expected || checksum !== view.getUint32(OFFSET.checksum, true))
    throw new Problem('the file is damaged (its checksum does not fit); copy it again from where it was written');
  const version = checkedVersion(view, kind);
  const end = metadataEnd(view, bytes.length, kind);
  return { version, file: { metadata: metadataIn(bytes, end), sections: bytes.subarray(end) } };
}

function checkedVersion(view: DataView, { version: latest, content }: FileKind): number {
  const version = view.getUint32(OFFSET.version, true);
  if (version > latest)
    throw new Problem(`it has format version ${version}, this node-tracemalloc reads up to ${latest}; update node-tracemalloc`);
  if (version === 0) throw new Problem(`it has format version 0, which never was; save the ${content} again`);
  return version;
}

function metadataEnd(view: DataView, fileLength: number, { content }: FileKind): number {
  const end = OFFSET.metadata + view.getUint32(OFFSET.metadataLength, true);
  if (end > Math.min(fileLength, LIMITS.metadataBytes))
    throw new Problem(`its metadata are longer than they can be; save the ${content} again`);
  return end;
}

function metadataIn(bytes: Uint8Array, end: number): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(OFFSET.metadata, end)));
}

function checkMagic(bytes: Uint8Array, { magic, content }: FileKind, readable: string): void {
  if (bytes.length === 0) throw new Problem(`the file is empty; give ${readable}`);
  const start = bytes.subarray(0, magic.length);
  if (start.every((byte, i) => byte === magic[i])) {
    if (start.length < magic.length) throw truncated(bytes.length, 'at least 28');
    return;
  }
  const hint = FOREIGN_FILES.find((kind) => kind.start.every((byte, i) => byte === bytes[i]))?.hint;
  throw new Problem(`it is no ${content} file${hint ? ` (${hint})` : ''}; give ${readable}`);
}

function truncated(length: number, expected: string): Problem {
  return new Problem(`the file is truncated (${length} of ${expected} bytes); copy it again from where it was written`);
}
