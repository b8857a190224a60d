import { CommandTimeoutError, ConnectionLostError, type TracemallocError } from '../errors.js';
import { type CallSite, raisedAt } from './call-site.js';

/** A call that waits for the target, with everything that an error message about it needs. */
export interface Call {
  readonly site: CallSite;
  /** In words that fit after "while". */
  readonly doing: string;
  readonly timeoutMs: number;
  readonly needsEventLoop: boolean;
  readonly holdsThread: boolean;
  /** The target tells meanwhile that it works on the call, and `timeoutMs` limits its silence. */
  readonly showsLife: boolean;
}

interface Settle<T> {
  resolve(value: T): void;
  reject(error: TracemallocError): void;
  /** The target works on the call. */
  isAlive(): void;
}

/** setTimeout takes a signed 32-bit number. It fires at once if the number is larger. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The calls of one session that wait for its target. Each ends exactly once: by its answer, its timeout or the end of the connection. */
export class PendingCalls {
  readonly #label: string;
  readonly #isHeldUp: () => boolean;
  readonly #lose = new Map<(reason: string) => void, Call>();
  #lostBy: string | null = null;
  /** Why the event loop has stopped; null while it runs. */
  #loopLostBy: string | null = null;

  /** @param isHeldUp gives true while no call can be answered, for a reason that is no fault of the target */
  constructor(label: string, isHeldUp: () => boolean = () => false) {
    this.#label = label;
    this.#isHeldUp = isHeldUp;
  }

  get isHeld(): boolean {
    return [...this.#lose.values()].some(({ holdsThread }) => holdsThread);
  }

  /** Why the connection ended; null while it is open. */
  get lostBy(): string | null {
    return this.#lostBy;
  }

  /** Begins a call with `start`, and runs the function that `start` returns when the call ends in any way. */
  run<T>(call: Call, start: (settle: Settle<T>) => (() => void) | undefined): Promise<T> {
    const lostBy = this.#lostBy ?? (call.needsEventLoop ? this.#loopLostBy : null);
    if (lostBy !== null) {
      const message = `cannot continue ${call.doing}: the connection to ${this.#label} has ended: ${lostBy}`;
      return Promise.reject(raisedAt(call.site, new ConnectionLostError(message)));
    }
    return new Promise<T>((resolve, reject) => {
      let open = true;
      let timer: NodeJS.Timeout | undefined;
      let stop: (() => void) | undefined;
      const end = (settle: () => void): void => {
        if (!open) return; // a late answer, after the timeout or the close
        open = false;
        clearTimeout(timer);
        this.#lose.delete(lose);
        stop?.();
        settle();
      };
      const fail = (error: TracemallocError): void => end(() => reject(raisedAt(call.site, error)));
      const lose = (reason: string): void => {
        fail(new ConnectionLostError(`lost the connection to ${this.#label} while ${call.doing}: ${reason}`));
      };
      this.#lose.set(lose, call);
      // Before the start: a transport may answer at once, and the timer would stay.
      const wait = () => {
        timer = setTimeout(() => (this.#isHeldUp() ? wait() : fail(timedOut(this.#label, call))), call.timeoutMs);
      };
      if (call.timeoutMs <= LONGEST_TIMER_MS) wait();
      stop = start({ resolve: (value) => end(() => resolve(value)), reject: fail, isAlive: () => timer?.refresh() });
      if (!open) stop?.();
    });
  }

  /** Rejects all waiting calls and all later ones. */
  loseAll(reason: string): void {
    if (this.#lostBy !== null) return;
    this.#lostBy = reason;
    for (const lose of [...this.#lose.keys()]) lose(reason);
  }

  /** Rejects all calls, now and later, that only a turn of the event loop can answer: the loop has stopped. */
  loseEventLoopCalls(reason: string): void {
    this.#loopLostBy ??= reason;
    for (const [lose, { needsEventLoop }] of [...this.#lose]) if (needsEventLoop) lose(reason);
  }
}

function timedOut(label: string, { doing, timeoutMs, showsLife }: Call): CommandTimeoutError {
  const limit = timeoutMs < 1000 ? `${timeoutMs} ms` : `${Math.round(timeoutMs / 1000)} s`;
  return new CommandTimeoutError(
    `${showsLife ? 'no sign of life' : 'no answer'} from ${label} within ${limit} while ${doing}: ` +
      'the program may be stopped, busy, paused in a debugger, or at its end; try again, or allow more time',
  );
}
