import { CommandTimeoutError } from '../../errors.js';
import { evaluateInTurn } from '../../protocol/evaluate.js';
import { HAS_EVENT_LOOP, turnOfEventLoop } from '../../protocol/event-loop.js';
import type { Session } from '../../protocol/session.js';
import { Poll } from './poll.js';

const POLL_MS = 250;
/** So many polls must find the program idle. Between two jobs of the thread pool, which have no handle, it may look idle for a moment. */
const POLLS = 3;
/** Each false alarm doubles the polls, up to this number, because it costs a heap snapshot and the traces so far. */
const MOST_POLLS = 40;
/** A program at its end has this long for its `beforeExit` and `exit` handlers before we look whether its event loop turns. We look `GRACES` times. */
const GRACE_MS = 1500;
const GRACES = 3;
const LONGEST_TURN_MS = 10_000;

/**
 * Whether nothing keeps the program's event loop alive. Node lists the standard streams, though stdout and stderr do not keep it alive, and stdin
 * does only if it is read. Asked in a turn of the event loop, because a program that still runs its first lines has no handles either.
 */
const IS_IDLE = `(() => {
  const isQuiet = ({ fd, readableFlowing }) =>
    fd === 1 || fd === 2 || (fd === 0 && readableFlowing !== true && process.stdin.listenerCount('readable') === 0);
  const quiet = process._getActiveHandles().filter(isQuiet).length;
  return process._getActiveRequests().length === 0 && process.getActiveResourcesInfo().length <= quiet;
})()`;

/** False for a target without these functions. */
export async function isIdle(session: Session): Promise<boolean> {
  const asked = { expression: IS_IDLE, provided: HAS_EVENT_LOOP };
  const { value } = await evaluateInTurn(session, asked, { doing: 'watching for the end of the program' });
  return value === true;
}

/**
 * Whether a program that seems to be at its end comes to it, now that we do not keep it from that. A program that waits for a job outside of
 * JavaScript, in the thread pool or in an addon, looks the same, but its event loop still turns.
 */
export async function comesToItsEnd(session: Session): Promise<boolean> {
  for (let grace = 0; grace < GRACES; grace++) {
    try {
      await session.waitFor('NodeRuntime.waitingForDisconnect', undefined, { timeoutMs: GRACE_MS });
      return true;
    } catch (error) {
      if (!(error instanceof CommandTimeoutError)) return true;
    }
    // On a slow machine this may be the very last turn, so a single one proves nothing.
    const turns = await turnOfEventLoop(session, LONGEST_TURN_MS).then(
      () => true,
      () => false,
    );
    if (!turns) return true;
  }
  return false;
}

/**
 * Sees when a program is done but does not end, because V8's tracking of allocations keeps a timer in the event loop (v8-facts, "Never do this to
 * a target").
 */
export class EndWatch {
  readonly #onEnd: () => void;
  readonly #poll: Poll<boolean>;
  #idle = 0;
  #polls = POLLS;

  constructor(session: Session, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#poll = new Poll(
      session,
      () => isIdle(session),
      (answer = false) => this.#count(answer),
    );
  }

  start(): void {
    this.#idle = 0;
    this.#poll.start(POLL_MS);
  }

  stop(): void {
    this.#poll.stop();
  }

  /** A target that does not answer counts as busy. */
  #count(looksIdle: boolean): void {
    this.#idle = looksIdle ? this.#idle + 1 : 0;
    if (this.#idle < this.#polls) return;
    this.stop();
    this.#polls = Math.min(2 * this.#polls, MOST_POLLS);
    this.#onEnd();
  }
}
