import { CommandTimeoutError } from '../errors.js';
import { evaluateInTurn, evaluateOwn } from './evaluate.js';
import type { Session } from './session.js';

/**
 * For an evaluation. Node dies (SIGSEGV in `uv_idle_start`, 18 to 26) if an immediate is requested in a worker whose loop is not set up yet. Node gives
 * a thread its `process.argv0` after that, before the first line of the program. Node 18 dies until the loop runs, and tells when it does. Newer
 * versions must not be asked this: Node 26 would load the module of `performance` just for our question.
 */
export const HAS_EVENT_LOOP = "'argv0' in process && (!process.version.startsWith('v18.') || performance.nodeTiming?.loopStart !== -1)";

const POLL_MS = 20;
const DOING = 'waiting for a turn of the event loop';

/**
 * Resolves when the target has returned to its event loop, so everything that was on its stack has returned.
 *
 * @throws CommandTimeoutError if JavaScript runs all the time, or the target is a worker that is still being made
 */
export async function turnOfEventLoop(session: Session, timeoutMs: number): Promise<void> {
  await untilEventLoop(session, timeoutMs);
  await evaluateInTurn(session, { expression: 'undefined' }, { timeoutMs, doing: DOING });
}

/**
 * Resolves when the target has an event loop.
 *
 * @throws CommandTimeoutError if it has none yet: it is a worker that is being made or, on Node 18, runs its first lines
 */
export async function untilEventLoop(session: Session, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    const { value } = await evaluateOwn(session, HAS_EVENT_LOOP, { timeoutMs, doing: DOING });
    if (value === true || session.programEnd.hasCome) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new CommandTimeoutError(`${session.label} was not yet ready after ${timeoutMs} ms while ${DOING}`);
}
