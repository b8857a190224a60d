import type { Endpoint } from '../../discovery/discovery.js';
import { packagedScriptOf } from '../../discovery/script-path.js';
import { ConnectError } from '../../errors.js';
import type { CaptureInfo } from '../../model/trace-columns.js';
import type { Session } from '../../protocol/session.js';
import { Caretaker } from '../cleanup/caretaker.js';
import { readTargetInfo } from '../isolate/read-heap-totals.js';
import { openConversation } from './conversation.js';

/** A conversation with a running program, and what is known of the program. */
export interface Connection {
  readonly session: Session;
  readonly caretaker: Caretaker;
  readonly endpoint: Endpoint;
  readonly info: CaptureInfo['target'];
  /** The program waits for its debugger before its first line. It does not tell its pid then. */
  readonly isWaiting: boolean;
}

/** Opens a conversation with the program at `endpoint` and makes it ready for tracing. */
export async function openConnection(endpoint: Endpoint, timeoutMs: number | undefined): Promise<Connection> {
  const caretaker = new Caretaker();
  const session = await openConversation(endpoint, caretaker, timeoutMs === undefined ? {} : { connectTimeoutMs: timeoutMs, timeoutMs });
  // As soon as we watch it, the program waits for us at its end, and no tracer listens yet.
  const stopListening = session.on('NodeRuntime.waitingForDisconnect', () => void session.close('the program ended'));
  try {
    const { info, isEnding, isWaiting } = await readTargetInfo(session);
    if (!isEnding) await session.programEnd.watch();
    // A program that waits already does not tell us.
    if (isEnding || session.programEnd.hasCome) throw new ConnectError(`cannot trace ${endpoint.label}: the program ended`);
    const { pid, title } = info;
    const own = { pid, title: endpoint.title === '' ? title : endpoint.title, nodeVersion: endpoint.nodeVersion };
    return { endpoint, session, caretaker, isWaiting, info: { ...own, ...packagedScriptOf(endpoint.url) } };
  } catch (error) {
    await session.close(); // an open connection would keep our process alive
    throw error;
  } finally {
    stopListening(); // the tracer begins to listen in the same turn of the event loop
  }
}

/**
 * The same, but null if the program has another pid: a process that owns the socket may forward it to another one.
 *
 * @param ownPid the pid of the program as the program itself sees it
 */
export async function openConnectionTo(ownPid: number, endpoint: Endpoint, timeoutMs: number | undefined): Promise<Connection | null> {
  const connection = await openConnection(endpoint, timeoutMs);
  const { info, isWaiting } = connection;
  if (info.pid === ownPid || isWaiting) return { ...connection, info: { ...info, pid: ownPid } };
  await connection.session.close();
  return null;
}
