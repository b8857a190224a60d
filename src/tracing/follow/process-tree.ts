import { type FSWatcher, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { makeAnnouncementFolder } from '../cleanup/announcement-folder.js';
import type { LaunchedLines } from '../isolate/line-scope.js';

const PRELOAD = fileURLToPath(new URL('../preload/follow.cjs', import.meta.url));
/** In NODE_OPTIONS, where quotes keep a path with spaces together. */
const OPTION = `"--require=${PRELOAD.replace(/["\\]/g, '\\$&')}"`;
/** `http`: the inspector's address is not written to stderr. */
const OPTIONS = `${OPTION} --inspect-publish-uid=http`;

const announcement = z.object({
  pid: z.int(),
  /** The closest ancestor that is followed; null for the program itself. */
  parent: z.int().nullable(),
  argv: z.array(z.string()),
  version: z.string(),
  url: z.string(),
  wasOpen: z.boolean(),
});

/** What a process of a followed program says of itself. It waits for `RELEASE` before its first line. */
export type Announcement = z.output<typeof announcement>;

/** Lets a process go on that has announced itself. */
export const RELEASE = 'void (globalThis.__node_tracemalloc_released__ = true)';

/** Ends the name of a file that is named by the pid of a process which another one is about to kill; see preload/ask-before-kill.cts. */
const KILL = '.kill';

export interface ProcessListener {
  readonly process: (process: Announcement) => void;
  /** A process is killed when this has resolved; never rejects. @param pid as `process.kill` takes it: 0 and below stand for groups */
  readonly kill: (pid: number) => Promise<void>;
}

/**
 * Meets every Node process that a program starts, directly or through others, before its first line: they announce themselves in a folder of
 * ours, which their environment names.
 */
export class ProcessTree {
  readonly #folder = makeAnnouncementFolder();
  readonly #watcher: FSWatcher;
  readonly #on: ProcessListener;
  /** Files of those that are about to be killed. */
  readonly #dying = new Set<string>();

  constructor(on: ProcessListener) {
    this.#on = on;
    this.#watcher = watch(this.#folder, () => this.#look());
    this.#watcher.on('error', () => {}); // the folder was removed under us: nobody is met any more
    this.#watcher.unref();
    process.once('exit', this.#removeFolder);
  }

  /** To be removed when we are killed. */
  get folder(): string {
    return this.#folder;
  }

  /** What the program's environment needs. */
  environment(
    { NODE_OPTIONS }: NodeJS.ProcessEnv,
    { execArgv: [option], env }: LaunchedLines,
  ): { NODE_OPTIONS: string; NODE_TRACEMALLOC_FOLLOW: string } {
    const lines = option === undefined ? null : { option, env };
    const orders = { folder: this.#folder, controller: process.pid, parent: null, options: OPTIONS, option: OPTION, lines };
    return {
      NODE_OPTIONS: NODE_OPTIONS ? `${OPTIONS} ${NODE_OPTIONS}` : OPTIONS,
      NODE_TRACEMALLOC_FOLLOW: JSON.stringify(orders),
    };
  }

  /** Nobody is met any more; who has announced itself by now, is. */
  stop(): void {
    this.#watcher.close();
    this.#look();
  }

  /** After the stop: who was not met, and who starts from now on, runs without us. */
  remove(): void {
    process.off('exit', this.#removeFolder);
    this.#removeFolder();
  }

  readonly #removeFolder = () => rmSync(this.#folder, { recursive: true, force: true });

  #look(): void {
    for (const name of names(this.#folder)) {
      const file = join(this.#folder, name);
      if (name.endsWith(KILL)) void this.#letDie(file, Number.parseInt(name, 10));
      if (!name.endsWith('.json')) continue;
      const told = announcementIn(file);
      if (told) this.#on.process(told);
    }
  }

  /** Whoever kills it waits until the file is gone. */
  async #letDie(file: string, pid: number): Promise<void> {
    if (this.#dying.has(file)) return;
    this.#dying.add(file);
    await this.#on.kill(pid);
    this.#dying.delete(file);
    rmSync(file, { force: true });
  }
}

/** Takes it from its file; null where somebody else has cleared the folder up meanwhile, or wrote into it. */
function announcementIn(file: string): Announcement | null {
  try {
    const told = announcement.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return told.data ?? null;
  } catch {
    return null;
  } finally {
    rmSync(file, { force: true });
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // closed meanwhile
  }
}
