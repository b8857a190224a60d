import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { hostPort } from './address.js';

interface Listener {
  readonly host: string;
  readonly port: number;
}

export interface ListeningProcess {
  readonly pid: number;
  readonly addresses: Listener[];
}

/** The Node processes that we may look into and what they listen on, from Linux's /proc; null where there is no such thing. */
export async function listeningNodeProcesses(): Promise<ListeningProcess[] | null> {
  const sockets = await listeningSockets();
  if (sockets === null) return null;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const processes = await Promise.all(pids.map((pid) => listenersOf(pid, sockets)));
  return processes.filter((one) => one !== null);
}

async function listenersOf(pid: number, sockets: ReadonlyMap<string, Listener>): Promise<ListeningProcess | null> {
  try {
    // The title is the program's to choose, the executable is not. A deleted one (an upgrade) has a suffix.
    if (!/^node(js)?\b/.test(basename(await readlink(`/proc/${pid}/exe`)))) return null;
    const names = await readdir(`/proc/${pid}/fd`);
    const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
    const addresses = new Map<string, Listener>();
    for (const link of links) {
      const listener = sockets.get(link);
      if (listener !== undefined) addresses.set(hostPort(listener), listener);
    }
    return addresses.size === 0 ? null : { pid, addresses: [...addresses.values()] };
  } catch {
    return null; // not ours, or gone since
  }
}

/** The listening TCP sockets of our network namespace by the name that /proc/PID/fd gives them. */
async function listeningSockets(): Promise<Map<string, Listener> | null> {
  if (process.platform !== 'linux') return null;
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/self/net/${name}`, 'utf8').catch(() => null)));
  if (tables.every((table) => table === null)) return null;
  return new Map(tables.flatMap((table) => parseSocketTable(table ?? '')));
}

const LISTEN = '0A';

/** Rows of proc(5)'s /proc/net/tcp: `sl local_address rem_address st … inode`. */
export function parseSocketTable(table: string): [name: string, listener: Listener][] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line): [string, Listener][] => {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const [host, port] = local?.split(':') ?? [];
      if (state !== LISTEN || host === undefined || port === undefined) return [];
      return [[`socket:[${inode}]`, { host: decodeHost(host), port: Number.parseInt(port, 16) }]];
    });
}

/** Words of 32 bits in the byte order of the machine, which is little-endian wherever Node runs but on s390x and old PowerPC. */
function decodeHost(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
