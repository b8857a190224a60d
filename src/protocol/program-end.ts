import { CommandError } from '../errors.js';
import type { Command, CommandParams, CommandResult } from './commands.js';

/** As for any call of a session. */
interface Limits {
  readonly timeoutMs?: number | undefined;
  readonly doing?: string | undefined;
}

/** A session. */
interface Sender {
  send<M extends Command>(method: M, params: CommandParams<M>, limits: Limits): Promise<CommandResult<M>>;
}

/** A time in which we may evaluate. Several evaluations can share one. */
interface Window {
  users: number;
  /** Resolves when the target does not wait for us at its end any more. */
  readonly opened: Promise<void>;
  /** Resolves when we know whether the program ended meanwhile. Never rejects. */
  closed: Promise<void>;
}

const DOING = { doing: 'preparing for the end of the program' };

/**
 * Makes a thread wait for us at its end and announce it (`NodeRuntime.waitingForDisconnect`). For a worker this is all: it survives an evaluation at
 * its end, even with `--abort-on-uncaught-exception` (18 to 26). A main thread needs `ProgramEnd.watch`.
 */
export async function askToWaitAtEnd(
  session: Sender,
  { enabled = true, ...limits }: Limits & { readonly enabled?: boolean } = {},
): Promise<void> {
  await session.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled }, { ...DOING, ...limits });
}

/**
 * The end of the program of one main thread. A program that was asked to wait for us at its end still has its context then, but must run no JavaScript:
 * V8 throws. With `--abort-on-uncaught-exception` this kills it, even if we evaluate only `1` (18 to 26). An evaluation that is on its way when the
 * program ends is enough: of 60 programs that were asked every 5 ms, all 60 died (20 and 26).
 *
 * A program that was not asked to wait destroys its context at its end. Then V8 refuses an evaluation, and runs nothing. So the request is taken
 * back for each evaluation, and made again right behind it. Whether the program has ended in between is asked without JavaScript.
 */
export class ProgramEnd {
  readonly #session: Sender;
  readonly #onEnd: () => void;
  #isWatched = false;
  #hasCome = false;
  #window: Window | null = null;

  /** @param onEnd called once, for an end that the target does not announce */
  constructor(session: Sender, onEnd: () => void) {
    this.#session = session;
    this.#onEnd = onEnd;
  }

  /** The program is at its end, and must not be asked to evaluate anything. */
  get hasCome(): boolean {
    return this.#hasCome;
  }

  /** Call it when the target has announced its end. */
  come(): void {
    this.#hasCome = true;
  }

  /** From now on the program waits for us at its end. The last snapshot is taken then. */
  async watch(): Promise<void> {
    await askToWaitAtEnd(this.#session);
    this.#isWatched = true;
    await this.#look(DOING);
  }

  /**
   * Sends an evaluation so that it cannot meet the end of the program.
   *
   * @param send must send everything before it returns
   * @returns null if the program has ended
   */
  async evaluating<Answer>(send: () => Promise<Answer>, limits: Limits): Promise<Answer | null> {
    if (this.#hasCome) return null;
    if (!this.#isWatched) return send();
    this.#window ??= this.#open(limits);
    const window = this.#window;
    window.users++;
    let answer: Promise<Answer> | null = null;
    try {
      await window.opened;
      if (!this.#hasCome) answer = send();
    } finally {
      window.users--;
      if (window.users === 0) this.#close(window, limits);
    }
    try {
      return await answer;
    } catch (error) {
      if (error instanceof CommandError) await window.closed; // refused, because the program has ended
      if (!this.#hasCome) throw error;
      return null;
    }
  }

  #open(limits: Limits): Window {
    return { users: 0, opened: askToWaitAtEnd(this.#session, { enabled: false, ...limits }), closed: Promise.resolve() };
  }

  /** Sends its commands at once, right behind the evaluations. */
  #close(window: Window, limits: Limits): void {
    this.#window = null;
    if (this.#hasCome) return;
    const closed = Promise.all([askToWaitAtEnd(this.#session, limits), this.#look(limits)]);
    window.closed = closed.then(
      () => {},
      () => {}, // if the connection is lost, the next command says so
    );
  }

  /** Without its context V8 cannot name the global variables. It runs no JavaScript for them. */
  async #look(limits: Limits): Promise<void> {
    try {
      await this.#session.send('Runtime.globalLexicalScopeNames', {}, limits);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (this.#hasCome) return;
      this.#hasCome = true;
      this.#onEnd();
    }
  }
}
