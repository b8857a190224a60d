import { CommandError } from '../errors.js';
import type { WorkerInfo } from './node-protocol.js';
import { Session } from './session.js';
import { WorkerTransport } from './worker-transport.js';

export interface Worker {
  readonly session: Session;
  /** The thread's `threadId`. */
  readonly id: string;
  /** Names it among the threads of the process: `worker 3 (name)`, without the name if the program gave it none. */
  readonly thread: string;
  /** It is paused before its first line until `Runtime.runIfWaitingForDebugger`. */
  readonly isPaused: boolean;
  /** It has started since we watch. */
  readonly isNew: boolean;
}

export interface WorkersOptions {
  /**
   * Pause the workers that start from now on before their first line. A worker that is paused when its controller is killed stays paused until
   * somebody attaches (18 to 26).
   */
  readonly pauseNew: boolean;
  /** The most that a call to a worker waits for its answer, in ms. */
  readonly timeoutMs: number;
  readonly onWorker: (worker: Worker) => void;
}

/** The worker threads of a target, nested ones included: those that run now and those that start later. */
export class Workers {
  readonly #main: Session;
  readonly #options: WorkersOptions;
  readonly #transports = new Map<string, WorkerTransport>();
  readonly #unsubscribe: (() => void)[] = [];
  /** Node has told us of all workers that ran already. It does so before it answers. */
  #isWatching = false;

  constructor(main: Session, options: WorkersOptions) {
    this.#main = main;
    this.#options = options;
  }

  /** Does nothing if we run in a worker ourselves, since a worker has no such domain. */
  async watch(): Promise<void> {
    const main = this.#main;
    this.#unsubscribe.push(
      main.on('NodeWorker.attachedToWorker', ({ sessionId, workerInfo, waitingForDebugger }) => {
        const transport = new WorkerTransport(main, sessionId);
        this.#transports.set(sessionId, transport);
        const { id, name } = identityOf(workerInfo);
        const thread = `worker ${id}${name === '' ? '' : ` (${name})`}`;
        const label = `${thread} of ${main.label}`;
        const session = new Session(transport, { label, timeoutMs: this.#options.timeoutMs, isHeldUp: () => main.isHeld });
        this.#options.onWorker({ session, id, thread, isPaused: waitingForDebugger, isNew: this.#isWatching });
      }),
      main.on('NodeWorker.receivedMessageFromWorker', ({ sessionId, message }) => this.#transports.get(sessionId)?.receive(message)),
      main.on('NodeWorker.detachedFromWorker', ({ sessionId }) => {
        this.#transports.get(sessionId)?.lose('the worker ended');
        this.#transports.delete(sessionId);
      }),
    );
    void main.closed.then((reason) => {
      for (const transport of this.#transports.values()) transport.lose(reason);
    });
    try {
      await main.send('NodeWorker.enable', { waitForDebuggerOnStart: this.#options.pauseNew });
      this.#isWatching = true;
    } catch (error) {
      this.#stopListening();
      if (!(error instanceof CommandError)) throw error;
    }
  }

  /** From now on workers start as they would without us. Resolves when every paused worker has come through `onWorker`. */
  async stopPausing(): Promise<void> {
    if (this.#isWatching && this.#options.pauseNew) await this.#main.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
  }

  /** Ends the remaining sessions, and reports no more workers. */
  async leave(): Promise<void> {
    if (!this.#isWatching) return;
    this.#isWatching = false;
    this.#stopListening();
    await this.#main.send('NodeWorker.disable');
    for (const transport of this.#transports.values()) transport.lose('we left it');
  }

  #stopListening(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
  }
}

/**
 * Node titles a worker `[worker 3] name`, where 3 is its `threadId`. From Node 24 on a worker without a name is called `WorkerThread`. The
 * event's `workerId` is only the number of the session.
 */
function identityOf({ title, workerId }: WorkerInfo): Record<'id' | 'name', string> {
  const [, id = workerId, name = title] = /^\[worker (\d+)\] ?([\s\S]*)$/.exec(title) ?? [];
  return { id, name: name === 'WorkerThread' ? '' : name };
}
