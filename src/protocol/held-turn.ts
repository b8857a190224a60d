import { evaluateOwn, TIMERS } from './evaluate.js';
import { untilEventLoop } from './event-loop.js';
import type { Session } from './session.js';

/** The longest wait for a turn of the event loop. In 2 s a busy program on a loaded machine (18 processes for 2 cores) did not come to one in time, once in 8 times. */
const PATIENCE_MS = 10_000;
const POLL_MS = 5;
/** If we are killed, the thread goes on after this time. */
const LONGEST_S = 5;
/** Where the target keeps what we have asked for, so that a later evaluation finds it. */
const KEY = "Symbol.for('node-tracemalloc.held')";
const HOLD = `{
  const { setImmediate } = ${TIMERS};
  const turn = { isHeld: false, until: process.uptime() + ${LONGEST_S} };
  const pause = new Int32Array(new SharedArrayBuffer(4));
  Object.defineProperty(globalThis, ${KEY}, { value: turn, configurable: true });
  setImmediate(() => {
    try {
      turn.isHeld = true;
      while (process.uptime() < turn.until) Atomics.wait(pause, 0, 0, 1);
    } catch {}
    turn.isHeld = false;
  });
} undefined;`;
const IS_HELD = `globalThis[${KEY}].isHeld`;
const HOLD_ON = `{ const turn = globalThis[${KEY}]; turn.until = process.uptime() + ${LONGEST_S}; turn.isHeld }`;
const RELEASE = `{ globalThis[${KEY}].until = 0; delete globalThis[${KEY}]; } undefined;`;
const DOING = { doing: 'holding a turn of the event loop' };

/** Holds the turn for 5 more seconds. False if it is over. */
export type HoldOn = () => Promise<boolean>;

/**
 * Has the thread wait in a turn of its event loop while `work` sends commands. Only our own loop is on its stack then, not the program: otherwise a
 * command that comes while JavaScript runs is carried out in the middle of it.
 *
 * @returns null if the thread has not come back to its event loop in time
 */
export async function inHeldTurn<T>(session: Session, work: (holdOn: HoldOn) => Promise<T>): Promise<T | null> {
  await untilEventLoop(session, session.timeoutMs);
  await evaluateOwn(session, HOLD, DOING);
  try {
    if (!(await isHeldInTime(session))) return null;
    return await work(() => ask(session, HOLD_ON));
  } finally {
    if (session.isOpen) await evaluateOwn(session, RELEASE, DOING);
  }
}

async function isHeldInTime(session: Session): Promise<boolean> {
  const latest = performance.now() + PATIENCE_MS;
  while (!(await ask(session, IS_HELD))) {
    if (performance.now() > latest) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/** False if it cannot be asked. */
async function ask(session: Session, expression: string): Promise<boolean> {
  return (await evaluateOwn(session, expression, DOING)).value === true;
}
