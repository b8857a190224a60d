import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';

/** The effect of a SIGUSR1 on a process: `'handled'` runs a handler, `'deadly'` ends the process, the others do nothing. */
export type SignalEffect = 'handled' | 'blocked' | 'ignored' | 'deadly';

/** What Linux's /proc says about a process. Reading it does not disturb the process. */
export interface ProcFacts {
  readonly pid: number;
  /**
   * Clock ticks between the start of the machine and the start of the process. Together with the pid it identifies one process for ever.
   */
  readonly startTime: string;
  /** `S` sleeping, `R` running, `T` stopped, `t` stopped by a debugger, `Z` ended but not yet collected by its parent, … */
  readonly state: string;
  readonly sigusr1: SignalEffect;
  /** The pid of the process. Threads have numbers of the same kind, and /proc has unlisted entries for them. */
  readonly ofProcess: number;
  /** Its pid in its own pid namespace, which is its `process.pid`. */
  readonly ownPid: number;
  /** The pid of the process that started it, or of the one that took it over. */
  readonly parent: number;
  /** The user whose rights it has. */
  readonly uid: number;
  /** Resident memory in bytes; null for a process that has ended. */
  readonly rss: number | null;
  /** How often its main thread has waited for something. */
  readonly waits: number;
  /** null if we may not inspect the process. If the file was deleted, as by an upgrade, the path has a suffix. */
  readonly executable: string | null;
  /** Its working directory; null if we may not inspect the process. */
  readonly cwd: string | null;
  /** Empty for a process that has ended. The program may have replaced it by its own title. */
  readonly argv: readonly string[];
  /** Whether its sockets are in our network namespace; false for another container. */
  readonly sharesNetwork: boolean;
}

export function hasProc(): boolean {
  return process.platform === 'linux';
}

/** Reads everything in one synchronous step, so that code in the same turn deals with the same process. null if there is none. */
export function readProc(pid: number): ProcFacts | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const network = linkOf(pid, 'ns/net');
    return {
      pid,
      ofProcess: Number(statusField(status, 'Tgid') || pid),
      ...parseStatus(status),
      ...parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1')),
      executable: linkOf(pid, 'exe'),
      cwd: linkOf(pid, 'cwd'),
      argv: readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        .split('\0')
        .filter((word) => word !== ''),
      sharesNetwork: network === null || network === readlinkSync('/proc/self/ns/net'),
    };
  } catch {
    return null;
  }
}

/** The process that began at `startTime`, not a later one with its pid; null if it has ended. */
export function readProcOf(pid: number, startTime: string): ProcFacts | null {
  const facts = readProc(pid);
  return facts === null || facts.startTime !== startTime || facts.state === 'Z' ? null : facts;
}

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

/** How long the process runs, in seconds. Compared with our own age, because /proc/uptime may count otherwise in a container. */
export function ageOf({ startTime }: Pick<ProcFacts, 'startTime'>): number {
  const own = parseStat(readFileSync('/proc/self/stat', 'latin1')).startTime;
  return Math.max(0, (Number(own) - Number(startTime)) / TICKS + process.uptime());
}

/** Whether SIGSTOP or a debugger has stopped it, so that it answers nobody. Always false without /proc. */
export function isStopped(pid: number): boolean {
  return ['T', 't'].includes(readProc(pid)?.state ?? '');
}

/** Fields 3 and 22 of proc(5)'s /proc/PID/stat. The second field, the name in parentheses, may hold any character. */
export function parseStat(stat: string): Pick<ProcFacts, 'state' | 'startTime'> {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}

/** SIGUSR1 is the tenth signal, on every Linux that Node runs on. */
const SIGUSR1_BIT = 1n << 9n;

/** Parses /proc/PID/status. Its signal masks are those of the main thread. */
export function parseStatus(status: string): Pick<ProcFacts, 'sigusr1' | 'ownPid' | 'parent' | 'uid' | 'rss' | 'waits'> {
  const kilobytes = /^(\d+) kB$/.exec(statusField(status, 'VmRSS'))?.[1];
  return {
    ...signalAndPid(status),
    parent: Number(statusField(status, 'PPid')),
    uid: Number(statusField(status, 'Uid').split(/\s+/)[1]), // the effective one
    rss: kilobytes === undefined ? null : Number(kilobytes) * 1024,
    waits: Number(statusField(status, 'voluntary_ctxt_switches')),
  };
}

function signalAndPid(status: string): Pick<ProcFacts, 'sigusr1' | 'ownPid'> {
  const has = (mask: string) => (BigInt(`0x${statusField(status, mask) || '0'}`) & SIGUSR1_BIT) !== 0n;
  const ownPid = Number(statusField(status, 'NSpid').split(/\s+/).at(-1) || statusField(status, 'Pid'));
  if (has('SigCgt')) return { sigusr1: 'handled', ownPid };
  if (has('SigIgn')) return { sigusr1: 'ignored', ownPid };
  return { sigusr1: has('SigBlk') ? 'blocked' : 'deadly', ownPid };
}

/** A row of /proc/PID/status. */
export function statusField(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? '';
}

export async function listPids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Its open files as /proc/PID/fd names them: `socket:[12345]`, `anon_inode:[eventpoll]`, paths. null if we may not read them. */
export async function openFilesOf(pid: number): Promise<string[] | null> {
  try {
    const names = await readdir(`/proc/${pid}/fd`);
    return await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  } catch {
    return null; // another user's, or ended meanwhile
  }
}

/** The words of the NODE_OPTIONS with which it was started. */
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
    return []; // another user's, or ended meanwhile
  }
}

/** The number of the namespace in which this process sees pids, or networks; empty on systems without namespaces. */
export function ownNamespace(kind: 'pid' | 'net'): string {
  try {
    return /\d+/.exec(readlinkSync(`/proc/self/ns/${kind}`))?.[0] ?? '';
  } catch {
    return '';
  }
}

function linkOf(pid: number, name: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return null;
  }
}
