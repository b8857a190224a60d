import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SnapshotFileError, TracemallocError } from '../../errors.js';

/**
 * Writes a file whole or not at all.
 *
 * @param what for the message of an error: `save the snapshot to`
 * @throws SnapshotFileError; an old file at `path` is then untouched
 */
export function writeFile(path: string, parts: Iterable<Uint8Array>, what = 'write'): void {
  try {
    writeAtomically(path, parts);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined || cause instanceof TracemallocError) throw cause; // not from writing, but from making the parts
    throw new SnapshotFileError(`cannot ${what} ${path}: ${writeFailureReason(cause)}`, { cause });
  }
}

/**
 * Writes and syncs a temporary file, and renames it over the old one. It is in the same folder, because a rename does not cross file systems. A
 * device or a pipe is written to directly, because a rename would replace `/dev/null` for everybody.
 */
function writeAtomically(path: string, parts: Iterable<Uint8Array>): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isFile()) writeParts(path, parts);
  else replaceFile(found ? realpathSync(path) : path, parts);
}

function replaceFile(path: string, parts: Iterable<Uint8Array>): void {
  const { randomBytes } = process.getBuiltinModule('node:crypto'); // loading it takes 3 ms, which a command that only reads should not spend
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    writeParts(temporary, parts, 'wx');
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeParts(path: string, parts: Iterable<Uint8Array>, flags: 'w' | 'wx' = 'w'): void {
  const file = openSync(path, flags);
  try {
    for (const part of parts) writeFully(file, part);
    if (flags === 'wx') fsyncSync(file); // pipes and devices refuse it
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
