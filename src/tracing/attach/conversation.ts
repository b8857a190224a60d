import { type ConnectOptions, connect } from '../../discovery/connect.js';
import type { Endpoint } from '../../discovery/discovery.js';
import type { Session } from '../../protocol/session.js';
import type { Caretaker } from '../cleanup/caretaker.js';

/**
 * Opens a conversation with the program at `endpoint`, which `caretaker` guards from its first command to its end. Every conversation of a tracer with
 * a target is opened here. Fails with ConnectError, in bounded time.
 */
export async function openConversation(
  endpoint: Pick<Endpoint, 'webSocketUrl' | 'label'>,
  caretaker: Caretaker,
  options: Omit<ConnectOptions, 'onOpen'> = {},
): Promise<Session> {
  const url = endpoint.webSocketUrl;
  const session = await connect(endpoint, { ...options, onOpen: (socket) => caretaker.guard({ url, socket }) });
  void session.closed.then(() => caretaker.end(session));
  return session;
}
