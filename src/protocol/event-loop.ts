import { evaluateInTurn, evaluateOwn } from './evaluate.js';
import type { Session } from './session.js';

/**
 * For an evaluation. Node 18 dies (SIGSEGV, SIGABRT) if an immediate is requested in a worker that is still starting (after 10 to 350
 * requests). There `performance` exists before the loop does, and the program may replace it later. Other versions survive, and must not be
 * asked: Node 26 would load the module of `performance` just for our question.
 */
export const HAS_EVENT_LOOP = "!process.version.startsWith('v18.') || performance.nodeTiming?.loopStart !== -1";

/** After this time a worker without a loop is taken to be fully started and busy with its first lines. */
const LONGEST_MS = 1000;
const POLL_MS = 20;
const DOING = 'waiting for a turn of the event loop';

/**
 * Resolves when the target has returned to its event loop, so everything that was on its stack has returned.
 *
 * @throws CommandTimeoutError if JavaScript runs all the time
 */
export async function turnOfEventLoop(session: Session, timeoutMs: number): Promise<void> {
  await untilEventLoop(session, timeoutMs);
  await evaluateInTurn(session, { expression: 'undefined' }, { timeoutMs, doing: DOING });
}

/** Resolves when the target has an event loop, or must have been fully started by now. */
export async function untilEventLoop(session: Session, timeoutMs: number): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  while (performance.now() < end) {
    const { value } = await evaluateOwn(session, HAS_EVENT_LOOP, { timeoutMs, doing: DOING });
    if (value === true || session.programEnd.hasCome) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
