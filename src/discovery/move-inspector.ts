import { evaluateOwn, TIMERS } from '../protocol/evaluate.js';
import type { Session } from '../protocol/session.js';
import { AFTER_US_MS, LATEST_S } from './close-inspector.js';

/**
 * SIGUSR1 opens every inspector on the same port, 9229 unless an option says otherwise. So only one process of a machine can have it open. This has the
 * program close its inspector and open it on a free port, after we have gone: closing while a client comes or goes ends programs
 * (close-inspector.ts). Three programs of each Node version moved theirs 40 times beside other work, and lived on.
 *
 * Before Node 20.16 there is no way to `inspector.open`. There the program sends itself SIGUSR1, which takes the port of `process.debugPort`.
 */
const MOVE = `{
  const { setTimeout, setImmediate } = ${TIMERS};
  const inspector = process.getBuiltinModule?.('inspector');
  const latest = process.uptime() + ${LATEST_S};
  const reopen = () => {
    const { debugPort } = process;
    process._debugEnd();
    process.debugPort = 0;
    process._debugProcess(process.pid);
    setTimeout(() => { process.debugPort = debugPort; }, ${AFTER_US_MS}).unref();
  };
  const move = () => {
    if (process.uptime() >= latest) return;
    try {
      if (!inspector) return reopen();
      inspector.close();
      inspector.open(0, '127.0.0.1');
    } catch {}
  };
  setTimeout(() => setImmediate(move), ${AFTER_US_MS}).unref();
} undefined;`;

/** If the program is too busy for so long, it leaves its inspector where it is. In ms, from the moment it was asked. */
export const MOVES_WITHIN_MS = LATEST_S * 1000;

/** Call it last: the program moves its inspector when we have left. @returns why it refuses; null if it does not */
export async function askToMoveInspector(session: Session): Promise<string | null> {
  return (await evaluateOwn(session, MOVE, { doing: 'moving the inspector' })).problem;
}
