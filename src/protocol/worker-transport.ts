import { messageOf } from './error-text.js';
import type { Session } from './session.js';
import type { ProtocolFailure, Transport } from './transport.js';

type Done = (failure: ProtocolFailure | null, result: unknown) => void;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: ProtocolFailure;
}

/** The conversation with a worker thread. Its messages travel inside those of the main thread's session (v8-facts 22). */
export class WorkerTransport implements Transport {
  readonly #main: Session;
  readonly #sessionId: string;
  readonly #waiting = new Map<number, Done>();
  #lastId = 0;
  #onEvent: (method: string, params: unknown) => void = () => {};
  #onClose: (reason: string) => void = () => {};
  #lostBy: string | null = null;

  constructor(main: Session, sessionId: string) {
    this.#main = main;
    this.#sessionId = sessionId;
  }

  post(method: string, params: object, done: Done): void {
    const id = ++this.#lastId;
    this.#waiting.set(id, done);
    const message = JSON.stringify({ id, method, params });
    this.#main.send('NodeWorker.sendMessageToWorker', { message, sessionId: this.#sessionId }).catch((error: Error) => {
      // Either the worker has just ended and its event is on the way, or the main connection is over, which ends this conversation too.
      if (this.#waiting.delete(id)) done({ message: error.message }, undefined);
    });
  }

  onEvent(listener: (method: string, params: unknown) => void): void {
    this.#onEvent = listener;
  }

  onClose(listener: (reason: string) => void): void {
    this.#onClose = listener;
    if (this.#lostBy !== null) listener(this.#lostBy);
  }

  async close(): Promise<void> {
    if (!this.#main.isOpen) return;
    // The session may already have ended with its worker.
    await this.#main.send('NodeWorker.detach', { sessionId: this.#sessionId }).catch(() => {});
  }

  /** The connection is that of the main thread. */
  drop(): void {}

  /** @param text a message from the worker */
  receive(text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch (error) {
      this.lose(`it sent something that no inspector sends (${messageOf(error)})`);
      return;
    }
    const { id, method, params, result, error } = message;
    if (method !== undefined) this.#onEvent(method, params);
    if (id === undefined) return;
    const done = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) done?.(error, undefined);
    else done?.(null, result);
  }

  lose(reason: string): void {
    if (this.#lostBy !== null) return;
    this.#lostBy = reason;
    this.#onClose(reason);
  }
}
