import { readdirSync, readFileSync } from 'node:fs';
import { formatSize } from '../text/size-format.js';
import { controlGroupFolders } from './cgroup.js';
import { statusField } from './proc.js';

/**
 * What the start of an inspector takes from its process. If it gets less, Node aborts (SIGABRT, measured on 18 to 26): with 4 free descriptors or fewer,
 * no thread, or 4 MiB of address space or data. With up to 6 descriptors the inspector does not open. We ask for more: each client takes one
 * descriptor more, and the program goes on taking what it needs.
 */
const NEEDED = { descriptors: 32, threads: 4, memoryBytes: 64 * 1024 * 1024 } as const;
/** glibc gives threads this stack if the limit of the stack is `unlimited`. */
const DEFAULT_STACK_BYTES = 2 * 1024 * 1024;
const NO_LIMIT = { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY };

/** One of the things that a process may have only so much of. */
interface Supply {
  /** null if unknown, or if no limit holds. */
  readonly used: number | null;
  readonly limit: number;
  readonly needed: number;
  readonly show: (amount: number) => string;
  /** `its 256 file descriptors` */
  readonly all: (limit: string) => string;
  /** How to get more. */
  readonly remedy: string;
}

/** Soft and hard limits by name, as in /proc/PID/limits; `unlimited` is infinite. */
export type Limits = ReadonlyMap<string, { readonly soft: number; readonly hard: number }>;

/** What we read of a process; null for what cannot be read. */
export interface Usage {
  readonly pid: number;
  readonly limits: Limits;
  readonly descriptors: number | null;
  readonly addressBytes: number;
  readonly dataBytes: number;
  /** Threads of all processes of the same user; null if the user may have any number. */
  readonly threadsOfUser: number | null;
  readonly groups: readonly { readonly folder: string; readonly threads: number; readonly limit: number }[];
}

/**
 * Says what a Linux process has too little of to open an inspector, and how to get more; null if it has enough, or does not tell. Synchronous, so that
 * the answer holds for a signal that is sent in the same turn.
 */
export function shortageForInspector(pid: number): string | null {
  const usage = readUsage(pid);
  return usage && shortageIn(usage);
}

export function shortageIn(usage: Usage): string | null {
  for (const { used, limit, needed, show, all, remedy } of suppliesOf(usage)) {
    if (used === null || limit - used >= needed) continue;
    return `it has ${show(Math.max(0, limit - used))} of ${all(show(limit))} left, and Node ends a program that has too few for its inspector; ${remedy} and attach again`;
  }
  return null;
}

function suppliesOf({ pid, limits, descriptors, addressBytes, dataBytes, threadsOfUser, groups }: Usage): Supply[] {
  const stack = limits.get('Max stack size')?.soft ?? Number.POSITIVE_INFINITY;
  const memory = { show: formatSize, needed: NEEDED.memoryBytes + (Number.isFinite(stack) ? stack : DEFAULT_STACK_BYTES) };
  const limited = (name: string, option: string, rest: Omit<Supply, 'limit' | 'remedy'>): Supply => {
    const { soft, hard } = limits.get(name) ?? NO_LIMIT;
    const isRaisable = hard > soft; // Node itself raises the one of descriptors at its start, to the hard limit
    const more = isRaisable ? `${Math.min(hard, 2 * soft)}:` : `${2 * soft}`;
    const remedy = `raise the limit (${isRaisable ? '' : 'as root: '}prlimit --pid ${pid} --${option}=${more})`;
    return { ...rest, limit: soft, remedy };
  };
  return [
    limited('Max open files', 'nofile', {
      used: descriptors,
      show: String,
      needed: NEEDED.descriptors,
      all: (limit) => `its ${limit} file descriptors`,
    }),
    limited('Max address space', 'as', { ...memory, used: addressBytes, all: (limit) => `its ${limit} of address space` }),
    limited('Max data size', 'data', { ...memory, used: dataBytes, all: (limit) => `its ${limit} of data` }),
    limited('Max processes', 'nproc', {
      used: threadsOfUser,
      show: String,
      needed: NEEDED.threads,
      all: (limit) => `the ${limit} threads of its user`,
    }),
    ...groups.map(({ folder, threads, limit }) => ({
      used: threads,
      show: String,
      limit,
      needed: NEEDED.threads,
      all: (limit: string) => `the ${limit} threads of its control group`,
      remedy: `raise ${folder}/pids.max`,
    })),
  ];
}

/** Rows of proc(5)'s /proc/PID/limits: `Max open files            256                  4096                 files     `. */
export function parseLimits(text: string): Limits {
  const value = (word: string) => (word === 'unlimited' ? Number.POSITIVE_INFINITY : Number(word));
  const rows = text.matchAll(/^(Max .*?) {2,}(\d+|unlimited) +(\d+|unlimited)\b/gm);
  return new Map([...rows].map(([, name, soft, hard]) => [name!, { soft: value(soft!), hard: value(hard!) }]));
}

function readUsage(pid: number): Usage | null {
  try {
    const limits = parseLimits(readFileSync(`/proc/${pid}/limits`, 'latin1'));
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return {
      pid,
      limits,
      descriptors: entriesOf(`/proc/${pid}/fd`),
      addressBytes: kibibytes(status, 'VmSize'),
      dataBytes: kibibytes(status, 'VmData'),
      threadsOfUser: Number.isFinite(limits.get('Max processes')?.soft) && !isExempt(pid, status) ? threadsOf(userOf(status)) : null,
      groups: groupsOf(pid),
    };
  } catch {
    return null; // it has ended
  }
}

/** The limit of processes does not hold for root, nor with CAP_SYS_ADMIN (bit 21) or CAP_SYS_RESOURCE (24), unless in a user namespace. */
function isExempt(pid: number, status: string): boolean {
  const isInitial = /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync(`/proc/${pid}/uid_map`, 'latin1'));
  const capabilities = BigInt(`0x${statusField(status, 'CapEff') || '0'}`);
  return isInitial && (userOf(status) === '0' || (capabilities & ((1n << 21n) | (1n << 24n))) !== 0n);
}

function threadsOf(user: string): number {
  let sum = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, 'latin1');
      if (userOf(status) === user) sum += Number(statusField(status, 'Threads'));
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
}

function groupsOf(pid: number): Usage['groups'] {
  return controlGroupFolders(pid, 'pids').flatMap((folder) => {
    try {
      const [threads, limit] = ['current', 'max'].map((name) => Number(readFileSync(`${folder}/pids.${name}`, 'latin1')));
      return Number.isInteger(limit) ? [{ folder, threads: threads!, limit: limit! }] : []; // `max` is no limit
    } catch {
      return []; // the root, or a group without this controller
    }
  });
}

function entriesOf(folder: string): number | null {
  try {
    return readdirSync(folder).length;
  } catch {
    return null; // we may not read it
  }
}

/** The real user, whose threads are counted. */
function userOf(status: string): string {
  return statusField(status, 'Uid').split(/\s+/)[0] ?? '';
}

function kibibytes(status: string, name: string): number {
  return 1024 * Number(/^\d+/.exec(statusField(status, name))?.[0] ?? 0);
}
