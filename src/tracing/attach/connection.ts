import type { Endpoint } from '../../discovery/discovery.js';
import { ConnectError } from '../../errors.js';
import type { CaptureInfo } from '../../model/trace-columns.js';
import { askToWaitAtEnd } from '../../protocol/evaluate.js';
import { type Conversation, converse } from '../cleanup/caretaker.js';
import { readTargetInfo } from '../isolate/read-heap-totals.js';

/** A conversation with a running program, and what is known of it. */
export interface Connection extends Conversation {
  readonly endpoint: Endpoint;
  readonly info: CaptureInfo['target'];
}

/** Opens a conversation with the program at `endpoint` and makes it ready for tracing. */
export async function openConnection(endpoint: Endpoint, timeoutMs: number | undefined): Promise<Connection> {
  const { session, caretaker } = await converse(endpoint, timeoutMs === undefined ? {} : { connectTimeoutMs: timeoutMs, timeoutMs });
  // It waits for us at its end from the next command on, whoever else listens by then.
  const stopListening = session.on('NodeRuntime.waitingForDisconnect', () => void session.close('the program ended'));
  try {
    await askToWaitAtEnd(session);
    const { info, isEnding } = await readTargetInfo(session);
    // It does not tell those who ask it to when it waits already.
    if (isEnding) throw new ConnectError(`cannot trace ${endpoint.label}: the program ended`);
    const { pid, title } = info;
    return {
      endpoint,
      session,
      caretaker,
      info: { pid, title: endpoint.title === '' ? title : endpoint.title, nodeVersion: endpoint.nodeVersion },
    };
  } catch (error) {
    await session.close(); // an open connection would keep the controller alive
    throw error;
  } finally {
    stopListening(); // in the turn in which a tracer begins to
  }
}

/** The same, where the program must be the one with this pid; null where it is another: whoever has the socket may pass on what comes. */
export async function openConnectionTo(ownPid: number, endpoint: Endpoint, timeoutMs: number | undefined): Promise<Connection | null> {
  const connection = await openConnection(endpoint, timeoutMs);
  if (connection.info.pid === ownPid) return connection;
  await connection.session.close();
  return null;
}
