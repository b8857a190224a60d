import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
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

const WAITING = '.tmsnap';
const SET_ASIDE = `${WAITING}.refused`;

/**
 * A folder with the profiles that a store does not have yet. It survives the end of the process: whoever pushes to the same store next sends what is
 * left. Several may use one folder, because a store counts a profile once. Profiles that can never be stored are kept under another name, while there
 * is room.
 */
export class Spool {
  readonly #folder: string;
  readonly #options: SpoolOptions;

  constructor(folder: string, options: SpoolOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** If there is no more room, drops the profiles that were set aside, then the oldest. @throws SnapshotFileError */
  add({ identity, snapshot }: Profile): void {
    const { capture } = snapshot;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new SnapshotFileError(`cannot make the spool ${this.#folder}: ${writeFailureReason(cause)}`, { cause });
    }
    const time = new Date(capture.time).toISOString().replace(/[-:]/g, '');
    const own = new Snapshot({ ...snapshot, capture: { ...capture, resource: resourceOfIdentity(identity) } });
    own.dump(join(this.#folder, `${time}-${profileId(identity, capture.time)}${WAITING}`), { followLinks: false });
    this.#keepWithinLimit();
  }

  /** Up to so many profiles, the oldest first, except these files. A file that cannot be read is set aside. */
  oldest(most: number, except: ReadonlySet<string> = new Set()): Spooled[] {
    const found: Spooled[] = [];
    for (const file of this.#files(WAITING)) {
      if (found.length === most) break;
      if (except.has(file)) continue;
      const profile = this.#load(file);
      if (profile) found.push({ file, profile });
    }
    return found;
  }

  /** Removes what a store has. */
  remove(spooled: readonly Spooled[]): void {
    for (const { file } of spooled) rmSync(join(this.#folder, file), { force: true });
  }

  /** Keeps the file of a profile that can never be stored under a name that is not sent again, and says so. @param why one clause */
  setAside(file: string, why: string): void {
    const path = join(this.#folder, file);
    const kept = `${path.slice(0, -WAITING.length)}${SET_ASIDE}`;
    try {
      renameSync(path, kept);
    } catch (error) {
      if (isMissing(error)) return; // another one has sent it, or set it aside
      throw error;
    }
    this.#options.onNotice(`${why}; it is not sent again, and kept as ${kept} while the spool has room`);
  }

  /** How many profiles wait. */
  get length(): number {
    return this.#files(WAITING).length;
  }

  #load(file: string): Profile | null {
    const path = join(this.#folder, file);
    try {
      const snapshot = Snapshot.load(path);
      return { identity: identityOf(snapshot.capture.resource ?? {}, snapshot.capture), snapshot };
    } catch (error) {
      if (!(error instanceof TracemallocError) || isShortage(error.cause)) throw error;
      if (isMissing(error.cause)) return null; // another one has sent it
      this.setAside(file, `a profile in the spool cannot be sent: ${error.message}`);
      return null;
    }
  }

  /** What was set aside is dropped first, and the newest profile never. */
  #keepWithinLimit(): void {
    const sizes = [...this.#files(SET_ASIDE), ...this.#files(WAITING)].map((file) => ({ file, bytes: sizeOf(join(this.#folder, file)) }));
    let bytes = sizes.reduce((sum, one) => sum + one.bytes, 0);
    let dropped = 0;
    for (const { file, bytes: own } of sizes.slice(0, -1)) {
      if (bytes <= this.#options.mostBytes) break;
      rmSync(join(this.#folder, file), { force: true });
      bytes -= own;
      if (file.endsWith(WAITING)) dropped++;
    }
    if (dropped > 0)
      this.#options.onNotice(
        `the spool ${this.#folder} is full: the ${dropped === 1 ? 'oldest profile is' : `${dropped} oldest profiles are`} lost`,
      );
  }

  /** By their names, which begin with the time. */
  #files(kind: string): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith(kind) && !name.startsWith('.'))
        .sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

/** Whether the file may be read later: this process has no room for it now. */
function isShortage(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'ENOMEM'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
