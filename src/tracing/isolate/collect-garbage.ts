import { CommandTimeoutError } from '../../errors.js';
import type { Session } from '../../protocol/session.js';

/** V8 collects in a task of the event loop (18 to 26), which a program that is busy or paused does not reach. */
const PATIENCE_MS = 10_000;

/** Collects the garbage of a thread. @returns false if the thread did not get to it in time */
export async function collectGarbage(session: Session): Promise<boolean> {
  try {
    const options = { timeoutMs: PATIENCE_MS, needsEventLoop: true, doing: 'collecting garbage' };
    await session.send('HeapProfiler.collectGarbage', undefined, options);
    return true;
  } catch (error) {
    if (error instanceof CommandTimeoutError) return false;
    throw error;
  }
}
