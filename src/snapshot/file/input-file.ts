import { closeSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { SnapshotFileError, TracemallocError } from '../../errors.js';
import { readPipe } from './pipe.js';

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
