import type { Endpoint } from './discovery.js';
import { connectInProcess } from './inprocess.js';
import { Session, type SessionOptions } from './session.js';
import { connectWebSocket } from './websocket.js';

type ConnectOptions = Omit<SessionOptions, 'label'>;

/** A session with the main thread of the program at `endpoint`. Fails with ConnectError, in bounded time. */
export async function connect(endpoint: Endpoint, options: ConnectOptions & { connectTimeoutMs?: number } = {}): Promise<Session> {
  const { connectTimeoutMs, ...session } = options;
  const transport = await connectWebSocket(endpoint.webSocketUrl, { timeoutMs: connectTimeoutMs });
  return new Session(transport, { ...session, label: endpoint.label });
}

/** A session with the isolate that calls it. */
export function connectSelf(options: ConnectOptions = {}): Session {
  return new Session(connectInProcess(), { ...options, label: `this process (${process.pid})` });
}
