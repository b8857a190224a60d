import type { KeyType } from '../snapshot/statistics/key-type.js';
import { meanOfProcesses, type ProcessSums } from './process-sums.js';
import type { FleetStatistic, FleetStats } from './store.js';

/** What a store has summed for one release, or for all. */
export interface ReleaseSums {
  /** All of them, also those that have none of a group. */
  readonly processes: number;
  readonly groups: readonly ProcessSums[];
}

/** Sorted by size, then count, then traceback; the largest first. */
export function fleetStatistics(keyType: KeyType, { processes, groups }: ReleaseSums): FleetStats {
  const statistics = groups
    .map((sums): FleetStatistic => ({ traceback: sums.traceback, ...meanOfProcesses(sums, processes), processes: sums.processes }))
    .sort((a, b) => b.size - a.size || b.count - a.count || b.traceback.compare(a.traceback));
  return { keyType, processes, statistics };
}
