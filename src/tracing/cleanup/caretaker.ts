import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { CleanupTask, Message } from './cleanup-tasks.js';
import { spawnHelper } from './spawn-helper.js';

const PROCESS = fileURLToPath(new URL('../../tracing/cleanup/caretaker-process.js', import.meta.url));

/** A connection to the inspector at `url`. */
export interface GuardedConnection {
  readonly url: string;
  readonly socket: Socket;
}

/**
 * Leaves a target for us if we are gone before we could. It exists before the connection does, and takes tasks from then on. Its process
 * starts with the connection, which it shares, so that the connection does not break while the target works for us. Without a connection
 * to another process there is no such process, and tasks have no effect: our own process ends with us.
 */
export class Caretaker {
  /** Tasks that were added before the process was started. */
  readonly #early = new Map<string, CleanupTask>();
  #process: ChildProcess | null = null;

  /** Starts the process. */
  guard(connection: GuardedConnection): void {
    this.#process = startProcess(connection);
    for (const [name, task] of this.#early) this.#tell({ name, task });
    this.#early.clear();
  }

  /** Call it before the change is made. @param name tells this task from others; a task of the same name is replaced */
  add(name: string, task: CleanupTask): void {
    if (this.#process === null) this.#early.set(name, task);
    else this.#tell({ name, task });
  }

  /** Call it after the change was undone. */
  done(name: string): void {
    this.#early.delete(name);
    this.#tell({ name, task: null });
  }

  /** The conversation is over. Tasks remain only if the connection was lost. */
  end({ isLost }: { readonly isLost: boolean }): void {
    this.#tell(isLost ? 'lost' : 'left');
    this.#process?.stdin?.end();
    this.#process = null;
  }

  #tell(message: Message): void {
    this.#process?.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}

function startProcess({ url, socket }: GuardedConnection): ChildProcess {
  // Windows cannot pass sockets on this way.
  const shared = process.platform === 'win32' ? 'ignore' : socket;
  const child = spawnHelper(PROCESS, { args: [url], stdio: ['pipe', 'ignore', 'ignore', shared] });
  socket.resume(); // Node has stopped reading a socket that it passes to a child
  child.on('error', () => {}); // no process could be started: if we are killed then, our changes stay
  child.stdin?.on('error', () => {});
  (child.stdin as (typeof child.stdin & { unref(): void }) | null)?.unref();
  return child;
}
