import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SnapshotFileError, TracemallocError } from '../../errors.js';
import { writeToPipe } from './pipe.js';

export interface WriteOptions {
  /** For the message of an error: `save the snapshot to`. */
  readonly what?: string;
  /** Whether a symbolic link at the path is followed (default), or replaced. The system's own links, such as `/dev/stdout`, are always followed. */
  readonly followLinks?: boolean;
}

/**
 * Writes a file whole or not at all. A new file can be read by its owner only, because it tells about the program's inside. A file that is replaced
 * passes its mode on.
 *
 * @throws SnapshotFileError; an old file at `path` is then untouched
 */
export function writeFile(path: string, parts: Iterable<Uint8Array>, { what = 'write', followLinks = true }: WriteOptions = {}): void {
  try {
    if (followLinks || SYSTEM_LINK.test(path)) writeThroughLink(path, parts);
    else writeInPlace(path, parts);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined || cause instanceof TracemallocError) throw cause; // not from writing, but from making the parts
    throw new SnapshotFileError(`cannot ${what} ${path}: ${writeFailureReason(cause)}`, { cause });
  }
}

/** Matches paths at which links are the system's own: what `/dev/stdout` and `/dev/fd/3` lead to cannot be replaced. */
export const SYSTEM_LINK = /^\/(dev|proc)\//;
/** Read and write, for the owner only. */
const PRIVATE = 0o600;

function writeThroughLink(path: string, parts: Iterable<Uint8Array>): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isFile()) writeDirectly(path, parts, found);
  else replaceFile(found ? realpathSync(path) : path, parts, found);
}

function writeInPlace(path: string, parts: Iterable<Uint8Array>): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isFile() && !found.isSymbolicLink()) writeDirectly(path, parts, found);
  else replaceFile(path, parts, found);
}

/**
 * Writes and syncs a temporary file, and renames it over what has the name, which may be a link. It is in the same folder, because a rename does not
 * cross file systems.
 */
function replaceFile(path: string, parts: Iterable<Uint8Array>, found: Stats | undefined): void {
  const temporary = temporaryBeside(path);
  try {
    const file = openSync(temporary, 'wx', PRIVATE);
    try {
      for (const part of parts) writeFully(file, part);
      if (found?.isFile()) fchmodSync(file, found.mode & 0o777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A new name in the folder of the file. */
export function temporaryBeside(path: string): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto'); // loading it takes 3 ms, which a command that only reads should not spend
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
}

/** A device or a pipe is written to directly, because a rename would replace `/dev/null` for everybody. */
function writeDirectly(path: string, parts: Iterable<Uint8Array>, found: Stats): void {
  if (found.isFIFO()) {
    writeToPipe(path, parts);
    return;
  }
  const file = openSync(path, 'w');
  try {
    for (const part of parts) writeFully(file, part);
  } finally {
    closeSync(file);
  }
}

function writeFully(file: number, part: Uint8Array): void {
  for (let written = 0; written < part.length; ) written += writeSync(file, part, written);
}

/** Why the system refuses to write a file, and what the user can do. */
export function writeFailureReason(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? `${message}; choose a place that can be written`;
}

/** By the system's code. The system's own message would name the temporary file. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder; make it, or choose another place',
  ENOTDIR: 'there is no such folder; make it, or choose another place',
  ENOSPC: 'the disk is full; make room, or choose another place',
  EDQUOT: 'the disk is full; make room, or choose another place',
  EISDIR: 'it is a folder; choose a name in it',
  EACCES: 'that is not permitted; choose another place',
  EPERM: 'that is not permitted; choose another place',
  EROFS: 'it can only be read; choose another place',
  ENAMETOOLONG: 'the name is too long; choose another',
};
