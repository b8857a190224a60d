import { closeSync, openSync, readSync } from 'node:fs';
import { SnapshotFileError } from '../errors.js';
import { SNIFFED_BYTES } from '../formats/format.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { FORMATS, formatOfContent } from './formats.js';

/**
 * Opens a snapshot file, or a file of another format that can be read. They are told apart by their content, whatever they are called.
 *
 * @throws SnapshotFileError, BadProfileError; both name the file
 */
export function openFile(path: string): Snapshot {
  const format = formatOfContent(beginning(path));
  if (!format) return Snapshot.load(path);
  if (format.read) return format.read(path);
  const readable = FORMATS.filter(({ read }) => read).map(({ extensions: [usual] }) => `a ${usual}`);
  throw new SnapshotFileError(
    `${path} cannot be read: it is ${format.description}, which can be written only; give a .tmsnap or ${readable.join(' or ')}`,
  );
}

function beginning(path: string): Uint8Array {
  const buffer = Buffer.alloc(SNIFFED_BYTES);
  try {
    const file = openSync(path, 'r');
    try {
      return buffer.subarray(0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new SnapshotFileError(`${path} cannot be read: ${whyNot(error)}; check the path`, { cause: error });
  }
}

function whyNot(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

/** By the system's code; its own words say the path again. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'that is not permitted',
};
