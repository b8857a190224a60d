import { type FSWatcher, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { ownNamespace } from '../../discovery/proc.js';
import { AnnouncementFolder } from '../cleanup/announcement-folder.js';
import type { Caretaker } from '../cleanup/caretaker.js';
import type { LaunchedLines } from '../isolate/line-scope.js';

const PRELOAD = fileURLToPath(new URL('../../tracing/preload/follow.cjs', import.meta.url));
/** For NODE_OPTIONS. The quotes allow a path with spaces. */
const OPTION = `"--require=${PRELOAD.replace(/["\\]/g, '\\$&')}"`;
/** With `http` Node does not write the inspector's address to stderr. */
const OPTIONS = `${OPTION} --inspect-publish-uid=http`;

const processName = { pid: z.int(), namespace: z.string() };

const announcement = z.object({
  ...processName,
  /** The closest followed ancestor; null for the program itself. */
  parent: z.nullable(z.object(processName)),
  argv: z.array(z.string()),
  version: z.string(),
  /** null if we cannot reach its inspector, because it is in another network. It runs already. */
  url: z.nullable(z.string()),
  wasOpen: z.boolean(),
});

/** What a process of a followed program says of itself. It is paused before its first line until `RELEASE` is evaluated in it. */
export type Announcement = z.output<typeof announcement>;

/** A process as it and its relatives name it: its pid in its own pid namespace. */
export type ProcessName = Pick<Announcement, 'pid' | 'namespace'>;

/** Lets a process run that has announced itself. */
export const RELEASE = 'void (globalThis.__node_tracemalloc_released__ = true)';

/** A file `<pid>-<namespace>.kill` says that another process is about to kill this one; see preload/ask-before-kill.cts. */
const KILL = /^(-?\d+)-(\d*)\.kill$/;
/** A process waits as long as it has a file of this name. */
const WAITS = '.waits';

export interface ProcessListener {
  /** @param release lets the process run if we cannot speak to it */
  readonly process: (process: Announcement, release: () => void) => void;
  /** The process is killed after this has resolved. Never rejects. @param process its pid as `process.kill` takes it: 0 or less names a group */
  readonly kill: (process: ProcessName) => Promise<void>;
}

/**
 * Meets every Node process that a program starts, directly or through others, before its first line. The processes announce themselves in a
 * folder that their environment names.
 */
export class ProcessTree {
  readonly #folder = new AnnouncementFolder();
  readonly #watcher: FSWatcher;
  readonly #on: ProcessListener;
  /** Files of processes that are about to be killed. */
  readonly #dying = new Set<string>();

  constructor(on: ProcessListener) {
    this.#on = on;
    this.#watcher = watch(this.#folder.path, () => this.#look());
    this.#watcher.on('error', () => {}); // somebody has removed the folder: no process is met any more
    this.#watcher.unref();
    process.once('exit', this.#removeFolder);
  }

  /** On guard as long as the folder is there. A process that waits for us runs when the folder is gone. */
  get caretaker(): Caretaker {
    return this.#folder.caretaker;
  }

  /** What the program's environment needs. */
  environment(
    { NODE_OPTIONS }: NodeJS.ProcessEnv,
    { execArgv: [option], env }: LaunchedLines,
    { isCommand }: { readonly isCommand: boolean },
  ): { NODE_OPTIONS: string; NODE_TRACEMALLOC_FOLLOW: string } {
    const lines = option === undefined ? null : { option, env };
    const orders = { folder: this.#folder.path, network: ownNamespace('net'), parent: null, options: OPTIONS, option: OPTION, lines };
    return {
      // A script gets the option for its lines as an argument. The Node processes of a command have no other way to get it.
      NODE_OPTIONS: [OPTIONS, NODE_OPTIONS, isCommand ? option : undefined].filter(Boolean).join(' '),
      NODE_TRACEMALLOC_FOLLOW: JSON.stringify(orders),
    };
  }

  /** Meets the processes that have announced themselves by now, and no others. */
  stop(): void {
    this.#watcher.close();
    this.#look();
  }

  /** After the stop. Processes that were not met, and those that start from now on, run without us. */
  remove(): void {
    process.off('exit', this.#removeFolder);
    this.#removeFolder();
  }

  readonly #removeFolder = () => this.#folder.remove();

  #look(): void {
    for (const name of names(this.#folder.path)) {
      const file = join(this.#folder.path, name);
      const [, pid, namespace = ''] = KILL.exec(name) ?? [];
      if (pid !== undefined) void this.#letDie(file, { pid: Number(pid), namespace });
      if (!name.endsWith('.json')) continue;
      const told = announcementIn(file);
      if (told) this.#on.process(told, () => rmSync(file.replace(/\.json$/, WAITS), { force: true }));
    }
  }

  /** The process that kills the other one waits until the file is gone. */
  async #letDie(file: string, killed: ProcessName): Promise<void> {
    if (this.#dying.has(file)) return;
    this.#dying.add(file);
    await this.#on.kill(killed);
    this.#dying.delete(file);
    rmSync(file, { force: true });
  }
}

/** Reads the announcement and removes its file; null if somebody else has removed the file, or wrote something else into it. */
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
    return []; // the folder was removed meanwhile
  }
}
