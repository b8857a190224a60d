import { tracebackAt } from '../../../src/model/stack-table.js';
import type { Snapshot } from '../../../src/snapshot/snapshot.js';
import type { Statistic } from '../../../src/snapshot/statistics/statistic.js';

/** What an exact run found in one place, and the expected scatter of a sampling of it. */
export interface Place {
  readonly size: number;
  readonly count: number;
  /** Standard deviation of a sampled size, in bytes, and of a sampled count, for these blocks (Horvitz-Thompson). */
  readonly sizeScatter: number;
  readonly countScatter: number;
}

/** Each trace of an exact snapshot is one block, so the true scatter of a sampling is known. */
export function placesOf({ table, columns }: Snapshot, interval: number): Map<string, Place> {
  const names = Array.from(table.totalFrames, (_, id) => {
    const frame = tracebackAt(table, id).at(-1)!;
    return `${frame.filename}:${frame.lineno}`;
  });
  const sums = new Map<string, { size: number; count: number; sizeVariance: number; countVariance: number }>();
  for (let row = 0; row < columns.length; row++) {
    const name = names[columns.traceback[row]!]!;
    let sum = sums.get(name);
    if (!sum) {
      sum = { size: 0, count: 0, sizeVariance: 0, countVariance: 0 };
      sums.set(name, sum);
    }
    const block = columns.size[row]!;
    const missed = Math.exp(-block / interval);
    const variance = missed / (1 - missed);
    sum.size += block;
    sum.count++;
    sum.sizeVariance += block * block * variance;
    sum.countVariance += variance;
  }
  return new Map(
    [...sums].map(([name, { size, count, sizeVariance, countVariance }]) => [
      name,
      { size, count, sizeScatter: Math.sqrt(sizeVariance), countScatter: Math.sqrt(countVariance) },
    ]),
  );
}

export function placeOf({ traceback }: Statistic): string {
  const frame = traceback.at(-1)!;
  return `${frame.filename}:${frame.lineno}`;
}

export function wholeOf(places: Iterable<Place>): Place {
  const whole = { size: 0, count: 0, sizeScatter: 0, countScatter: 0 };
  for (const place of places) {
    whole.size += place.size;
    whole.count += place.count;
    whole.sizeScatter = Math.hypot(whole.sizeScatter, place.sizeScatter);
    whole.countScatter = Math.hypot(whole.countScatter, place.countScatter);
  }
  return whole;
}
