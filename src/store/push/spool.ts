import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SnapshotFileError, TracemallocError } from '../../errors.js';
import { writeFailureReason } from '../../snapshot/file/atomic-write.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import { identityOf, resourceOfIdentity } from '../identity.js';
import { profileId } from '../profile-id.js';
import type { Profile } from '../store.js';

/** A profile that waits in the spool. */
export interface Spooled {
  readonly file: string;
  readonly profile: Profile;
}

interface SpoolOptions {
  /** Bytes of all files together. */
  readonly mostBytes: number;
  readonly onNotice: (notice: string) => void;
}

const KIND = '.tmsnap';

/**
 * A folder with the profiles that a store does not have yet. It survives the end of the process: whoever pushes to the same store next sends what is
 * left. Several may use one folder, because a store counts a profile once.
 */
export class Spool {
  readonly #folder: string;
  readonly #options: SpoolOptions;

  constructor(folder: string, options: SpoolOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Drops the oldest profiles if there is no more room. @throws SnapshotFileError */
  add({ identity, snapshot }: Profile): void {
    const { capture } = snapshot;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new SnapshotFileError(`cannot make the spool ${this.#folder}: ${writeFailureReason(cause)}`, { cause });
    }
    const time = new Date(capture.time).toISOString().replace(/[-:]/g, '');
    const own = new Snapshot({ ...snapshot, capture: { ...capture, resource: resourceOfIdentity(identity) } });
    own.dump(join(this.#folder, `${time}-${profileId(identity, capture.time)}${KIND}`), { followLinks: false });
    this.#keepWithinLimit();
  }

  /** Up to so many profiles, the oldest first. A file that is damaged is removed, and named. */
  oldest(most: number): Spooled[] {
    const found: Spooled[] = [];
    for (const file of this.#files()) {
      if (found.length === most) break;
      const profile = this.#load(file);
      if (profile) found.push({ file, profile });
    }
    return found;
  }

  /** Removes what a store has. */
  remove(spooled: readonly Spooled[]): void {
    for (const { file } of spooled) rmSync(join(this.#folder, file), { force: true });
  }

  get length(): number {
    return this.#files().length;
  }

  #load(file: string): Profile | null {
    const path = join(this.#folder, file);
    try {
      const snapshot = Snapshot.load(path);
      return { identity: identityOf(snapshot.capture.resource ?? {}, snapshot.capture), snapshot };
    } catch (error) {
      if (!(error instanceof TracemallocError)) throw error;
      if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null; // another one has sent it
      rmSync(path, { force: true });
      this.#options.onNotice(`a profile in the spool is lost: ${error.message}`);
      return null;
    }
  }

  #keepWithinLimit(): void {
    const sizes = this.#files().map((file) => ({ file, bytes: sizeOf(join(this.#folder, file)) }));
    let bytes = sizes.reduce((sum, one) => sum + one.bytes, 0);
    let dropped = 0;
    for (const { file, bytes: own } of sizes.slice(0, -1)) {
      if (bytes <= this.#options.mostBytes) break;
      rmSync(join(this.#folder, file), { force: true });
      bytes -= own;
      dropped++;
    }
    if (dropped > 0)
      this.#options.onNotice(
        `the spool ${this.#folder} is full: the ${dropped === 1 ? 'oldest profile is' : `${dropped} oldest profiles are`} lost`,
      );
  }

  /** By their names, which begin with the time. */
  #files(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith(KIND) && !name.startsWith('.'))
        .sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
