import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { controlGroupFolders } from './cgroup.js';

/** How much memory a process may have before the kernel ends it. */
export interface MemoryAllowance {
  readonly bytes: number;
  /** What sets it: the least limit of its control groups, or what the machine has. */
  readonly of: 'control group' | 'machine';
}

/** The file that holds a control group's limit in version 2, and in version 1. */
const LIMIT_FILES = ['memory.max', 'memory.limit_in_bytes'];

/** @param pid as this machine knows the process */
export function memoryAllowance(pid: number): MemoryAllowance {
  const limits = controlGroupFolders(pid, 'memory').flatMap((folder) => LIMIT_FILES.map((file) => limitIn(join(folder, file))));
  return leastAllowance(limits, totalmem());
}

/** A group without a limit says `max` in version 2, and a number beyond any machine in version 1. */
export function leastAllowance(limits: readonly number[], machine: number): MemoryAllowance {
  const least = Math.min(...limits.filter((limit) => limit > 0));
  return least < machine ? { bytes: least, of: 'control group' } : { bytes: machine, of: 'machine' };
}

/** NaN if there is no such file, or no limit in it. */
function limitIn(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}
