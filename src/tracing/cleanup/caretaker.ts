import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type ConnectOptions, connect } from '../../discovery/connect.js';
import type { Endpoint } from '../../discovery/discovery.js';
import type { Session } from '../../protocol/session.js';
import type { Debt, Message } from './cleanup-tasks.js';
import { startOwnProcess } from './spawn-helper.js';

const PROCESS = fileURLToPath(new URL('./caretaker-process.js', import.meta.url));

/**
 * A process of its own that leaves a target in our place when we are gone without having done so: it holds our connection, so that this does not
 * break while the target works for us, and puts back what would stay behind.
 */
export class Caretaker {
  #child: ChildProcess | null;

  private constructor(child: ChildProcess | null) {
    this.#child = child;
  }

  /** Where the target is our own process, which ends with us. */
  static none(): Caretaker {
    return new Caretaker(null);
  }

  /** @param socket of our connection to the inspector at `url` */
  static start(url: string, socket: Socket): Caretaker {
    return new Caretaker(start(url, socket));
  }

  /** Before the change. @param name tells this debt from others */
  owe(name: string, debt: Debt): void {
    this.#tell({ name, debt });
  }

  /** After it was put back. */
  settle(name: string): void {
    this.#tell({ name, debt: null });
  }

  /** The conversation is over, and nothing of it left to do unless the connection was lost. */
  end({ isLost }: { readonly isLost: boolean }): void {
    this.#tell(isLost ? 'lost' : 'settled');
    this.#child?.stdin?.end();
    this.#child = null;
  }

  #tell(message: Message): void {
    this.#child?.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}

export interface Conversation {
  readonly session: Session;
  readonly caretaker: Caretaker;
}

/** A session with the program at `endpoint` that has a caretaker from its first command to its end. Fails with ConnectError, in bounded time. */
export async function converse(
  endpoint: Pick<Endpoint, 'webSocketUrl' | 'label'>,
  options: Omit<ConnectOptions, 'onOpen'> = {},
): Promise<Conversation> {
  let caretaker = Caretaker.none();
  const onOpen = (socket: Socket) => {
    caretaker = Caretaker.start(endpoint.webSocketUrl, socket);
  };
  const session = await connect(endpoint, { ...options, onOpen });
  void session.closed.then(() => caretaker.end(session));
  return { session, caretaker };
}

function start(url: string, socket: Socket): ChildProcess {
  // Windows hands no sockets on this way.
  const held = process.platform === 'win32' ? 'ignore' : socket;
  const child = startOwnProcess(PROCESS, { args: [url], stdio: ['pipe', 'ignore', 'ignore', held] });
  socket.resume(); // Node has stopped reading what it gives to a child
  child.on('error', () => {}); // no process to be had: then a controller that is killed leaves its changes
  child.stdin?.on('error', () => {});
  (child.stdin as (typeof child.stdin & { unref(): void }) | null)?.unref();
  return child;
}
