import { type FileHandle, open } from 'node:fs/promises';
import { type Duplex, pipeline, Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { BadProfileError, SnapshotFileError, UnsupportedError } from '../../errors.js';

/** In bytes. */
const CHUNK = 1 << 20;
const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

type OnProgress = (bytes: number, size: number) => void;

/**
 * The content of a file, decompressed if it is compressed by gzip or zstd. The next chunk is read while the last one is used, so each is
 * valid until the next is asked for.
 *
 * @throws SnapshotFileError if the file cannot be read, BadProfileError if it cannot be decompressed, UnsupportedError if Node cannot do that
 */
export async function* chunksOf(path: string, onProgress: OnProgress = () => undefined): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { size } = await file.stat();
    const chunks = plainChunks(file, (bytes) => onProgress(bytes, size));
    const first = await chunks.next();
    if (!first.done) yield* plainOrDecompressed(resumed(first.value, chunks), decompressorOf(first.value, path));
  } catch (error) {
    throw isSystemError(error) ? unreadable(path, error) : error;
  } finally {
    await file.close();
  }
}

async function* plainChunks(file: FileHandle, onProgress: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)] as const;
  let done = 0;
  let pending = file.read(buffers[0], 0, CHUNK, null); // without a position, so that a pipe can be read, too
  try {
    for (let turn = 0; ; turn ^= 1) {
      const { bytesRead, buffer } = await pending;
      if (bytesRead === 0) return;
      done += bytesRead;
      pending = file.read(buffers[turn === 0 ? 1 : 0], 0, CHUNK, null);
      pending.catch(() => undefined); // reported when it is awaited
      yield buffer.subarray(0, bytesRead);
      onProgress(done);
    }
  } finally {
    await pending.catch(() => undefined); // the file may only be closed after it
  }
}

async function* resumed(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

type Decompress = () => Duplex;

function decompressorOf(start: Uint8Array, path: string): Decompress | null {
  if (startsWith(start, GZIP)) return zlib.createGunzip;
  if (!startsWith(start, ZSTD)) return null;
  const { createZstdDecompress } = zlib as { createZstdDecompress?: Decompress };
  if (createZstdDecompress === undefined)
    throw new UnsupportedError(`${path} is compressed by zstd, which Node reads from 22.15 on; decompress it first, or use a later Node`);
  return createZstdDecompress;
}

async function* plainOrDecompressed(chunks: AsyncIterable<Uint8Array>, decompress: Decompress | null): AsyncGenerator<Uint8Array> {
  if (decompress === null) return yield* chunks;
  // A copy, because the decompressor may still work on a chunk when the next is read.
  const copies = Readable.from(copied(chunks), { highWaterMark: 1 });
  const output = decompress();
  pipeline(copies, output, () => undefined); // the error arrives where the output is read
  try {
    for await (const chunk of output) yield chunk as Buffer;
  } catch (error) {
    if (isSystemError(error) || !/^(Z_|ZSTD_|ERR_)/.test(String((error as NodeJS.ErrnoException).code))) throw error;
    throw new BadProfileError(`it cannot be decompressed: ${(error as Error).message}`, { cause: error });
  }
}

async function* copied(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return /^E[A-Z]+$/.test(String((error as NodeJS.ErrnoException).code));
}

function unreadable(path: string, cause: unknown): SnapshotFileError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'no permission' }[code ?? ''] ?? message;
  return new SnapshotFileError(`${path} cannot be read: ${reason}; check the path`, { cause });
}
