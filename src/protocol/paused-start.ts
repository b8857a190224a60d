import { CommandError } from '../errors.js';
import type { Session } from './session.js';

const TIMEOUT_MS = 30_000;

/**
 * Waits until a program that was started with `--inspect-brk` is paused. Node tells its inspector's address before it pauses. A program that is told to
 * run before it is paused would stay paused for ever (seen once in 200 starts on a loaded machine, Node 26). Node 18 does not tell when it is paused.
 */
export async function untilPaused(session: Session, { timeoutMs = TIMEOUT_MS } = {}): Promise<void> {
  let isPaused = false;
  const stop = session.on('NodeRuntime.waitingForDebugger', () => {
    isPaused = true;
  });
  try {
    await session.send('NodeRuntime.enable');
    const options = { timeoutMs, doing: 'waiting for the program to stop before its first line' };
    if (!isPaused) await session.waitFor('NodeRuntime.waitingForDebugger', undefined, options);
    await session.send('NodeRuntime.disable');
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  } finally {
    stop();
  }
}
