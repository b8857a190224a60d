/** The rounds of a series, as the page shows them. Bytes are whole numbers. Rounds are indexes in `rounds`, from 0 on. */
export interface SeriesData {
  /** How many first rounds do not count. */
  readonly warmup: number;
  /** Whether they are enough to tell a leak. */
  readonly hasEnoughRounds: boolean;
  /** All rounds, or some of them if there are very many. */
  readonly rounds: readonly RoundData[];
  readonly lifetimes: LifetimeColumns;
  /** By the page's key of groups. */
  readonly growth: Readonly<Record<string, GrowthData>>;
}

export interface RoundData {
  /** As in `FILE@N`, from 1 on. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly traced: number;
  readonly heapUsed: number | null;
  readonly rss: number | null;
  /** Whether the page has its stacks, so that it can be chosen for the flame graph. */
  readonly hasStacks: boolean;
  /** Threads that the round lacks, as indexes in `names`. */
  readonly missing: readonly number[];
}

/** Sums of the traces that share a cell, and the rounds with stacks between which they were alive. */
export interface LifetimeColumns {
  readonly cell: readonly number[];
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly size: readonly number[];
  readonly count: readonly number[];
  /** In bytes squared; null if sizes are exact. */
  readonly variance: readonly number[] | null;
}

/** What the groups of one key did over the rounds: leaks first, then by slope. Columns have one element a group. */
export interface GrowthData {
  /** TRUNCATED if the group is no place. */
  readonly frame: readonly number[];
  /** Index in `names`, for a group that is no place. -1 for a place. */
  readonly name: readonly number[];
  readonly verdict: readonly string[];
  /** Bytes a round. */
  readonly slope: readonly number[];
  readonly standardError: readonly number[];
  /** Blocks in the last round. */
  readonly count: readonly number[];
  /** By group: bytes by round. */
  readonly sizes: readonly (readonly number[])[];
  /** By group: bytes that are alive in the last round, by the round of their birth. */
  readonly ages: readonly (readonly number[])[];
  /** Groups with each verdict, also those that the page leaves out. */
  readonly verdicts: Readonly<Record<string, number>>;
}
