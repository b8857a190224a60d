import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';

/** What a process would do at a SIGUSR1. Only `'handled'` does something, and `'deadly'` ends it. */
export type SignalEffect = 'handled' | 'blocked' | 'ignored' | 'deadly';

/** What Linux's /proc tells of a process; looking does not disturb it. */
export interface ProcFacts {
  readonly pid: number;
  /** Clock ticks from the start of the machine to its own: with the pid it names one process for ever. */
  readonly startTime: string;
  /** `S` sleeping, `R` running, `T` stopped, `t` stopped by a debugger, `Z` ended and not yet buried by its parent, … */
  readonly state: string;
  readonly sigusr1: SignalEffect;
  /** The pid of its process: threads have numbers of the same kind, and a place in /proc that nothing lists. */
  readonly ofProcess: number;
  /** Its pid in its own pid namespace: what its `process.pid` says. */
  readonly ownPid: number;
  /** null where we may not look into the process. A deleted one (an upgrade) has a suffix. */
  readonly executable: string | null;
  /** Empty for a process that has ended. The program may have replaced it by a title of its own. */
  readonly argv: readonly string[];
  /** Whether its sockets are on our side; false in another container. */
  readonly sharesNetwork: boolean;
}

export function hasProc(): boolean {
  return process.platform === 'linux';
}

/** All at one moment, synchronously: what follows in the same turn is about the same process. null where there is none. */
export function readProc(pid: number): ProcFacts | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const network = linkOf(pid, 'ns/net');
    return {
      pid,
      ofProcess: Number(fieldOf(status, 'Tgid') || pid),
      ...parseStatus(status),
      ...parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1')),
      executable: linkOf(pid, 'exe'),
      argv: readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        .split('\0')
        .filter((word) => word !== ''),
      sharesNetwork: network === null || network === readlinkSync('/proc/self/ns/net'),
    };
  } catch {
    return null;
  }
}

/** It was told to, by SIGSTOP or by a debugger, and answers nobody. Never where there is no /proc. */
export function isStopped(pid: number): boolean {
  return ['T', 't'].includes(readProc(pid)?.state ?? '');
}

/** Fields 3 and 22 of proc(5)'s /proc/PID/stat; the second, the name in parentheses, may hold anything. */
export function parseStat(stat: string): Pick<ProcFacts, 'state' | 'startTime'> {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}

/** SIGUSR1 is the tenth signal, on every Linux that Node runs on. */
const SIGUSR1_BIT = 1n << 9n;

/** /proc/PID/status, whose masks are those of the main thread. */
export function parseStatus(status: string): Pick<ProcFacts, 'sigusr1' | 'ownPid'> {
  const has = (mask: string) => (BigInt(`0x${fieldOf(status, mask) || '0'}`) & SIGUSR1_BIT) !== 0n;
  const ownPid = Number(fieldOf(status, 'NSpid').split(/\s+/).at(-1) || fieldOf(status, 'Pid'));
  if (has('SigCgt')) return { sigusr1: 'handled', ownPid };
  if (has('SigIgn')) return { sigusr1: 'ignored', ownPid };
  return { sigusr1: has('SigBlk') ? 'blocked' : 'deadly', ownPid };
}

function fieldOf(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? '';
}

export async function listPids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** What its open files are, as /proc/PID/fd names them: `socket:[12345]`, `anon_inode:[eventpoll]`, paths. null where we may not look. */
export async function openFilesOf(pid: number): Promise<string[] | null> {
  try {
    const names = await readdir(`/proc/${pid}/fd`);
    return await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  } catch {
    return null; // not ours, or gone since
  }
}

/** The words of NODE_OPTIONS that it was started with. */
export function nodeOptionsOf(pid: number): string[] {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return (
      environment
        .find((entry) => entry.startsWith('NODE_OPTIONS='))
        ?.slice('NODE_OPTIONS='.length)
        .split(/\s+/) ?? []
    );
  } catch {
    return []; // not ours, or gone since
  }
}

function linkOf(pid: number, name: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return null;
  }
}
