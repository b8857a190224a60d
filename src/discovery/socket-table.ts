import { readFile } from 'node:fs/promises';

export interface Listener {
  readonly host: string;
  readonly port: number;
}

/** A TCP socket in our network namespace. */
export interface SocketRow {
  /** As /proc/PID/fd names it: `socket:[12345]`. */
  readonly name: string;
  readonly local: Listener;
  readonly uid: number;
}

export type SocketState = keyof typeof STATES;

/** All sockets in one state, from Linux's /proc; null on other systems. */
export async function readSocketTable(state: SocketState): Promise<SocketRow[] | null> {
  if (process.platform !== 'linux') return null;
  const tables = await readTables();
  if (tables.every((table) => table === null)) return null;
  return tables.flatMap((table) => parseSocketTable(table ?? '', state));
}

type Tables = readonly (string | null)[];
let current: Promise<Tables> | null = null;
let next: Promise<Tables> | null = null;

/** Each reading begins after the call. All that ask during one reading share the next, so that hundreds who ask at once take no more descriptors than two. */
function readTables(): Promise<Tables> {
  if (current === null) return beginReading();
  next ??= current.then(beginReading);
  return next;
}

function beginReading(): Promise<Tables> {
  next = null;
  const reading = Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/self/net/${name}`, 'utf8').catch(() => null)));
  current = reading;
  return reading.finally(() => {
    if (current === reading) current = null;
  });
}

const STATES = { established: '01', listening: '0A' } as const;

/** Rows of proc(5)'s /proc/net/tcp: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`. */
export function parseSocketTable(table: string, state: SocketState): SocketRow[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line): SocketRow[] => {
      const [, local, , code, , , , uid, , inode] = line.trim().split(/\s+/);
      const [host, port] = local?.split(':') ?? [];
      if (code !== STATES[state] || host === undefined || port === undefined) return [];
      return [{ name: `socket:[${inode}]`, local: { host: decodeHost(host), port: Number.parseInt(port, 16) }, uid: Number(uid) }];
    });
}

/** The table has 32-bit words in the machine's byte order, which is little-endian wherever Node runs except s390x and old PowerPC. */
function decodeHost(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
