import { totalOf } from '../../model/column-totals.js';
import { groupedBy } from '../grouped-by.js';
import { processKey } from '../identity.js';
import type { FleetHistory } from '../store.js';
import { type ProfileTimes, stretchLength } from '../stretches.js';
import type { FoundProfile } from './find-profiles.js';
import type { ProfileReader } from './read-profiles.js';

/** Only the newest profile of each process in each stretch of time is read. */
export function historyOf(profiles: readonly FoundProfile[], reader: ProfileReader): FleetHistory {
  const length = stretchLength(timesOf(profiles));
  const startOf = ({ timeMs }: FoundProfile) => Math.floor(timeMs / length) * length;
  const sums = new Map<string, { release: string; startMs: number; processes: number; size: number }>();
  const stretches = groupedBy(profiles, (one) => JSON.stringify([one.identity.release, startOf(one), processKey(one.identity)]));
  for (const inStretch of stretches.values()) {
    const newest = inStretch.toSorted((a, b) => b.timeMs - a.timeMs);
    const snapshot = reader.readFirst(newest);
    if (!snapshot) continue;
    const { release } = newest[0]!.identity;
    const startMs = startOf(newest[0]!);
    const name = JSON.stringify([release, startMs]);
    const sum = sums.get(name) ?? { release, startMs, processes: 0, size: 0 };
    sum.processes++;
    sum.size += totalOf(snapshot.columns).size;
    sums.set(name, sum);
  }
  const points = [...sums.values()].sort((a, b) => (a.release < b.release ? -1 : Number(a.release > b.release)) || a.startMs - b.startMs);
  return {
    points: points.map(({ release, startMs, processes, size }) => ({
      release,
      time: new Date(startMs),
      processes,
      size: size / processes,
    })),
  };
}

function timesOf(profiles: readonly FoundProfile[]): ProfileTimes {
  let [firstMs, lastMs, spans, gaps] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const ofProcess of groupedBy(profiles, ({ identity }) => processKey(identity)).values()) {
    const first = ofProcess.reduce((least, { timeMs }) => Math.min(least, timeMs), Number.POSITIVE_INFINITY);
    const last = ofProcess.reduce((most, { timeMs }) => Math.max(most, timeMs), Number.NEGATIVE_INFINITY);
    firstMs = Math.min(firstMs, first);
    lastMs = Math.max(lastMs, last);
    spans += last - first;
    gaps += ofProcess.length - 1;
  }
  return { firstMs, lastMs, gapMs: gaps === 0 ? 0 : spans / gaps };
}
