import { closeSync, openSync, readSync } from 'node:fs';
import { snapshotOfProfile } from '../collect/profile-file.js';
import { SnapshotFileError } from '../errors.js';
import { messageOf } from '../protocol/thrown.js';
import { Snapshot } from '../snapshot/snapshot.js';

/** Opens a snapshot file or a profile of Chrome's, told apart by their content: a profile is JSON, and a snapshot file never starts so. */
export function openFile(path: string): Snapshot {
  return /^\s*\{/.test(beginning(path)) ? snapshotOfProfile(path) : Snapshot.load(path);
}

function beginning(path: string): string {
  const buffer = Buffer.alloc(64);
  try {
    const file = openSync(path, 'r');
    try {
      return buffer.toString('latin1', 0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new SnapshotFileError(`${path} cannot be read: ${messageOf(error)}; check the path`, {
      cause: error,
    });
  }
}
