import { turnOfEventLoop } from '../../protocol/event-loop.js';
import type { Isolate } from './isolate.js';

/** From this version of Node on a heap snapshot waits for a turn of the event loop. Older versions take it while JavaScript runs. */
const FIRST_THAT_WAITS = 22;

/**
 * Call it before a heap snapshot, which cannot be cancelled, and behind which later commands would wait. While we pause the target it needs no turn.
 *
 * @param nodeMajor NaN if it is not known
 * @throws CommandTimeoutError if the loop does not turn
 */
export async function turnForHeap({ session, domain }: Isolate, nodeMajor: number): Promise<void> {
  if (nodeMajor >= FIRST_THAT_WAITS && !domain.isPaused) await turnOfEventLoop(session, session.timeoutMs);
}
