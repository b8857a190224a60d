import { CommandTimeoutError, UnsupportedError } from '../../errors.js';
import { turnOfEventLoop } from '../../protocol/event-loop.js';
import type { Session } from '../../protocol/session.js';

/** Longer than any turn of an event loop that still serves anybody. */
const TURN_TIMEOUT_MS = 10_000;

/**
 * The second half of what makes the tracking of allocations safe. It crashes a target when optimized code deoptimizes that has left objects out
 * (escape analysis; v8-facts, "Never do this to a target"): so no such code may be made from now on (`TRACKING_FLAGS`), none may be left (it has
 * been deoptimized), and none may be on the stack. Code that is on the stack now is gone once the isolate has been back at its event loop.
 *
 * @throws UnsupportedError where that cannot be had
 */
export async function leaveOldCode(session: Session): Promise<void> {
  try {
    await turnOfEventLoop(session, TURN_TIMEOUT_MS);
  } catch (error) {
    if (!(error instanceof CommandTimeoutError)) throw error;
    throw new UnsupportedError(
      `tracking allocations is not safe here: JavaScript is always on the stack (no turn of the event loop ended within ${TURN_TIMEOUT_MS / 1000} s); ` +
        "trace with mode: 'exact', or launch the program for it",
      { cause: error },
    );
  }
}
