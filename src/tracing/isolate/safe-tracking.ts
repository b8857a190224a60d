import { CommandTimeoutError, UnsupportedError } from '../../errors.js';
import { turnOfEventLoop } from '../../protocol/event-loop.js';
import type { Session } from '../../protocol/session.js';

/** An event loop that still serves anybody turns faster than this. */
const TURN_TIMEOUT_MS = 10_000;

/**
 * The last of three steps that make it safe to track allocations. Tracking crashes a target when code deoptimizes that was optimized with
 * escape analysis, which leaves objects out (v8-facts, "Never do this to a target"). So no such code may be made from now on
 * (`TRACKING_FLAGS`), all existing code must be thrown away (`deoptimize`), and none may still be on the stack. The stack is empty when the
 * isolate has been back at its event loop.
 *
 * @throws UnsupportedError if the event loop does not turn
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
