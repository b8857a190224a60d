import type { Traceback } from '../model/traceback.js';

/** The memory of one group in the processes of one release: sums over the newest profile of each process. */
export interface ProcessSums {
  readonly traceback: Traceback;
  /** Bytes. */
  readonly size: number;
  /** Blocks. */
  readonly count: number;
  /** Of the bytes of each process, squared. */
  readonly squares: number;
  /** Variance from sampling, in bytes squared: of each process, `traceVariance` of each trace, and once `unseenVariance` if it has any. */
  readonly variance: number;
  /** Processes that have some of it. */
  readonly processes: number;
}

export interface MeanOfProcesses {
  /** Bytes a process. */
  readonly size: number;
  /** Blocks a process. */
  readonly count: number;
  /** Of `size`, in bytes. */
  readonly standardError: number;
}

/**
 * The scatter between the processes has their sampling errors in it already. It can be smaller by chance, or unknown if there is one process, so that
 * the larger one of scatter and sampling error counts.
 *
 * @param processes all of them, also those without the group, which count with 0
 */
export function meanOfProcesses(sums: Omit<ProcessSums, 'traceback' | 'processes'>, processes: number): MeanOfProcesses {
  if (processes === 0) return { size: 0, count: 0, standardError: 0 };
  const { size, count, squares, variance } = sums;
  const scatter = processes > 1 ? Math.max(0, squares - (size * size) / processes) / (processes - 1) / processes : 0;
  const sampling = variance / (processes * processes);
  return { size: size / processes, count: count / processes, standardError: Math.sqrt(Math.max(scatter, sampling)) };
}
