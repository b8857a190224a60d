import { findProgram } from '../../discovery/find-program.js';
import { lookAt } from '../../discovery/process-identity.js';
import { readSocketTable } from '../../discovery/socket-table.js';
import { UsageError } from '../../errors.js';
import { type Address, hostPort, isLoopback, parseTarget } from '../../protocol/address.js';
import type { Permissions } from './permissions.js';

/** A target that may be used, as the command line names it. */
export interface AllowedTarget {
  readonly words: readonly string[];
  /** Names it in answers. */
  readonly label: string;
}

/**
 * Finds the target that a client names: a pid, the script of a process, or the address of an inspector.
 *
 * @throws UsageError if it may not be used, ConnectError if there is none
 */
export async function allowedTarget(name: string | number, permissions: Permissions): Promise<AllowedTarget> {
  const text = `${name}`.trim();
  if (/^\d+$/.test(text)) return ofPid(Number(text), permissions);
  if (text.includes('://') || /:\d+$/.test(text))
    return await ofAddress(parseTarget(text.startsWith(':') ? `127.0.0.1${text}` : text), permissions);
  const { pid, endpoint } = await findProgram(text);
  return pid === null ? await ofAddress(endpoint!, permissions) : ofPid(pid, permissions);
}

function ofPid(pid: number, { allowOtherUsers }: Permissions): AllowedTarget {
  if (pid === process.pid) throw new UsageError(`${pid} is the server itself`);
  const { facts } = lookAt(pid);
  if (facts !== null) checkUser(facts.uid, `process ${pid}`, allowOtherUsers);
  return { words: [`--pid=${pid}`], label: `process ${pid}` };
}

async function ofAddress(address: Address, { allowHost, allowOtherUsers }: Permissions): Promise<AllowedTarget> {
  const { host, port, path } = address;
  const where = hostPort(address);
  if (!isLoopback(host)) {
    if (!allowHost.includes(host))
      throw new UsageError(`${where} is not on this machine, and the server may use this machine only: start it with --allow-host ${host}`);
  } else {
    const sockets = (await readSocketTable('listening')) ?? [];
    for (const { local, uid } of sockets) if (local.port === port) checkUser(uid, where, allowOtherUsers);
  }
  return { words: [path === undefined ? where : `ws://${where}${path}`], label: where };
}

/** @throws UsageError */
function checkUser(uid: number, what: string, allowOtherUsers: boolean): void {
  const own = process.geteuid?.();
  if (allowOtherUsers || own === undefined || uid === own) return;
  throw new UsageError(
    `${what} belongs to user ${uid}, and the server may use processes of user ${own} only: start it with --allow-other-users`,
  );
}
