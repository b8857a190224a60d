import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { LaunchError } from '../../errors.js';
import { errorCode } from '../../protocol/error-text.js';
import { Caretaker } from './caretaker.js';
import { newFolderPath } from './left-folder.js';

/** The folder in which the processes of a followed program announce themselves. A caretaker removes it if we are killed. */
export class AnnouncementFolder {
  readonly path = newFolderPath();
  /** Does its tasks, then removes the folder. */
  readonly caretaker = new Caretaker();

  constructor() {
    this.caretaker.add('folder', { kind: 'folder', path: this.path });
    this.caretaker.guard(null);
    try {
      mkdirSync(this.path, { mode: 0o700 });
    } catch (error) {
      this.caretaker.end({ isLost: false });
      throw new LaunchError(
        `a program that is followed needs a folder, and none can be made in ${tmpdir()} (${errorCode(error)}); set TMPDIR to one that is there and can be written`,
        { cause: error },
      );
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
    this.caretaker.end({ isLost: false });
  }
}
