import { RowInterner } from '../../model/row-interner.js';
import { partsOf } from '../../series/growth.js';
import type { Series } from '../../series/series.js';
import { gather } from '../../snapshot/apply-filters.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import { samplingInterval, traceVariance, unseenVariance } from '../../snapshot/statistics/sampling-error.js';
import type { LifetimeColumns } from '../call-tree/series-data.js';
import { assignedCells, type TracesAsCells } from './cells.js';
import { sumsInRound } from './view/round-sums.js';

/** Each takes about 30 characters of the page. */
const MOST_LIFETIMES = 150_000;

export interface SeriesAsCells extends TracesAsCells {
  readonly lifetimes: LifetimeColumns;
  /** By round of the page: whether its stacks are in the cells. */
  readonly hasStacks: readonly boolean[];
}

/** A trace that is alive in one of the rounds with stacks. */
interface Lifetime {
  readonly row: number;
  /** Rounds of the page. */
  readonly first: number;
  readonly last: number;
}

/**
 * The cells of all rounds, and the sums of their traces by the rounds of their lives. If a heap that turns over makes too many, fewer rounds
 * have stacks; the last one always has.
 *
 * @param rounds rounds of the series that the page shows
 */
export function seriesAsCells(series: Series, rounds: readonly number[], most = MOST_LIFETIMES): SeriesAsCells {
  const { kept, lives } = livesOf(series, rounds, most);
  const all = allTraces(
    series,
    lives.map(({ row }) => row),
  );
  const assigned = assignedCells([all]);
  const lifetimes = sumLives(all, { lives, cellOf: assigned.cellsOf[0]! });
  const { keys, size } = assigned;
  const areas = new Array<number>(size).fill(0);
  lifetimes.cell.forEach((cell, i) => {
    areas[cell]! += lifetimes.size[i]! * (lifetimes.last[i]! - lifetimes.first[i]! + 1);
  });
  const round = rounds.length - 1;
  const now = sumsInRound(lifetimes, {
    round,
    threads: keys.thread,
    missing: missingThreads(series, rounds[round]!, (name) => assigned.names.intern(name)),
    unseen: unseenVariance(all.capture),
  });
  return {
    ...assigned.inPreorder({ now, old: null }, areas),
    lifetimes,
    hasStacks: rounds.map((_, index) => kept.includes(index)),
  };
}

/** The threads that a round of a series lacks. @param intern gives their numbers among the names of the page */
export function missingThreads({ lifetimes: { threads, rounds } }: Series, round: number, intern: (name: string) => number): number[] {
  return threads.flatMap((name, thread) => (rounds[round]!.threads.includes(thread) ? [] : [intern(name)]));
}

function allTraces({ lifetimes }: Series, rows: readonly number[]): Snapshot {
  return new Snapshot({ ...partsOf(lifetimes), columns: gather(lifetimes.columns, Uint32Array.from(rows)) });
}

/** Halves the rounds until the lives in them make few enough sums. */
function livesOf(series: Series, rounds: readonly number[], most: number): { kept: readonly number[]; lives: readonly Lifetime[] } {
  for (let count = rounds.length; ; count = Math.ceil(count / 2)) {
    const kept = spreadOut(rounds.length, count);
    const lives = livesIn(series, { rounds, kept });
    if (count === 1 || sumsOf(series, lives) <= most) return { kept, lives };
  }
}

/** So many indexes below `length`, evenly, the last one among them. */
export function spreadOut(length: number, count: number): number[] {
  const step = count > 1 ? (length - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => length - 1 - Math.round((count - 1 - i) * step));
}

function livesIn(
  { lifetimes: { first, last } }: Series,
  { rounds, kept }: { rounds: readonly number[]; kept: readonly number[] },
): Lifetime[] {
  const { length } = first;
  const total = rounds.at(-1)! + 1;
  // By round of the series: the next and the latest round with stacks.
  const [next, latest] = [new Int32Array(total).fill(rounds.length), new Int32Array(total).fill(-1)];
  for (const index of kept) [next[rounds[index]!], latest[rounds[index]!]] = [index, index];
  for (let round = total - 2; round >= 0; round--) if (latest[round] === -1) next[round] = next[round + 1]!;
  for (let round = 1; round < total; round++) if (latest[round] === -1) latest[round] = latest[round - 1]!;
  const lives: Lifetime[] = [];
  for (let row = 0; row < length; row++) {
    const life = { row, first: next[first[row]!]!, last: latest[last[row]!]! };
    if (life.first <= life.last) lives.push(life);
  }
  return lives;
}

/** The number of sums that the lives make at least. */
function sumsOf({ lifetimes: { columns } }: Series, lives: readonly Lifetime[]): number {
  const { traceback, domain, thread, type, label } = columns;
  const rows = new RowInterner();
  for (const { row, first, last } of lives)
    rows.intern([traceback[row]!, domain?.[row] ?? 0, thread?.[row] ?? 0, type?.[row] ?? 0, label?.[row] ?? 0, first, last], 0, 7);
  return rows.size;
}

function sumLives({ columns, capture }: Snapshot, { lives, cellOf }: { lives: readonly Lifetime[]; cellOf: Uint32Array }): LifetimeColumns {
  const interval = samplingInterval(capture);
  const rows = new RowInterner();
  const sums = { cell: [] as number[], first: [] as number[], last: [] as number[], size: [] as number[], count: [] as number[] };
  const variance: number[] = [];
  lives.forEach(({ first, last }, trace) => {
    const at = rows.intern([cellOf[trace]!, first, last], 0, 3);
    if (at === sums.cell.length) {
      sums.cell.push(cellOf[trace]!);
      sums.first.push(first);
      sums.last.push(last);
      for (const column of [sums.size, sums.count, variance]) column.push(0);
    }
    const [size, count] = [columns.size[trace]!, columns.count[trace]!];
    sums.size[at]! += size;
    sums.count[at]! += count;
    if (interval !== null) variance[at]! += traceVariance(size, count, interval);
  });
  return { ...sums, variance: interval === null ? null : variance.map(Math.round) };
}
