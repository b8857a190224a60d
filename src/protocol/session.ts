import { CommandError } from '../errors.js';
import { callSite } from './call-site.js';
import { type Command, type CommandParams, type CommandResult, type Event, type EventParams, plainWords } from './commands.js';
import { messageOf } from './error-text.js';
import { type Call, PendingCalls } from './pending.js';
import { ProgramEnd } from './program-end.js';
import type { ProtocolFailure, Transport } from './transport.js';

export interface SessionOptions {
  /** Names the target in errors: `127.0.0.1:9229 (app.js)`. */
  readonly label: string;
  /** How long a call waits for its answer unless the call sets its own limit, in ms. */
  readonly timeoutMs?: number | undefined;
  /** Gets what an event listener throws; see {@link Session.on}. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
  /** While it gives true, nothing can be answered because of another call of ours, and no call times out. */
  readonly isHeldUp?: (() => boolean) | undefined;
}

export interface CallOptions {
  /** In ms; Infinity waits for as long as the connection lives. */
  readonly timeoutMs?: number | undefined;
  /** The purpose of the call, in words that fit after "while" in an error. */
  readonly doing?: string | undefined;
  /** Only a turn of the target's event loop can answer the call. If the target comes to its end, the call is rejected. */
  readonly needsEventLoop?: boolean | undefined;
  /** The thread may be busy with the call for long. Meanwhile it does nothing else, nor does it pass on what workers send. */
  readonly holdsThread?: boolean | undefined;
  /** Events by which the target tells that it works on the call. Each begins `timeoutMs` anew. */
  readonly signsOfLife?: readonly Event[] | undefined;
}

type Listener = (params: unknown) => void;

const DEFAULT_TIMEOUT_MS = 30_000;
/** A target sends this at its end if it was asked to wait for us there. */
const END = 'NodeRuntime.waitingForDisconnect';

/**
 * One CDP conversation with one isolate. Every call ends: with its answer, with CommandError (the target refused it; `cause` is the
 * ProtocolFailure), with CommandTimeoutError, or with ConnectionLostError. The error's stack is the stack of the call.
 */
export class Session {
  readonly label: string;
  /** Resolves with the reason when the conversation ends, no matter who ended it. Never rejects. */
  readonly closed: Promise<string>;
  /**
   * Whether we watch for the heap limit, and evaluate nothing that can be left out. V8 raises the limit there fourfold and asks for one pause. An
   * evaluation with breaks off swallows the pause (18 to 26), so that the program grows on and nobody is told. One with breaks on is paused, and Node
   * never reads the next command if that was sent meanwhile (20).
   */
  watchesHeapLimit = false;
  /** null once the conversation has ended, so that a session which is kept does not keep its socket and buffers. */
  #transport: Transport | null;
  /** How long a call waits for its answer unless the call sets its own limit, in ms. */
  readonly timeoutMs: number;
  readonly programEnd: ProgramEnd;
  readonly #onListenerError: (error: unknown) => void;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #pending: PendingCalls;
  #announceClose: (reason: string) => void = () => {};
  #closing: Promise<void> | null = null;
  #isLost = false;
  #lastHeard = 0;

  constructor(transport: Transport, options: SessionOptions) {
    this.label = options.label;
    this.#transport = transport;
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#onListenerError = options.onListenerError ?? throwUncaught;
    this.#pending = new PendingCalls(options.label, options.isHeldUp);
    this.closed = new Promise((resolve) => {
      this.#announceClose = resolve;
    });
    this.programEnd = new ProgramEnd(this, () => this.#take(END, {}));
    transport.onEvent((method, params) => this.#take(method, params));
    transport.onClose((reason) => {
      this.#isLost ||= this.isOpen;
      this.#end(reason);
    });
  }

  get isOpen(): boolean {
    return this.#pending.lostBy === null;
  }

  /** Whether a call of ours keeps the thread busy. */
  get isHeld(): boolean {
    return this.#pending.isHeld;
  }

  /** When the target last sent anything, in ms of `performance.now()`; 0 if it has not. */
  get lastHeard(): number {
    return this.#lastHeard;
  }

  /** Whether the conversation ended without our asking, or was given up. */
  get isLost(): boolean {
    return this.#isLost;
  }

  send<M extends Command>(method: M, params?: CommandParams<M>, options: CallOptions = {}): Promise<CommandResult<M>> {
    const { doing = plainWords(method), timeoutMs, needsEventLoop = false, holdsThread = false, signsOfLife = [] } = options;
    const call = { ...this.#call(this.send, doing, timeoutMs), needsEventLoop, holdsThread, showsLife: signsOfLife.length > 0 };
    return this.#pending.run<CommandResult<M>>(call, ({ resolve, reject, isAlive }) => {
      const stops = signsOfLife.map((event) => this.on(event, isAlive));
      const refused = (failure: ProtocolFailure): void => reject(refusal(this.label, { method, doing: call.doing, failure }));
      try {
        this.#transport!.post(method, params ?? {}, (failure, result) => {
          this.#lastHeard = performance.now();
          if (failure === null) resolve(result as CommandResult<M>);
          else refused(failure);
        });
      } catch (error) {
        refused({ message: `it could not be sent: ${messageOf(error)}` });
      }
      return () => {
        for (const stop of stops) stop();
      };
    });
  }

  /**
   * Calls `listener` at every event of this name until the returned function is called. An error that a listener throws reaches neither
   * the transport nor the other listeners. It goes to `onListenerError`; without one it becomes an uncaught exception of the process, as
   * with an EventEmitter.
   */
  on<E extends Event>(event: E, listener: (params: EventParams<E>) => void): () => void {
    // Each call gets its own object, so that the same function may listen twice and be removed once.
    const entry: Listener = (params) => listener(params as EventParams<E>);
    const entries = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, entries.add(entry));
    return () => {
      entries.delete(entry);
    };
  }

  /** The next event of this name for which `predicate` holds. No event after this call is missed. */
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
   * Ends the conversation and rejects everything that waits with `reason`. Resolves when the target has noticed. A program that reaches
   * its end while we are connected waits for this call; its connection does not break (measured on Node 18 to 26).
   */
  close(reason = 'we closed it; attach again'): Promise<void> {
    const transport = this.#transport;
    this.#end(reason);
    this.#closing ??= transport?.close() ?? Promise.resolve();
    return this.#closing;
  }

  /**
   * Gives the conversation up, because the target does not answer, and rejects everything that waits with `reason`. The connection lives on in a
   * process that shares it.
   */
  drop(reason: string): void {
    if (!this.isOpen) return;
    this.#isLost = true;
    const transport = this.#transport;
    this.#end(reason);
    transport?.drop();
    this.#closing = Promise.resolve();
  }

  #call(callee: (...args: never[]) => unknown, doing: string, timeoutMs = this.timeoutMs): Call {
    return { site: callSite(callee), doing, timeoutMs, needsEventLoop: false, holdsThread: false, showsLife: false };
  }

  #end(reason: string): void {
    this.#pending.loseAll(reason);
    this.#listeners.clear();
    this.#transport = null;
    this.#announceClose(reason);
  }

  #take(method: string, params: unknown): void {
    this.#lastHeard = performance.now();
    if (method === END) {
      this.programEnd.come();
      this.#pending.loseEventLoopCalls('the program ended');
    }
    this.#emit(method, params);
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
