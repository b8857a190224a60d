import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputFileError } from '../../errors.js';
import { messageOf } from '../../protocol/error-text.js';
import { SHELL } from './spawn-helper.js';

/** A file without a name. Only processes that have it open can read it, and it disappears with the last of them. */
export class Journal {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** null if the temporary folder cannot be written, or if the system has no shell that could wait. */
  static open(folder = tmpdir()): Journal | null {
    if (!existsSync(SHELL)) return null;
    const path = join(folder, `node-tracemalloc-journal-${randomBytes(8).toString('hex')}`);
    try {
      const fd = openSync(path, 'ax+', 0o600);
      rmSync(path);
      return new Journal(fd);
    } catch {
      return null; // the caller tells its helper through a pipe instead
    }
  }

  /**
   * Writes the text before it returns, so that the text survives a controller that is killed right afterwards.
   * @throws OutputFileError if there is no space. The text is not in the journal then
   */
  append(text: string): void {
    const { size } = fstatSync(this.fd);
    try {
      for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(this.fd, rest));
    } catch (error) {
      ftruncateSync(this.fd, size); // half a line would hide those behind it
      throw new OutputFileError(
        `cannot note what must be undone in the program in ${tmpdir()}: ${messageOf(error)}; free some space there, or set TMPDIR to another folder`,
        { cause: error },
      );
    }
  }

  clear(): void {
    ftruncateSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}
