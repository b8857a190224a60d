import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { SnapshotFileError } from '../../errors.js';
import { formatSize } from '../../text/size-format.js';

/** The longest JSON text that we read. A pipe does not say how much will come, and may never end. */
const MOST_PIPED_BYTES = 500_000_000;
const CHUNK_BYTES = 2 ** 20;
const POLL_MS = 10;
/** How long we wait for a writer or a reader. A shell opens both ends of a pipe at about the same time. */
const UNTIL_OTHER_END_MS = 3000;
/** How long a reader may read nothing while we write. */
const LONGEST_PAUSE_MS = 10_000;

/**
 * Reads a pipe to its end. Opens it without blocking: if nobody wrote to a FIFO, a blocking open would wait for ever and ignore Ctrl-C.
 *
 * @throws SnapshotFileError if nobody writes to it, or if too much comes
 */
export function readPipe(path: string): Uint8Array {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readToEnd(file, path);
  } finally {
    closeSync(file);
  }
}

function readToEnd(file: number, path: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  const deadline = performance.now() + UNTIL_OTHER_END_MS;
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
    if (codeOf(error) === 'EAGAIN') return 'later';
    throw error;
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
}

/**
 * Writes to a pipe. Opens it without blocking, because a FIFO that nobody reads would hold us for ever.
 *
 * @throws SnapshotFileError if nobody reads it
 */
export function writeToPipe(path: string, parts: Iterable<Uint8Array>): void {
  const file = openForReader(path);
  try {
    for (const part of parts) writeAsRead(file, part, path);
  } finally {
    closeSync(file);
  }
}

function openForReader(path: string): number {
  for (const deadline = performance.now() + UNTIL_OTHER_END_MS; ; pause()) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (codeOf(error) !== 'ENXIO') throw error;
      if (performance.now() > deadline) throw unread(path);
    }
  }
}

function writeAsRead(file: number, part: Uint8Array, path: string): void {
  let deadline = performance.now() + LONGEST_PAUSE_MS;
  for (let written = 0; written < part.length; ) {
    try {
      written += writeSync(file, part, written, Math.min(part.length - written, CHUNK_BYTES));
      deadline = performance.now() + LONGEST_PAUSE_MS;
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      if (performance.now() > deadline) throw unread(path);
      pause();
    }
  }
}

function unread(path: string): SnapshotFileError {
  return new SnapshotFileError(`cannot write ${path}: it is a pipe that nobody reads; give a file`);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
