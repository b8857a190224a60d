import { LEAST_ROUNDS } from '../../series/growth.js';
import type { Series } from '../../series/series.js';
import type { SeriesData } from '../call-tree/series-data.js';
import { missingThreads, type SeriesAsCells, spreadOut } from './series-cells.js';
import { type PageFrames, seriesGrowth } from './series-growth.js';
import { groupKeysOf } from './view/row-groups.js';

/** More would be narrower than a pixel on a telephone, and make the page large. */
const MOST_ROUNDS = 200;

/** The rounds of a series that the page shows: all, or so many, evenly, with the last one. */
export function shownRounds({ rounds }: Series): number[] {
  return spreadOut(rounds.length, Math.min(MOST_ROUNDS, rounds.length));
}

interface Shown {
  /** See `shownRounds`. */
  readonly rounds: readonly number[];
  readonly cells: SeriesAsCells;
  readonly page: PageFrames;
  /** Rounds of the series. */
  readonly warmup: number;
}

export function seriesData(series: Series, { rounds, cells, page, warmup }: Shown): SeriesData {
  return {
    warmup: rounds.filter((round) => round < warmup).length,
    hasEnoughRounds: series.rounds.length >= warmup + LEAST_ROUNDS,
    rounds: rounds.map((round, index) => {
      const { time, traced, heap } = series.rounds[round]!;
      return {
        number: round + 1,
        time,
        traced: Math.round(traced),
        heapUsed: heap?.heapUsed ?? null,
        rss: heap?.rss ?? null,
        hasStacks: cells.hasStacks[index]!,
        missing: missingThreads(series, round, page.intern),
      };
    }),
    lifetimes: cells.lifetimes,
    growth: seriesGrowth(series, { keys: groupKeysOf(cells.cells), rounds, page, warmup }),
  };
}
