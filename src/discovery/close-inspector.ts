import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isUnreachable } from '../protocol/connect-failure.js';
import { messageOf } from '../protocol/error-text.js';
import { evaluateOwn, TIMERS } from '../protocol/evaluate.js';
import type { Session } from '../protocol/session.js';
import { discover, type Endpoint } from './discovery.js';
import { hasProc, openFilesOf } from './proc.js';
import { readSocketTable, type SocketState } from './socket-table.js';

/**
 * A program must not close its inspector while a client comes or goes. An `inspector.close()` that coincided with our leaving ended
 * programs with SIGSEGV after 8 to 58 rounds on each of Node 18 to 26. On 26 one in a microtask of the evaluation did so at once. So we ask
 * the program to close it after we have gone: after this time and one more poll of its event loop, in which a busy program notices that we
 * left (docs/decisions/closing-an-inspector.md).
 */
export const AFTER_US_MS = 100;
/** A program that stays busy for longer leaves its inspector open, since another client may be using it by then. */
export const LATEST_S = 1;
/** Before Node 20.16 the function behind `inspector.close` is reached as `process._debugEnd`. */
const closing = (afterUsMs: number) => `{
  const { setTimeout, setImmediate } = ${TIMERS};
  const closeInspector = process.getBuiltinModule?.('inspector').close ?? process._debugEnd;
  const latest = process.uptime() + ${LATEST_S + (afterUsMs - AFTER_US_MS) / 1000};
  const close = () => { if (process.uptime() < latest) closeInspector(); };
  setTimeout(() => setImmediate(close), ${afterUsMs}).unref();
} undefined;`;

/** The longest wait for an answer, and for the inspector to close. */
const PATIENCE_MS = 2_000;
const POLL_MS = 25;

interface Leaving {
  readonly pid: number;
  readonly endpoint: Pick<Endpoint, 'host' | 'port'>;
  readonly afterUsMs?: number;
}

/**
 * Leaves a program whose inspector we opened: ends the session and has the inspector closed. It stays open if another client is connected
 * to it, because closing would disconnect that client (measured on Node 18 to 26).
 *
 * @param options `afterUsMs`: when the program closes it. Take longer if we may get no processor time for so long
 * @returns why the inspector is still open; null if it is closed or the program has ended. Never rejects.
 */
export async function leaveAndCloseInspector(
  session: Session,
  { pid, endpoint, afterUsMs = AFTER_US_MS }: Leaving,
): Promise<string | null> {
  try {
    if (!session.isOpen) return null;
    const others = await stayingClients(pid, endpoint.port);
    if (others !== 0) {
      return others === null
        ? 'another debugger may be connected to it, which this system does not tell'
        : 'another debugger is connected to it';
    }
    const { problem } = await evaluateOwn(session, closing(afterUsMs), { timeoutMs: PATIENCE_MS, doing: 'closing the inspector' });
    if (session.programEnd.hasCome) return null;
    if (problem !== null) return `the program refuses (${problem})`;
    await session.close();
    return (await hasClosed(pid, endpoint, afterUsMs + PATIENCE_MS)) ? null : 'the program is too busy to close it';
  } catch (error) {
    return session.isOpen ? messageOf(error) : null;
  }
}

async function hasClosed(pid: number, endpoint: Leaving['endpoint'], patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    // Whoever asks the inspector itself is a client that comes and goes.
    const isOpen = hasProc() ? await countOf(pid, { port: endpoint.port, state: 'listening' }) : await answers(endpoint);
    if (!isOpen) return true;
  }
  return false;
}

async function answers({ host, port }: Leaving['endpoint']): Promise<boolean> {
  const failure: unknown = await discover({ host, port }, { timeoutMs: PATIENCE_MS }).then(
    () => null,
    (error: Error) => error.cause,
  );
  return !isUnreachable(failure); // any other failure may come from a program that is busy, or about to close
}

/** We look several times: a client that only asks what runs there, such as `tracemalloc list`, is gone by the next look. */
const LOOKS = 4;
const BETWEEN_LOOKS_MS = 100;

async function stayingClients(pid: number, port: number): Promise<number | null> {
  for (let look = 1; ; look++) {
    const others = await otherClients(pid, port);
    if (!others || look === LOOKS) return others;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
  }
}

/** The connections to this port of the process apart from ours; null if they cannot be read. */
async function otherClients(pid: number, port: number): Promise<number | null> {
  const all = hasProc() ? await countOf(pid, { port, state: 'established' }) : await connectionsByLsof(pid, port);
  return all === null ? null : Math.max(0, all - 1);
}

/** The sockets of a process on one of its ports; null if they cannot be read, as after its end. */
async function countOf(pid: number, { port, state }: { readonly port: number; readonly state: SocketState }): Promise<number | null> {
  const files = await openFilesOf(pid);
  const sockets = await readSocketTable(state);
  if (files === null || sockets === null) return null;
  const own = new Set(files);
  return sockets.filter(({ name, local }) => local.port === port && own.has(name)).length;
}

/** macOS has lsof. It prints one line `n127.0.0.1:9229->127.0.0.1:50312` for each connection, seen from the process. */
async function connectionsByLsof(pid: number, port: number): Promise<number | null> {
  try {
    const options = ['-nP', '-a', '-p', `${pid}`, `-iTCP:${port}`, '-sTCP:ESTABLISHED', '-Fn'];
    const { stdout } = await promisify(execFile)('lsof', options);
    return stdout.split('\n').filter((line) => new RegExp(`^n.*:${port}->`).test(line)).length;
  } catch {
    return null;
  }
}
