import { connectInProcess } from '../protocol/inprocess.js';
import { Session, type SessionOptions } from '../protocol/session.js';
import { connectWebSocket, type WebSocketOptions } from '../protocol/websocket.js';
import type { Endpoint } from './discovery.js';

type CommonOptions = Omit<SessionOptions, 'label'>;

export interface ConnectOptions extends CommonOptions, Pick<WebSocketOptions, 'onOpen'> {
  readonly connectTimeoutMs?: number | undefined;
}

/** Opens a session with the main thread of the program at `endpoint`. Fails with ConnectError, in bounded time. */
export async function connect(endpoint: Pick<Endpoint, 'webSocketUrl' | 'label'>, options: ConnectOptions = {}): Promise<Session> {
  const { connectTimeoutMs, onOpen, ...session } = options;
  const transport = await connectWebSocket(endpoint.webSocketUrl, { timeoutMs: connectTimeoutMs, onOpen });
  return new Session(transport, { ...session, label: endpoint.label });
}

/** Opens a session with the isolate of the caller. */
export function connectSelf(options: CommonOptions = {}): Session {
  return new Session(connectInProcess(), { ...options, label: `this process (${process.pid})` });
}
