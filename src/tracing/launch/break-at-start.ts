import { CommandError } from '../../errors.js';
import type { Session } from '../../protocol/session.js';
import type { Pause } from '../attach/connect-paused.js';
import type { Caretaker } from '../cleanup/caretaker.js';

const TIMEOUT_MS = 30_000;
const TASK = 'paused';

/** `--inspect-brk`: node pauses the program before its first line until a client of the inspector lets it run. */
export function breakAtStart(caretaker: Caretaker): Pause {
  caretaker.add(TASK, { kind: 'paused' });
  return {
    isReached: untilPaused,
    end: async (session) => {
      await session.send('Runtime.runIfWaitingForDebugger', undefined, { doing: 'starting the program' });
      caretaker.done(TASK);
    },
  };
}

/**
 * Node tells its inspector's address before it pauses. A program that is told to run before it is paused would stay paused for ever (seen once in
 * 200 starts on a loaded machine, Node 26). Node 18 does not tell when it is paused.
 */
async function untilPaused(session: Session): Promise<void> {
  let isPaused = false;
  const stop = session.on('NodeRuntime.waitingForDebugger', () => {
    isPaused = true;
  });
  try {
    await session.send('NodeRuntime.enable');
    const options = { timeoutMs: TIMEOUT_MS, doing: 'waiting for the program to stop before its first line' };
    if (!isPaused) await session.waitFor('NodeRuntime.waitingForDebugger', undefined, options);
    await session.send('NodeRuntime.disable');
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  } finally {
    stop();
  }
}
