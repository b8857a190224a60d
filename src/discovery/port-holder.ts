import { hostPort } from '../protocol/address.js';
import { listPids, nodeOptionsOf, openFilesOf, readProc } from './proc.js';
import type { KnownProcess } from './process-identity.js';
import { readSocketTable } from './socket-table.js';

const DEFAULT_PORT = 9229;
/** The options, in a command line or in NODE_OPTIONS, that choose the inspector's port. */
const PORT_OPTION = /^--(?:inspect-port|debug-port|inspect|inspect-brk|inspect-wait)=(?:.*:)?(\d+)$/;

/** Those that open the inspector at the start. */
const OPEN_OPTION = /^--inspect(?:-brk|-wait)?(?:=|$)/;

interface Holder {
  /** `127.0.0.1:9229` */
  readonly where: string;
  readonly uid: number;
  /** null if we cannot see it. */
  readonly pid: number | null;
}

/** Whether a process was not started with its inspector open, and has it on the port where SIGUSR1 opens it. */
export function wasOpenedBySignal(target: KnownProcess, port: number): boolean {
  const options = optionsOf(target);
  return portOf(options) === port && !options.some((word) => OPEN_OPTION.test(word));
}

/** Who listens on the port on which a process would open its inspector; null if nobody does. */
export async function holderOfInspectorPort(target: KnownProcess): Promise<Holder | null> {
  const port = portOf(optionsOf(target));
  const socket = (await readSocketTable('listening'))?.find(({ local }) => local.port === port);
  if (socket === undefined) return null;
  const holder = { where: hostPort(socket.local), uid: socket.uid };
  for (const other of await listPids()) if ((await openFilesOf(other))?.includes(socket.name)) return { ...holder, pid: other };
  return { ...holder, pid: null };
}

interface OtherHolder extends Pick<Holder, 'pid'> {
  /** `127.0.0.1:9229 is held by process 4712 (node)` */
  readonly text: string;
}

/** Which other process holds the port on which a process would open its inspector; null if none does. */
export async function otherHolderOfPort(target: KnownProcess): Promise<OtherHolder | null> {
  const holder = await holderOfInspectorPort(target);
  if (holder === null || holder.pid === target.pid) return null;
  const { where, uid, pid } = holder;
  if (pid === null) return { pid, text: `${where} is held by a process of user ${uid}, which we cannot see` };
  return { pid, text: `${where} is held by process ${pid} (${readProc(pid)?.argv.join(' ') || 'ended since'})` };
}

/** Our pid of the process that listens on `port` and has `ownPid` in its own pid namespace; null if we cannot see it. */
export async function pidOfListener(port: number, ownPid: number): Promise<number | null> {
  const sockets = (await readSocketTable('listening'))?.filter(({ local }) => local.port === port) ?? [];
  // Most processes have the same number in all namespaces, and to look at all of them takes long on a busy machine.
  for (const pid of sockets.length === 0 ? [] : [ownPid, ...(await listPids())]) {
    const files = await openFilesOf(pid);
    if (sockets.some(({ name }) => files?.includes(name)) && readProc(pid)?.ownPid === ownPid) return pid;
  }
  return null;
}

function optionsOf({ pid, facts }: KnownProcess): string[] {
  return [...nodeOptionsOf(pid), ...(facts?.argv ?? [])];
}

function portOf(argv: readonly string[]): number {
  const ports = argv.flatMap((word) => PORT_OPTION.exec(word)?.[1] ?? []);
  return Number(ports.at(-1) ?? DEFAULT_PORT);
}
