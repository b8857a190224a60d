import type { Session } from '../../protocol/session.js';

/** A target that answers nothing for so long while we leave is given up. Several timeouts of 30 s came one after the other before. */
const PATIENCE_MS = 9_000;
const LOOK_MS = 250;

/** The reason of a connection that was given up. The caretaker keeps it, and undoes what we have changed. */
export const GIVEN_UP = 'it did not answer when we left it';

/**
 * Waits until we have left the target, or gives it up. Its caretaker then leaves it for us, as soon as it answers again.
 *
 * @param leaving the work; what it throws after the target was given up is of no use to anybody
 */
export async function leaveInTime(session: Session, leaving: Promise<void>): Promise<void> {
  const begun = performance.now();
  let isGivenUp = false;
  const timer = setInterval(() => {
    if (performance.now() - Math.max(begun, session.lastHeard) < PATIENCE_MS || !session.isOpen) return;
    isGivenUp = true;
    session.drop(GIVEN_UP);
  }, LOOK_MS);
  try {
    await leaving;
  } catch (error) {
    if (!isGivenUp) throw error;
  } finally {
    clearInterval(timer);
  }
}
