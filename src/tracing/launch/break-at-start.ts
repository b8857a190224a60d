import { untilPaused } from '../../protocol/paused-start.js';
import type { Pause } from '../attach/connect-paused.js';
import type { Caretaker } from '../cleanup/caretaker.js';

const TASK = 'paused';

/** `--inspect-brk`: node pauses the program before its first line until a client of the inspector lets it run. The caretaker knows of it. */
export function breakAtStart(caretaker: Caretaker): Pause {
  return {
    isReached: untilPaused,
    end: async (session) => {
      await session.send('Runtime.runIfWaitingForDebugger', undefined, { doing: 'starting the program' });
      caretaker.done(TASK);
    },
  };
}
