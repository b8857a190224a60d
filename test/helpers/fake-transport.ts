import type { ProtocolFailure, Transport } from '../../src/protocol/transport.js';

interface Posted {
  readonly method: string;
  readonly params: object;
  answer(result: unknown): void;
  refuse(failure: ProtocolFailure): void;
}

type Handler = (params: never) => unknown;

/**
 * A target in memory. A command with a handler in `answers` gets the handler's result before `post` returns. All other commands stay in
 * `posted` until the test answers them.
 */
export class FakeTransport implements Transport {
  readonly posted: Posted[] = [];
  closes = 0;
  drops = 0;
  readonly #answers: Record<string, Handler>;
  readonly #eventListeners: ((method: string, params: unknown) => void)[] = [];
  readonly #closeListeners: ((reason: string) => void)[] = [];

  constructor(answers: Record<string, Handler> = {}) {
    this.#answers = answers;
  }

  post(method: string, params: object, done: (failure: ProtocolFailure | null, result: unknown) => void): void {
    const posted = {
      method,
      params,
      answer: (result: unknown) => done(null, result),
      refuse: (failure: ProtocolFailure) => done(failure, null),
    };
    this.posted.push(posted);
    const handler = this.#answers[method];
    if (handler !== undefined) posted.answer(handler(params as never));
  }

  /** The latest command, for the test to answer. */
  last(): Posted {
    const posted = this.posted.at(-1);
    if (posted === undefined) throw new Error('nothing was sent');
    return posted;
  }

  onEvent(listener: (method: string, params: unknown) => void): void {
    this.#eventListeners.push(listener);
  }

  onClose(listener: (reason: string) => void): void {
    this.#closeListeners.push(listener);
  }

  emit(method: string, params?: unknown): void {
    for (const listener of this.#eventListeners) listener(method, params);
  }

  lose(reason: string): void {
    for (const listener of this.#closeListeners) listener(reason);
  }

  drop(): void {
    this.drops += 1;
  }

  close(): Promise<void> {
    this.closes += 1;
    return Promise.resolve();
  }
}
