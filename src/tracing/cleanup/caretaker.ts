import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { OutputFileError } from '../../errors.js';
import type { CleanupTask, Message } from './cleanup-tasks.js';
import { Journal } from './journal.js';
import { spawnHelper, spawnShell, TITLE } from './spawn-helper.js';

const PROCESS = fileURLToPath(new URL('../../tracing/cleanup/caretaker-process.js', import.meta.url));

/** The shell waits for the end of the conversation. Unless the controller says that it has left the target, it becomes the caretaker's process. */
const WAIT = 'read -r word; [ "$word" = left ] && exit; delay=$1; shift; [ "$word" ] || sleep "$delay"; exec "$@" "$word"';

/**
 * If the controller is killed, its caretakers become Node one after the other: all at once they would take the processor from each other and from their
 * targets, and 43 MB each.
 */
const BETWEEN_STARTS_S = 0.2;
let onGuard = 0;

/** A connection to the inspector at `url`. */
export interface GuardedConnection {
  readonly url: string;
  readonly socket: Socket;
}

/**
 * Leaves a target for us if we are killed before we can. It takes tasks even before its process exists. The process of a conversation starts with the
 * connection and shares it, so that the connection does not break while the target still works for us. What begins before there is a connection, such
 * as the start of a program, has a caretaker without one. If we trace our own process, there is no caretaker process and tasks have no effect,
 * because the target ends with us.
 */
export class Caretaker {
  readonly #tasks = new Map<string, CleanupTask>();
  #process: ChildProcess | null = null;
  /** The messages to the process, except the last word; null if the process reads them from its stdin. */
  #journal: Journal | null = null;
  readonly #after: Caretaker | null;

  /** @param options `after`: a caretaker that has nothing left to do as soon as this one is on guard */
  constructor({ after = null }: { readonly after?: Caretaker | null | undefined } = {}) {
    this.#after = after;
  }

  /** Starts the process. @param connection null if there is none yet */
  guard(connection: GuardedConnection | null): void {
    this.#journal = process.platform === 'win32' ? null : Journal.open();
    this.#process = startProcess(connection, this.#journal, onGuard++ * BETWEEN_STARTS_S);
    for (const [name, task] of this.#tasks) this.#tell({ name, task });
    this.#after?.end({ isLost: false });
  }

  /**
   * Call it before the change is made.
   *
   * @param name identifies the task; a task of the same name is replaced
   * @throws OutputFileError if it cannot be written down: then do not make the change
   */
  add(name: string, task: CleanupTask): void {
    this.#tell({ name, task });
    this.#tasks.set(name, task);
  }

  /** Call it after the change was undone. */
  done(name: string): void {
    this.#tasks.delete(name);
    try {
      this.#tell({ name, task: null });
    } catch (error) {
      if (!(error instanceof OutputFileError)) throw error; // to undo it again does no harm
    }
  }

  /** The conversation is over, or what was to be guarded. Tasks remain only if the connection was lost, or could not be made. */
  end({ isLost }: { readonly isLost: boolean }): void {
    if (this.#process) onGuard--;
    this.#process?.stdin?.end(`${isLost ? 'lost' : 'left'}\n`);
    this.#process = null;
    this.#journal?.close();
    this.#journal = null;
  }

  #tell(message: Message): void {
    const line = `${JSON.stringify(message)}\n`;
    if (!this.#journal) this.#process?.stdin?.write(line);
    else if (message.task === null && this.#tasks.size === 0) this.#journal.clear();
    else this.#journal.append(line);
  }
}

/** @param delay in seconds, before it begins if we are killed */
function startProcess(connection: GuardedConnection | null, journal: Journal | null, delay: number): ChildProcess {
  const { url = '', socket = null } = connection ?? {};
  // Windows cannot pass sockets on this way.
  const shared = process.platform === 'win32' || socket === null ? 'ignore' : socket;
  const child = journal
    ? spawnShell(WAIT, {
        args: [delay.toFixed(1), process.execPath, TITLE, PROCESS, url],
        stdio: ['pipe', 'ignore', 'ignore', shared, journal.fd],
      })
    : spawnHelper(PROCESS, { args: [url], stdio: ['pipe', 'ignore', 'ignore', shared] });
  socket?.resume(); // Node has stopped reading a socket that it passes to a child
  child.on('error', () => {}); // no process could be started: if we are killed then, our changes stay
  child.stdin?.on('error', () => {});
  (child.stdin as (typeof child.stdin & { unref(): void }) | null)?.unref();
  return child;
}
