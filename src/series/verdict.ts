import type { Kept } from './places.js';

/**
 * - `leaks`: more after every round, beyond what sampling explains, and what the rounds left behind does not die.
 * - `grows`: more after most rounds, but what the rounds left behind dies later, or there are too few rounds to tell.
 * - `level`: as much as before, or less, such as a cache that is full.
 * - `noise`: changes that mean nothing: too few samples to tell, or growth in a few rounds only.
 */
export type Verdict = 'leaks' | 'grows' | 'level' | 'noise';

/** What a group did over the rounds. Arrays have one element a round. */
export interface GroupHistory {
  /** Bytes. */
  readonly sizes: readonly number[];
  /** The number of first rounds that do not count. */
  readonly warmup: number;
  /** Bytes that are alive in the last round, by the round of their birth. */
  readonly ages: readonly number[];
  /** Bytes a round. */
  readonly slope: number;
  /** Bytes a round, from sampling. */
  readonly standardError: number;
  /** Bytes: the standard error of the change since the round before, from sampling. */
  readonly changeErrors: readonly number[];
  readonly isSampled: boolean;
  /** Traces: blocks, or samples. A table that doubles is one trace, however large, and the leak in it is hundreds. */
  readonly traces: readonly number[];
  /** Traces that came or went since the round before. */
  readonly turnover: readonly number[];
  /** Traces left behind by the rounds after the warm-up that died later. What a round left behind is what lives for two more rounds. */
  readonly died: number;
  /** The same traces while they lived, summed over the rounds in which they could have died. */
  readonly exposed: number;
  /** What is kept of each round, by place. */
  readonly places: () => readonly Kept[];
}

/** A slope within this many standard errors is noise. */
const SIGNIFICANT = 3;
/** A round within this many standard errors of the one before is no decrease. */
const NO_DECREASE = 2;
/** A round that is this many standard errors above the one before is an increase for sure. */
const CLEAR_INCREASE = 1;
/** The share of the traces left behind that may die in one round. */
const MOST_DYING = 0.1;
/** The later half of the rounds must add at least this share of what the earlier half adds. Less is a warm-up that fades out, or a cache that is full. */
const LEAST_LATE = 0.5;
/** The standard errors by which sampling may have made the later half too small. */
const LATE_ERRORS = 1.5;
/** A place that leaks keeps of every round at least this share of what it keeps of the median one. The youngest round also has work that is being done. */
const LEAST_EVEN = 1 / 3;
/** The same for few blocks. At a hot line V8 keeps up to 45 blocks of a round, of a dozen sizes, while it optimizes the code again and again. */
const LEAST_EVEN_OF_FEW = 0.9;
/** Blocks a round that are more than few. */
const MANY = 50;
/** The same for blocks of one size. */
const MANY_ALIKE = 5;
/** If so few samples in a round are less likely than this, sampling does not explain them. */
const UNLIKELY = 0.02;
/** The same for rounds without a sample. A group has several places, and one is enough, so that each must be likelier. */
const LEAST_LIKELY = 0.15;
/** A place of fewer samples a round tells nothing by itself. */
const LEAST_SAMPLES = 1;
/** A place with less of a group's samples does not explain the growth of the group. */
const LEAST_SHARE = 0.2;
/** An error of the slope above this share of the mean size says nothing about whether a group is level. */
const LEVEL_ERROR = 0.25;

/** The rule is measured in docs/accuracy.md. */
export function verdictOf(history: GroupHistory): Verdict {
  const { slope, standardError, sizes, warmup } = history;
  const counted = sizes.slice(warmup);
  if (counted.length < 2) return 'noise';
  const mean = sumOf(counted) / counted.length;
  if (slope <= SIGNIFICANT * standardError) return standardError <= LEVEL_ERROR * mean ? 'level' : 'noise';
  const changes = changesOf(history);
  const clear = changes.filter(({ bytes, error }) => bytes > CLEAR_INCREASE * error).length;
  if (2 * clear < changes.length || !isGoingOn(history)) return 'noise';
  const never = changes.every(({ bytes, error }) => (error > 0 ? bytes > -NO_DECREASE * error : bytes > 0));
  return never && isLasting(history) && isSteady(history) ? 'leaks' : 'grows';
}

/** The change of a group in one round, in bytes. */
interface Change {
  readonly bytes: number;
  /** Standard error, from sampling. */
  readonly error: number;
}

function changesOf({ sizes, warmup, changeErrors, isSampled }: GroupHistory): Change[] {
  return sizes.slice(warmup + 1).map((size, i) => ({
    bytes: size - sizes[warmup + i]!,
    error: isSampled ? changeErrors[warmup + 1 + i]! : 0,
  }));
}

/** Whether the later half of the rounds adds about as many traces as the earlier half. A round in the middle counts for neither. */
function isGoingOn({ traces, turnover, warmup, isSampled }: GroupHistory): boolean {
  const counted = traces.slice(warmup);
  const half = (counted.length - 1) >> 1;
  if (half === 0) return true;
  const late = counted.at(-1)! - counted.at(-1 - half)!;
  // by the Poisson distribution; one more for the blocks that no sample shows
  const error = isSampled ? Math.sqrt(sumOf(turnover.slice(-half)) + 1) : 0;
  return late + LATE_ERRORS * error >= LEAST_LATE * (counted[half]! - counted[0]!) && late > 0;
}

/** Whether what the rounds left behind does not die. */
function isLasting({ died, exposed }: GroupHistory): boolean {
  return exposed > 0 && died <= MOST_DYING * exposed;
}

/**
 * Whether one place keeps about as much of every round. What V8 and Node allocate when code runs for the first time, or becomes hot, comes in bursts,
 * each at another place or of other sizes, and their sum may grow in every round for a while.
 */
function isSteady({ warmup, isSampled, places }: GroupHistory): boolean {
  const counted = places().map(({ traces, ofOneSize }) => ({ kept: traces.slice(warmup + 1), ofOneSize }));
  const all = sumOf(counted.map(({ kept, ofOneSize }) => (ofOneSize ? 0 : sumOf(kept))));
  return counted.some(({ kept, ofOneSize }) => {
    if (isSampled) return !ofOneSize && sumOf(kept) >= LEAST_SHARE * all && isSteadyByChance(kept);
    const median = medianOf(kept);
    const isMuch = median >= (ofOneSize ? MANY_ALIKE : MANY);
    if (ofOneSize && !isMuch) return false;
    const least = (isMuch ? LEAST_EVEN : LEAST_EVEN_OF_FEW) * median;
    return kept.every((blocks) => blocks > 0 && blocks >= least);
  });
}

/** @param kept samples by round */
function isSteadyByChance(kept: readonly number[]): boolean {
  if (sumOf(kept) < LEAST_SAMPLES * kept.length) return false;
  const empty = kept.filter((samples) => samples === 0).length;
  const least = LEAST_EVEN * medianOf(kept);
  return (
    chanceOfEmpty(kept, empty) >= LEAST_LIKELY && kept.every((samples) => samples >= least || chanceOfFewer(samples, least) >= UNLIKELY)
  );
}

/** The chance of at most so many samples if the mean is `mean` (a Poisson distribution). */
function chanceOfFewer(samples: number, mean: number): number {
  let term = Math.exp(-mean);
  let chance = term;
  for (let k = 1; k <= samples; k++) {
    term *= mean / k;
    chance += term;
  }
  return chance;
}

/** The chance that at least `empty` rounds have no sample, if all leave the same number on average (a Poisson distribution). */
function chanceOfEmpty(samples: readonly number[], empty: number): number {
  const rounds = samples.length;
  const none = Math.exp(-sumOf(samples) / rounds);
  let fewer = 0;
  let term = (1 - none) ** rounds;
  for (let k = 0; k < empty; k++) {
    fewer += term;
    term *= ((rounds - k) / (k + 1)) * (none / (1 - none));
  }
  return 1 - fewer;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
