import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SnapshotFileError, TracemallocError } from '../../errors.js';

/** @param what is done, for the error: `save the snapshot to` @throws SnapshotFileError; a file that was at `path` is then untouched */
export function writeFile(path: string, parts: Iterable<Uint8Array>, what = 'write'): void {
  try {
    writeAtomically(path, parts);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined || cause instanceof TracemallocError) throw cause; // of what makes the parts
    throw new SnapshotFileError(`cannot ${what} ${path}: ${whyNot(cause)}`, { cause });
  }
}

/**
 * Writes a file that is there whole or not at all: to a temporary file in the same folder (a rename does not cross file systems), synced,
 * then renamed over the old one. A device or a pipe is written to as it stands: a rename would replace `/dev/null` for everybody.
 */
function writeAtomically(path: string, parts: Iterable<Uint8Array>): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isFile()) writeParts(path, parts);
  else replaceFile(found ? realpathSync(path) : path, parts);
}

function replaceFile(path: string, parts: Iterable<Uint8Array>): void {
  const { randomBytes } = process.getBuiltinModule('node:crypto'); // 3 ms, which a command that only reads does not pay
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

/** Why the system refuses to write a file, and what to do. */
export function whyNot(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? `${message}; choose a place that can be written`;
}

/** By the system's code; its own words name the temporary file. */
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
