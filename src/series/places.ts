import { cohorts, type Lifetimes } from './lifetimes.js';

/** By round of birth: the traces of one place that are alive in the last round. */
export type Kept = readonly number[];

/** What is kept of each round, by group and then by place. A place is the newest frame of a stack, with its column. @param groupOf by trace */
export function keptByPlace(lifetimes: Lifetimes, groupOf: Uint32Array): ReadonlyMap<number, readonly Kept[]> {
  const { columns, last, rounds, table } = lifetimes;
  const cohortOf = cohorts(lifetimes);
  const kept = new Map<number, Map<number, number[]>>();
  for (let row = 0; row < columns.length; row++) {
    if (last[row] !== rounds.length - 1) continue;
    const places = entryOf(kept, groupOf[row]!, () => new Map<number, number[]>());
    const place = table.frames[table.tracebackStart[columns.traceback[row]! + 1]! - 1]!;
    entryOf(places, place, () => new Array<number>(rounds.length).fill(0))[cohortOf[row]!]!++;
  }
  return new Map([...kept].map(([group, places]) => [group, [...places.values()]]));
}

function entryOf<Value>(map: Map<number, Value>, key: number, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
