import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import * as zlib from 'node:zlib';
import { SnapshotFileError, UnsupportedError } from '../../errors.js';

/** In bytes. */
const CHUNK = 1 << 20;

/**
 * The content of a file, decompressed if it is compressed by gzip or zstd. The next chunk is read while the last one is used, so each is
 * valid until the next is asked for.
 *
 * @throws SnapshotFileError if the file cannot be read
 */
export async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const start = Buffer.alloc(4);
    await file.read(start, 0, 4, 0);
    const decompress = decompressorOf(start, path);
    if (decompress) yield* decompressed(path, decompress);
    else yield* plainChunks(file);
  } catch (error) {
    throw isSystemError(error) ? unreadable(path, error) : error;
  } finally {
    await file.close();
  }
}

async function* plainChunks(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)] as const;
  let position = 0;
  let pending = file.read(buffers[0], 0, CHUNK, position);
  try {
    for (let turn = 0; ; turn ^= 1) {
      const { bytesRead, buffer } = await pending;
      if (bytesRead === 0) return;
      position += bytesRead;
      pending = file.read(buffers[turn === 0 ? 1 : 0], 0, CHUNK, position);
      pending.catch(() => undefined); // reported when it is awaited
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await pending.catch(() => undefined); // the file may only be closed after it
  }
}

type Decompress = () => NodeJS.ReadWriteStream;

function decompressorOf(start: Buffer, path: string): Decompress | null {
  if (start[0] === 0x1f && start[1] === 0x8b) return zlib.createGunzip;
  if (start.readUInt32LE(0) !== 0xfd2f_b528) return null;
  const { createZstdDecompress } = zlib as { createZstdDecompress?: Decompress };
  if (createZstdDecompress === undefined)
    throw new UnsupportedError(`${path} is compressed by zstd, which Node reads from 22.15 on; decompress it first, or use a later Node`);
  return createZstdDecompress;
}

async function* decompressed(path: string, decompress: Decompress): AsyncGenerator<Uint8Array> {
  const input = createReadStream(path, { highWaterMark: CHUNK });
  const output = decompress();
  pipeline(input, output, () => undefined); // the error also arrives where the output is read
  for await (const chunk of output) yield chunk as unknown as Buffer;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error;
}

function unreadable(path: string, cause: unknown): SnapshotFileError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'no permission' }[code ?? ''] ?? message;
  return new SnapshotFileError(`${path} cannot be read: ${reason}; check the path`, { cause });
}
