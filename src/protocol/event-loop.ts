import { evaluateInTurn, evaluateOwn } from './evaluate.js';
import type { Session } from './session.js';

/**
 * In an evaluation. Node 18 dies (SIGSEGV, SIGABRT) of an immediate in a worker that is only being made: after 10 to 350 that were asked for at once.
 * `performance` is there before the loop is, and may be the program's own later. Others survive, and must not be asked: 26 would load it for us.
 */
export const HAS_EVENT_LOOP = "!process.version.startsWith('v18.') || performance.nodeTiming?.loopStart !== -1";

/** Who has none by then is made, and busy with its first lines. */
const LONGEST_MS = 1000;
const POLL_MS = 20;
const DOING = 'waiting for a turn of the event loop';

/**
 * Resolves when the target has come back to its event loop: whatever was on its stack before has returned.
 *
 * @throws CommandTimeoutError where it does not, because JavaScript runs all the time
 */
export async function turnOfEventLoop(session: Session, timeoutMs: number): Promise<void> {
  await untilEventLoop(session, timeoutMs);
  await evaluateInTurn(session, { expression: 'undefined' }, { timeoutMs, doing: DOING });
}

/** Resolves when there is one, or what has none must be made by now. */
async function untilEventLoop(session: Session, timeoutMs: number): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  while (performance.now() < end) {
    const { result } = await evaluateOwn(session, HAS_EVENT_LOOP, { timeoutMs, doing: DOING });
    if (result.value === true) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
