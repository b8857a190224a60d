import { randomBytes } from 'node:crypto';
import { lstatSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const PREFIX = 'node-tracemalloc-';
const RANDOM_BYTES = 8;
const NAME = new RegExp(`^${PREFIX}[0-9a-f]{${2 * RANDOM_BYTES}}$`);

/** Chosen before the folder is made, so that the caretaker knows of it in time. */
export function newFolderPath(): string {
  return join(tmpdir(), `${PREFIX}${randomBytes(RANDOM_BYTES).toString('hex')}`);
}

/** Removes the folder of a controller that was killed. Whatever `path` is, nothing else is removed. */
export function removeLeftFolder(path: string): void {
  try {
    const isOurs = NAME.test(basename(path)) && dirname(path) === resolve(tmpdir()) && lstatSync(path).isDirectory();
    if (isOurs) rmSync(path, { recursive: true, force: true });
  } catch {
    // The folder is gone, or belongs to another user. Nobody is left to be told.
  }
}
