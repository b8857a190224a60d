import { closeSync, constants, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { SnapshotFileError, TracemallocError } from '../../errors.js';
import { formatSize } from '../../text/size-format.js';

/** A file to read. The content of a pipe, which can be read only once, is in memory. */
export interface InputFile {
  /** As the caller gave it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
  /** The first `length` bytes, or all if there are fewer. */
  start(length: number): Uint8Array;
  bytes(): Uint8Array;
}

/** The longest JSON text that we read. A pipe does not say how much will come, and may never end. */
const MOST_PIPED_BYTES = 500_000_000;
const CHUNK_BYTES = 2 ** 20;
const POLL_MS = 10;
/** How long we wait for a writer. A shell opens both ends of a pipe at about the same time. */
const UNTIL_WRITER_MS = 3000;

/**
 * Opens a file, or a pipe (`<(…)`, `/dev/stdin`, a FIFO), which is read to its end at once.
 *
 * @throws SnapshotFileError that names the file, also if it is neither a file nor a pipe
 */
export function inputFile(path: string): InputFile {
  return withFileErrors(path, () => {
    const stats = statSync(path);
    if (stats.isFile()) return plainFile(path, stats);
    if (stats.isFIFO()) return pipedFile(path, readPipe(path));
    throw new SnapshotFileError(`${path} cannot be read: ${otherKind(stats)}`);
  });
}

function plainFile(path: string, { size, mtime }: Stats): InputFile {
  return {
    path,
    size,
    modified: mtime,
    start: (length) => withFileErrors(path, () => firstBytes(path, length)),
    bytes: () => withFileErrors(path, () => readFileSync(path)),
  };
}

function pipedFile(path: string, content: Uint8Array): InputFile {
  const start = (length: number) => content.subarray(0, length);
  return { path, size: content.length, modified: new Date(), start, bytes: () => content };
}

function otherKind(stats: Stats): string {
  if (stats.isDirectory()) return 'it is a folder; check the path';
  return `it is a ${stats.isSocket() ? 'socket' : 'device'}; give a file, or a pipe`;
}

function firstBytes(path: string, length: number): Uint8Array {
  const buffer = Buffer.alloc(length);
  const file = openSync(path, 'r');
  try {
    return buffer.subarray(0, readSync(file, buffer));
  } finally {
    closeSync(file);
  }
}

/** Opens the pipe without blocking: if nobody wrote to a FIFO, a blocking open would wait for ever and ignore Ctrl-C. */
function readPipe(path: string): Uint8Array {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readToEnd(file, path);
  } finally {
    closeSync(file);
  }
}

function readToEnd(file: number, path: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  const deadline = performance.now() + UNTIL_WRITER_MS;
  let length = 0;
  let hasWriter = false;
  for (;;) {
    const chunk = readChunk(file);
    hasWriter ||= chunk === 'later' || chunk.length > 0;
    if (chunk === 'later') pause();
    else if (chunk.length > 0) {
      chunks.push(chunk);
      length += chunk.length;
    } else if (hasWriter) return Buffer.concat(chunks);
    else if (performance.now() < deadline) pause();
    else throw new SnapshotFileError(`${path} cannot be read: it is a pipe to which nobody writes; give a file`);
    if (length > MOST_PIPED_BYTES)
      throw new SnapshotFileError(
        `${path} cannot be read: more than ${formatSize(MOST_PIPED_BYTES)} come through this pipe; write them to a file, and give that`,
      );
  }
}

/** @returns no bytes at the end of the pipe, `'later'` if its writer has written nothing more yet */
function readChunk(file: number): Uint8Array | 'later' {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    return Buffer.from(buffer.subarray(0, readSync(file, buffer)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 'later';
    throw error;
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
}

function withFileErrors<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TracemallocError) throw error;
    throw new SnapshotFileError(`${path} cannot be read: ${readFailureReason(error)}; check the path`, { cause: error });
  }
}

function readFailureReason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

/** By the system's code. The system's own message would repeat the path. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'that is not permitted',
};
