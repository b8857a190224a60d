import { leaveAndCloseInspector } from '../../discovery/close-inspector.js';
import type { Endpoint } from '../../discovery/discovery.js';
import { pidOfListener } from '../../discovery/port-holder.js';
import { checkPid } from '../../discovery/process-identity.js';
import { launcherNotice } from '../../discovery/running-programs.js';
import { UsageError } from '../../errors.js';
import { hostPort, type TargetName } from '../../protocol/address.js';
import { MAX_MESSAGE_BYTES } from '../../protocol/websocket.js';
import { GcLimiter } from '../isolate/gc-limiter.js';
import { Lifecycle } from '../tracer/lifecycle.js';
import { Tracer } from '../tracer/tracer.js';
import type { TracerOptions } from '../tracer/tracer-options.js';
import { chooseTarget } from './choose-target.js';
import { type Connection, openConnection } from './connection.js';
import { connectToPid, type PidConnection } from './pid-attach.js';

export interface AttachOptions {
  /**
   * The longest time that finding and reaching the inspector may take, and each later answer of the target, in ms; default 5000 and 30000.
   * Only the profile may take longer, up to three minutes: its time grows with the heap.
   */
  readonly timeoutMs?: number;
  /**
   * Gets what a user should know, one line each: which process a name meant, whether a number was taken as a pid or a port if it could be both, that
   * an inspector was opened, that it had to stay open, that the target is not on this machine. It may contain text from the target.
   */
  readonly onNotice?: (notice: string) => void;
}

/**
 * Connects to a running Node process through its inspector. Nothing changes in the target until `start()`, with one exception: a process that
 * is named by its pid and has no open inspector opens it. `close()` closes it again.
 *
 * @param target pid, port, `'host:port'`, `'ws://…'`, `'http://…'`, `{ pid }`, `{ port, host? }` or `{ url }`; without a host: this machine. A
 *   number is a port if an inspector answers on it, else the pid of a process of this user. Any other text is the name of a program that exactly one
 *   process of this machine runs: `'src/server.ts'`.
 * @throws UsageError if `target` names nothing, ConnectError if no Node inspector answers or can be opened, UnsupportedError if this
 *   system cannot open it
 */
export async function attach(target: TargetName | { readonly pid: number }, options: AttachOptions = {}): Promise<Tracer> {
  checkTimeout(options);
  const chosen = await chooseTarget(target, options);
  if (!('pid' in chosen)) return attachToEndpoint(chosen, options);
  checkPid(chosen.pid);
  const launcher = await launcherNotice(chosen.pid);
  if (launcher !== null) options.onNotice?.(launcher);
  return attachToPid(chosen.pid, options);
}

function checkTimeout({ timeoutMs }: AttachOptions): void {
  if (timeoutMs === undefined || (typeof timeoutMs === 'number' && timeoutMs > 0)) return;
  throw new UsageError(`timeoutMs must be a number of milliseconds above 0, not ${String(timeoutMs)}`);
}

async function attachToEndpoint(endpoint: Endpoint, { timeoutMs, onNotice }: AttachOptions): Promise<Tracer> {
  if (!endpoint.loopback) {
    onNotice?.(
      `${hostPort(endpoint)} is not on loopback: what goes there is not encrypted, and whoever reaches that port can run code in the program; ` +
        'forward the port instead (ssh -L, kubectl port-forward)',
    );
  }
  const connection = await openConnection(endpoint, timeoutMs);
  const { pid } = connection.info;
  // The port may be forwarded to another machine.
  const findLocalPid = async () => (endpoint.loopback && pid !== null ? pidOfListener(endpoint.port, pid) : null);
  return tracerOf(connection, { findLocalPid });
}

interface PidAttaching {
  /** Opens the conversation. */
  readonly connect: (pid: number, timeoutMs: number | undefined) => Promise<PidConnection>;
  /** Default: one of its own. */
  readonly gcLimiter?: GcLimiter;
}

export async function attachToPid(
  pid: number,
  { timeoutMs, onNotice }: AttachOptions,
  { connect, gcLimiter }: PidAttaching = { connect: connectToPid },
): Promise<Tracer> {
  const { opened, ...connection } = await connect(pid, timeoutMs);
  const shared = gcLimiter && { gcLimiter };
  if (!opened) return tracerOf(connection, { localPid: pid, ...shared });
  const where = hostPort(connection.endpoint);
  onNotice?.(`opened the inspector of process ${pid} on ${where}; it is closed when we leave`);
  const leave = async () => {
    const stillOpen = await leaveAndCloseInspector(connection.session, { pid, endpoint: connection.endpoint });
    if (stillOpen !== null) onNotice?.(`the inspector of process ${pid} is still open on ${where}: ${stillOpen}`);
  };
  const { host, port } = connection.endpoint;
  return tracerOf(connection, { localPid: pid, ...shared, leave, cleanupTask: { kind: 'inspector', pid, host, port } });
}

function tracerOf(
  { session, caretaker, info }: Connection,
  options: Partial<Pick<TracerOptions, 'localPid' | 'findLocalPid' | 'leave' | 'cleanupTask' | 'gcLimiter'>> = {},
): Tracer {
  const gcLimiter = options.gcLimiter ?? GcLimiter.of(session);
  return new Tracer(new Lifecycle({ session, caretaker, info, maxMessageBytes: MAX_MESSAGE_BYTES, ...options, gcLimiter }));
}
