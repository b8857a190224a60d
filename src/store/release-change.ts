import type { KeyType } from '../snapshot/statistics/key-type.js';
import type { ReleaseSums } from './fleet-statistics.js';
import { matchPlaces } from './match-places.js';
import { meanOfProcesses, type ProcessSums } from './process-sums.js';
import type { FleetDiff, FleetStatisticDiff } from './store.js';

const NOTHING = { size: 0, count: 0, squares: 0, variance: 0 };

/** The change of the means, ranked by its size in standard errors, then in bytes. Without an error the change is certain, and comes first. */
export function fleetDiff(keyType: KeyType, now: ReleaseSums, old: ReleaseSums): FleetDiff {
  const statistics = matchPlaces(keyType, now.groups, old.groups).map(([after, before]) =>
    differenceOf(after, before, [now.processes, old.processes]),
  );
  statistics.sort(
    (a, b) => surenessOf(b) - surenessOf(a) || Math.abs(b.sizeDiff) - Math.abs(a.sizeDiff) || a.traceback.compare(b.traceback),
  );
  return { keyType, processes: [now.processes, old.processes], statistics };
}

function differenceOf(
  after: ProcessSums | null,
  before: ProcessSums | null,
  [now, old]: readonly [now: number, old: number],
): FleetStatisticDiff {
  const [mean, earlier] = [meanOfProcesses(after ?? NOTHING, now), meanOfProcesses(before ?? NOTHING, old)];
  return {
    traceback: (after ?? before)!.traceback,
    size: mean.size,
    count: mean.count,
    standardError: Math.hypot(mean.standardError, earlier.standardError),
    processes: after?.processes ?? 0,
    sizeDiff: mean.size - earlier.size,
    countDiff: mean.count - earlier.count,
  };
}

/** Infinity − Infinity is no order, so the certain changes have the largest number. */
function surenessOf({ sizeDiff, standardError }: FleetStatisticDiff): number {
  if (sizeDiff === 0) return 0;
  return standardError === 0 ? Number.MAX_VALUE : Math.abs(sizeDiff) / standardError;
}
