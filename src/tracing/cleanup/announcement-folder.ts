import { lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { LaunchError } from '../../errors.js';
import { errorCode } from '../../protocol/error-text.js';

const PREFIX = 'node-tracemalloc-';
/** The names of these folders. mkdtemp adds six characters to the prefix. */
const NAME = new RegExp(`^${PREFIX}[A-Za-z0-9]{6}$`);

/** Makes the folder in which the processes of a followed program announce themselves. */
export function makeAnnouncementFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), PREFIX));
  } catch (error) {
    throw new LaunchError(
      `a program that is followed needs a folder, and none can be made in ${tmpdir()} (${errorCode(error)}); set TMPDIR to one that is there and can be written`,
      { cause: error },
    );
  }
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
