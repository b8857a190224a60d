import { UnsupportedError } from '../errors.js';
import type { TargetName } from '../protocol/address.js';
import { connect } from '../protocol/connect.js';
import { discover } from '../protocol/discovery.js';
import { MAX_MESSAGE_BYTES } from '../protocol/websocket.js';
import { readTargetInfo } from './heap-totals.js';
import { Tracer } from './tracer.js';

export interface AttachOptions {
  /**
   * The most that finding and reaching the inspector may take, and each answer of the target from then on, in ms; default 5000 and 30000.
   * Only the profile itself may take longer, up to three minutes: its time grows with the heap.
   */
  readonly timeoutMs?: number;
}

/**
 * Connects to a running Node process through its inspector. Nothing changes in the target until `start()`.
 *
 * @param target port, `'host:port'`, `'ws://…'`, `'http://…'`, `{ port, host? }` or `{ url }`; without a host: this machine
 * @throws UsageError where `target` names nothing, ConnectError where no Node inspector answers
 */
export async function attach(target: TargetName | { readonly pid: number }, { timeoutMs }: AttachOptions = {}): Promise<Tracer> {
  if (typeof target === 'object' && 'pid' in target) {
    throw new UnsupportedError('attaching by pid is not available yet; give the port of the inspector');
  }
  const endpoint = await discover(target, { timeoutMs });
  const session = await connect(endpoint, timeoutMs === undefined ? {} : { connectTimeoutMs: timeoutMs, timeoutMs });
  try {
    // Told of the target's end, we can leave it; it waits for us there anyway.
    await session.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true }, { doing: 'preparing for the end of the program' });
    const { pid, title } = await readTargetInfo(session);
    const info = { pid, title: endpoint.title === '' ? title : endpoint.title, nodeVersion: endpoint.nodeVersion };
    return new Tracer({ session, info, maxMessageBytes: MAX_MESSAGE_BYTES, state: 'running' });
  } catch (error) {
    await session.close(); // an open connection would keep the controller alive
    throw error;
  }
}
