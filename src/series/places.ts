import { cohorts, type Lifetimes } from './lifetimes.js';

/** Traces of one place that are alive in the last round. A place is the newest frame of a stack, with its column. */
export interface Kept {
  /** By round of birth. */
  readonly traces: readonly number[];
  /** Only the blocks of one size. */
  readonly ofOneSize: boolean;
}

interface Place {
  readonly traces: number[];
  readonly bySize: Map<number, number[]>;
}

/** What is kept of each round, by group: of each place, and of each size of block at it. @param groupOf by trace */
export function keptByPlace(lifetimes: Lifetimes, groupOf: Uint32Array): ReadonlyMap<number, readonly Kept[]> {
  const { columns, last, rounds, table } = lifetimes;
  const cohortOf = cohorts(lifetimes);
  const none = () => new Array<number>(rounds.length).fill(0);
  const groups = new Map<number, Map<number, Place>>();
  for (let row = 0; row < columns.length; row++) {
    if (last[row] !== rounds.length - 1) continue;
    const places = entryOf(groups, groupOf[row]!, () => new Map<number, Place>());
    const frame = table.frames[table.tracebackStart[columns.traceback[row]! + 1]! - 1]!;
    const { traces, bySize } = entryOf(places, frame, () => ({ traces: none(), bySize: new Map() }));
    const round = cohortOf[row]!;
    traces[round]!++;
    entryOf(bySize, columns.size[row]! / columns.count[row]!, none)[round]!++;
  }
  return new Map([...groups].map(([group, places]) => [group, [...places.values()].flatMap(keptAt)]));
}

function keptAt({ traces, bySize }: Place): Kept[] {
  return [{ traces, ofOneSize: false }, ...[...bySize.values()].map((alike) => ({ traces: alike, ofOneSize: true }))];
}

function entryOf<Value>(map: Map<number, Value>, key: number, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
