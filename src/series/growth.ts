import type { SnapshotParts } from '../model/snapshot-parts.js';
import type { Traceback } from '../model/traceback.js';
import { type Assignment, Groups } from '../snapshot/statistics/groups.js';
import type { KeyType } from '../snapshot/statistics/key-type.js';
import { samplingInterval, traceVariance, unseenVariance } from '../snapshot/statistics/sampling-error.js';
import { cohorts, type Lifetimes } from './lifetimes.js';
import { type Kept, keptByPlace } from './places.js';
import { type GroupHistory, type Verdict, verdictOf } from './verdict.js';

/** What a group of traces did over the rounds of a series. */
export interface Growth {
  readonly verdict: Verdict;
  /** Where the memory was allocated: one frame, or a whole stack when grouped by `'traceback'`. */
  readonly traceback: Traceback;
  /** Bytes a round: the slope of the line that fits `sizes` best, after the warm-up. */
  readonly slope: number;
  /** Standard error of `slope`, in bytes a round, from sampling alone; 0 if the capture was exact. */
  readonly standardError: number;
  /** Bytes by round. */
  readonly sizes: readonly number[];
  /** Blocks by round. */
  readonly counts: readonly number[];
  /** Bytes that are alive in the last round, by the round of their birth. What was born before the first round counts for it. */
  readonly ages: readonly number[];
}

const ORDER: readonly Verdict[] = ['leaks', 'grows', 'level', 'noise'];

/** By group: leaks first, then by slope, the steepest first. @param warmup the number of first rounds that the slope and the verdict leave out */
export function growthOf(lifetimes: Lifetimes, keyType: KeyType, warmup: number): Growth[] {
  const groups = new Groups(keyType);
  const parts = partsOf(lifetimes);
  const assignment = groups.assign(parts, false);
  const histories = new Histories(lifetimes, { groups: groups.size, groupOf: groupByRow(assignment) }, warmup);
  histories.addAll();
  const growth = Array.from({ length: groups.size }, (_, group) => group)
    .filter((group) => histories.isPresent(group))
    .map((group): Growth & { readonly group: number } => {
      const history = histories.of(group);
      const { slope, standardError, sizes, ages } = history;
      const counts = histories.counts(group);
      return { group, verdict: verdictOf(history), traceback: groups.traceback(group), slope, standardError, sizes, counts, ages };
    });
  growth.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || b.slope - a.slope || groups.compare(a.group, b.group));
  return growth.map(({ group: _, ...rest }) => Object.freeze(rest));
}

/** All traces that ever lived, as the parts of one snapshot: its groups are the groups of all rounds. */
export function partsOf({ table, columns, threads, types, labels, tracebackLimit, rounds }: Lifetimes): SnapshotParts {
  return { table, columns, threads, types, labels, tracebackLimit, capture: rounds.at(-1)!.capture };
}

function groupByRow({ bucketOf, groups }: Assignment): Uint32Array {
  return bucketOf.map((bucket) => groups[bucket]!);
}

/** The number of further rounds after which a trace counts as left behind by the round of its birth. */
const LEFT_BEHIND = 2;
/** The rounds that a leak takes after the warm-up: fewer have no round in which something that was left behind could have died. */
export const LEAST_ROUNDS = LEFT_BEHIND + 3;

/** The first round also has what the program made before. */
export const DEFAULT_WARMUP = 1;

/** The weights of a slope add up to 0, but for the rounding of numbers. */
const NO_WEIGHT = 1e-12;

/** The traces of a series by group. */
interface Grouping {
  readonly groups: number;
  /** By trace. */
  readonly groupOf: Uint32Array;
}

/** Sums by group and round, and what the verdict needs. */
class Histories {
  readonly #lifetimes: Lifetimes;
  /** By trace. */
  readonly #groupOf: Uint32Array;
  #places: ReadonlyMap<number, readonly Kept[]> | null = null;
  readonly #rounds: number;
  readonly #warmup: number;
  readonly #sizes: Float64Array;
  readonly #counts: Float64Array;
  readonly #ages: Float64Array;
  readonly #variance: Float64Array;
  /** By group and round: the variance of the change since the round before. */
  readonly #changeVariance: Float64Array;
  readonly #changes: Float64Array;
  /** By group and round: traces that are alive; and traces that came or went since the round before. */
  readonly #traces: Float64Array;
  readonly #turnover: Float64Array;
  readonly #died: Float64Array;
  readonly #exposed: Float64Array;
  /** By round: its weight in the slope, a linear function of the sizes; 0 during the warm-up. */
  readonly #weights: Float64Array;
  /** Entry i is the sum of the weights of the first i rounds. */
  readonly #weightSums: Float64Array;
  /** Mean bytes between two samples; null if sizes are exact. */
  readonly #interval: number | null;
  /** Variance, in bytes squared, of the blocks that no sample shows; and what it adds to that of a slope. */
  readonly #unseen: { readonly change: number; readonly slope: number };

  constructor(lifetimes: Lifetimes, { groups, groupOf }: Grouping, warmup: number) {
    const rounds = lifetimes.rounds.length;
    const matrix = () => new Float64Array(groups * rounds);
    this.#lifetimes = lifetimes;
    this.#groupOf = groupOf;
    this.#rounds = rounds;
    this.#warmup = warmup;
    [this.#sizes, this.#counts, this.#ages, this.#changeVariance] = [matrix(), matrix(), matrix(), matrix()];
    [this.#traces, this.#turnover] = [matrix(), matrix()];
    const column = () => new Float64Array(groups);
    [this.#variance, this.#changes, this.#died, this.#exposed] = [column(), column(), column(), column()];
    this.#weights = slopeWeights(rounds, warmup);
    this.#weightSums = prefixSums(this.#weights);
    const { capture } = lifetimes.rounds[0]!;
    this.#interval = samplingInterval(capture);
    const change = this.#interval === null ? 0 : unseenVariance(capture);
    this.#unseen = { change, slope: change * this.#weightSums.reduce((most, sum) => Math.max(most, Math.abs(sum)), 0) ** 2 };
  }

  isPresent(group: number): boolean {
    return this.#row(this.#sizes, group).some((size) => size > 0) || this.#row(this.#counts, group).some((count) => count > 0);
  }

  counts(group: number): number[] {
    return [...this.#row(this.#counts, group)];
  }

  of(group: number): GroupHistory {
    const sizes = [...this.#row(this.#sizes, group)];
    const isSampled = this.#interval !== null;
    const { change, slope } = this.#unseen;
    return {
      sizes,
      warmup: this.#warmup,
      ages: [...this.#row(this.#ages, group)],
      slope: sizes.reduce((sum, size, round) => sum + (size - sizes[this.#warmup]!) * this.#weights[round]!, 0),
      standardError: isSampled ? Math.sqrt(this.#variance[group]! + (this.#changes[group]! > 0 ? slope : 0)) : 0,
      changeErrors: Array.from(this.#row(this.#changeVariance, group), (variance) => Math.sqrt(variance + change)),
      traces: [...this.#row(this.#traces, group)],
      turnover: [...this.#row(this.#turnover, group)],
      isSampled,
      died: this.#died[group]!,
      exposed: this.#exposed[group]!,
      places: () => this.#keptAt(group),
    };
  }

  addAll(): void {
    const groupOf = this.#groupOf;
    const { columns, first, last } = this.#lifetimes;
    const cohortOf = cohorts(this.#lifetimes);
    const [interval, sums] = [this.#interval, this.#weightSums];
    const end = this.#rounds - 1;
    for (let row = 0; row < columns.length; row++) {
      const group = groupOf[row]!;
      const [size, count, from, to, cohort] = [columns.size[row]!, columns.count[row]!, first[row]!, last[row]!, cohortOf[row]!];
      const at = group * this.#rounds;
      this.#sizes[at + from]! += size;
      this.#counts[at + from]! += count;
      this.#traces[at + from]!++;
      this.#turnover[at + from]!++;
      if (to < end) {
        this.#sizes[at + to + 1]! -= size;
        this.#counts[at + to + 1]! -= count;
        this.#traces[at + to + 1]!--;
        this.#turnover[at + to + 1]!++;
      } else this.#ages[at + cohort]! += size;
      if (interval !== null)
        this.#addVariance(group, traceVariance(size, count, interval), { from, to, weight: sums[to + 1]! - sums[from]! });
      if (cohort > this.#warmup) this.#addDeath(group, { cohort, to });
    }
    for (let at = 0; at < this.#sizes.length; at++) {
      if (at % this.#rounds === 0) continue;
      this.#sizes[at]! += this.#sizes[at - 1]!;
      this.#counts[at]! += this.#counts[at - 1]!;
      this.#traces[at]! += this.#traces[at - 1]!;
    }
  }

  #addVariance(group: number, variance: number, { from, to, weight }: { from: number; to: number; weight: number }): void {
    const at = group * this.#rounds;
    if (from > 0) this.#changeVariance[at + from]! += variance;
    if (to + 1 < this.#rounds) this.#changeVariance[at + to + 1]! += variance;
    if (Math.abs(weight) < NO_WEIGHT) return; // alive in all rounds that count: it cancels
    this.#variance[group]! += variance * weight * weight;
    this.#changes[group]!++;
  }

  /** A trace that lives for less than LEFT_BEHIND rounds may belong to work that is just being done, beside any leak. */
  #addDeath(group: number, { cohort, to }: { cohort: number; to: number }): void {
    const end = this.#rounds - 1;
    const survived = Math.min(to, end - 1) - cohort - LEFT_BEHIND + 1; // the rounds in which it could die
    if (survived <= 0) return;
    this.#exposed[group]! += survived;
    if (to < end) this.#died[group]!++;
  }

  /** Worked out if a verdict asks for it, which few do. */
  #keptAt(group: number): readonly Kept[] {
    this.#places ??= keptByPlace(this.#lifetimes, this.#groupOf);
    return this.#places.get(group) ?? [];
  }

  #row(matrix: Float64Array, group: number): Float64Array {
    return matrix.subarray(group * this.#rounds, (group + 1) * this.#rounds);
  }
}

/** The least-squares slope of sizes s_r is the sum of s_r (r - mean) / sum of (r - mean)^2. */
function slopeWeights(rounds: number, warmup: number): Float64Array {
  const mean = (warmup + rounds - 1) / 2;
  const weights = new Float64Array(rounds);
  let squares = 0;
  for (let round = warmup; round < rounds; round++) squares += (round - mean) ** 2;
  if (squares > 0) for (let round = warmup; round < rounds; round++) weights[round] = (round - mean) / squares;
  return weights;
}

/** Length: values + 1. Entry i is the sum of the first i values. */
function prefixSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + values[i]!;
  return sums;
}
