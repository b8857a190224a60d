import { CommandError } from '../errors.js';
import { callSite } from './call-site.js';
import { type Command, type CommandParams, type CommandResult, type Event, type EventParams, plainWords } from './commands.js';
import { messageOf } from './error-text.js';
import { type Call, PendingCalls } from './pending.js';
import type { ProtocolFailure, Transport } from './transport.js';

export interface SessionOptions {
  /** Names the target in errors: `127.0.0.1:9229 (app.js)`. */
  readonly label: string;
  /** The most that a call waits for its answer unless it says otherwise, in ms. */
  readonly timeoutMs?: number | undefined;
  /** Gets what an event listener throws; see {@link Session.on}. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
}

export interface CallOptions {
  /** In ms; Infinity waits for as long as the connection lives. */
  readonly timeoutMs?: number | undefined;
  /** What the call is for, as the end of "while …" in an error. */
  readonly doing?: string | undefined;
  /** The target answers in a turn of its event loop. One that comes to its end turns it no more: the call is rejected then. */
  readonly needsEventLoop?: boolean | undefined;
}

type Listener = (params: unknown) => void;

const DEFAULT_TIMEOUT_MS = 30_000;
/** Comes from targets that were asked to wait for us at their end (`askToWaitAtEnd`). */
const END = 'NodeRuntime.waitingForDisconnect';

/**
 * One CDP conversation with one isolate. Every call ends: with its answer, with CommandError (the target refused: `cause` is the
 * ProtocolFailure), with CommandTimeoutError, or with ConnectionLostError. The error's stack is that of the call.
 */
export class Session {
  readonly label: string;
  /** Resolves, never rejects, with the reason when the conversation is over, whoever ended it. */
  readonly closed: Promise<string>;
  /** null once the conversation is over: whoever keeps us then does not keep its socket and its buffers. */
  #transport: Transport | null;
  /** The most that a call waits for its answer unless it says otherwise, in ms. */
  readonly timeoutMs: number;
  readonly #onListenerError: (error: unknown) => void;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #pending: PendingCalls;
  #announceClose: (reason: string) => void = () => {};
  #closing: Promise<void> | null = null;
  #isLost = false;

  constructor(transport: Transport, options: SessionOptions) {
    this.label = options.label;
    this.#transport = transport;
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#onListenerError = options.onListenerError ?? throwUncaught;
    this.#pending = new PendingCalls(options.label);
    this.closed = new Promise((resolve) => {
      this.#announceClose = resolve;
    });
    transport.onEvent((method, params) => {
      if (method === END) this.#pending.loseThoseInEventLoop('the program ended');
      this.#emit(method, params);
    });
    transport.onClose((reason) => {
      this.#isLost ||= this.isOpen;
      this.#end(reason);
    });
  }

  get isOpen(): boolean {
    return this.#pending.lostBy === null;
  }

  /** It was not we who ended the conversation. */
  get isLost(): boolean {
    return this.#isLost;
  }

  send<M extends Command>(method: M, params?: CommandParams<M>, options: CallOptions = {}): Promise<CommandResult<M>> {
    const { doing = plainWords(method), timeoutMs, needsEventLoop = false } = options;
    const call = { ...this.#call(this.send, doing, timeoutMs), needsEventLoop };
    return this.#pending.run<CommandResult<M>>(call, ({ resolve, reject }) => {
      const refused = (failure: ProtocolFailure): void => reject(refusal(this.label, { method, doing: call.doing, failure }));
      try {
        this.#transport!.post(method, params ?? {}, (failure, result) => {
          if (failure === null) resolve(result as CommandResult<M>);
          else refused(failure);
        });
      } catch (error) {
        refused({ message: `it could not be sent: ${messageOf(error)}` });
      }
      return undefined;
    });
  }

  /**
   * Calls `listener` at every event of this name until the function that is returned is called. What a listener throws reaches neither
   * the transport nor the other listeners: it goes to `onListenerError`, and without one it is the process's uncaught exception, as it
   * is with an EventEmitter.
   */
  on<E extends Event>(event: E, listener: (params: EventParams<E>) => void): () => void {
    // An object of its own for each call: the same function may listen twice and leave once.
    const entry: Listener = (params) => listener(params as EventParams<E>);
    const entries = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, entries.add(entry));
    return () => {
      entries.delete(entry);
    };
  }

  /** The next event of this name for which `predicate` holds. Nothing is missed between this call and the event. */
  waitFor<E extends Event>(
    event: E,
    predicate: (params: EventParams<E>) => boolean = () => true,
    options: CallOptions = {},
  ): Promise<EventParams<E>> {
    const call = this.#call(this.waitFor, options.doing ?? `waiting for ${event}`, options.timeoutMs);
    return this.#pending.run<EventParams<E>>(call, ({ resolve }) =>
      this.on(event, (params) => {
        if (predicate(params)) resolve(params);
      }),
    );
  }

  /**
   * Ends the conversation; what still waits is rejected at once, with `reason`. The promise resolves when the target has seen it. A program
   * that comes to its end while we are connected waits for this call: its connection does not break (measured on Node 18 to 26).
   */
  close(reason = 'we closed it; attach again'): Promise<void> {
    const transport = this.#transport;
    this.#end(reason);
    this.#closing ??= transport?.close() ?? Promise.resolve();
    return this.#closing;
  }

  #call(callee: (...args: never[]) => unknown, doing: string, timeoutMs = this.timeoutMs): Call {
    return { site: callSite(callee), doing, timeoutMs, needsEventLoop: false };
  }

  #end(reason: string): void {
    this.#pending.loseAll(reason);
    this.#listeners.clear();
    this.#transport = null;
    this.#announceClose(reason);
  }

  #emit(method: string, params: unknown): void {
    for (const listener of [...(this.#listeners.get(method) ?? [])]) {
      try {
        listener(params);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}

function throwUncaught(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

function refusal(label: string, { method, doing, failure }: { method: Command; doing: string; failure: ProtocolFailure }): CommandError {
  const code = failure.code === undefined ? '' : `, error ${failure.code}`;
  return new CommandError(`${label} failed at ${doing}: ${failure.message} (${method}${code})`, { cause: failure });
}
