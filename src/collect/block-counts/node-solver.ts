import { ALIGNMENT, type BlockSize } from '../../model/block-sizes.js';
import { type Budget, type ExpectedSamples, type SampleGroup, type Split, type SplitKind, splitCount, splitsOf } from './node-splits.js';

/** The most steps for one solution: a few milliseconds. */
const MOST_STEPS = 2_000_000;
/** The steps to lay out one size of a split. One step is the time to add a weight. */
const STEPS_PER_BLOCK = 10;
/** Sizes less likely than this are left out. */
const LEAST_WEIGHT = 0.003;

/** The weight of each sum of surpluses. Sums are in units of ALIGNMENT; the first is `from`. */
interface Sums {
  readonly from: number;
  readonly weights: Float64Array;
}

interface Solution {
  readonly expected: number[][];
  /** How likely the node's surplus is under the splits that were tried. */
  readonly weight: number;
}

/** A group, and the kind of splits to try for it. */
interface Part {
  readonly group: SampleGroup;
  readonly kind: SplitKind;
}

const NOTHING: Sums = { from: 0, weights: Float64Array.of(1) };

/**
 * Finds how many samples of each group have which size, given that all samples of the node together have this surplus. It tries all mixtures of up to
 * two sizes in each group. If these are too many, it tries mixtures in one group at a time, and last one size for each group.
 *
 * @param surplus bytes
 * @returns null if nothing gives this surplus, if there are too many splits, or if the budget is spent
 */
export function solveNode(groups: readonly SampleGroup[], surplus: number, budget: Budget): ExpectedSamples | null {
  if (!Number.isInteger(surplus / ALIGNMENT)) return null;
  const likely = groups.map(likelyBlocks);
  const solution = solveExactly(likely, surplus / ALIGNMENT, budget);
  return solution ? solution.expected.map((expected, group) => spreadOut(expected, likely[group]!, groups[group]!.blocks)) : null;
}

function solveExactly(groups: readonly SampleGroup[], surplus: number, budget: Budget): Solution | null {
  const tried = (kindOf: (group: number) => SplitKind) => {
    const parts = groups.map((group, i): Part => ({ group, kind: kindOf(i) }));
    return stepsOf(parts) > Math.min(MOST_STEPS, budget.steps) ? undefined : solve(parts, { surplus, budget });
  };
  const mixed = tried(() => 'pairs');
  if (mixed !== undefined) return mixed;
  const oneMixed = groups.map((_, one) => tried((group) => (group === one ? 'pairs' : 'pure'))).filter((solution) => !!solution);
  return oneMixed.length > 0 ? averaged(oneMixed) : (tried(() => 'pure') ?? null);
}

function averaged(solutions: readonly Solution[]): Solution {
  const weight = solutions.reduce((sum, solution) => sum + solution.weight, 0);
  const expected = solutions[0]!.expected.map((blocks, group) =>
    blocks.map((_, block) => solutions.reduce((sum, solution) => sum + solution.expected[group]![block]! * solution.weight, 0) / weight),
  );
  return { expected, weight };
}

/** An estimate, made before any split is laid out. */
function stepsOf(parts: readonly Part[]): number {
  const counts = parts.map(({ group, kind }) => splitCount(group, kind));
  const ranges = parts.map(({ group }) => rangeOf(group));
  const whole = ranges.reduce((sum, range) => sum + range, 0);
  let [steps, before] = [0, 0];
  for (const i of inOrder(counts)) {
    steps += counts[i]! * (STEPS_PER_BLOCK * parts[i]!.group.blocks.length + (before > 0 ? whole - ranges[i]! : 0));
    before += ranges[i]!;
  }
  return steps;
}

/** The distance between the smallest and the largest surplus of a group, in units of ALIGNMENT. */
function rangeOf({ samples, blocks }: SampleGroup): number {
  const each = blocks.map(({ size, scale, count }) => size * (scale - count));
  const largest = blocks.reduce((most, { size }) => Math.max(most, size), 0);
  return (samples * (Math.max(...each) - Math.min(...each)) + largest) / ALIGNMENT;
}

/** The group with the most splits comes first, since there are no sums yet to combine it with. */
function inOrder(counts: readonly number[]): number[] {
  return [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!);
}

function solve(parts: readonly Part[], { surplus, budget }: { surplus: number; budget: Budget }): Solution | null {
  const order = inOrder(parts.map(({ group, kind }) => splitCount(group, kind)));
  const splits = order.map((i) => splitsOf(parts[i]!.group, parts[i]!.kind));
  const before = [NOTHING];
  for (const [i, own] of splits.entries()) before.push(withSplits(before[i]!, own, budget));
  const weight = weightAt(before[parts.length]!, surplus);
  if (!(weight > 0)) return null;
  const expected = new Array<number[]>(parts.length);
  let after = NOTHING;
  for (let i = parts.length - 1; i >= 0; i--) {
    const number = order[i]!;
    const blocks = parts[number]!.group.blocks.length;
    expected[number] = expectedOf(splits[i]!, blocks, (rest) => weightOfBoth(before[i]!, after, surplus - rest));
    if (i > 0) after = withSplits(after, splits[i]!, budget);
  }
  return { expected, weight };
}

/** The mean samples of each block over all splits of a group. `weightOf` tells how likely the other groups give the rest of the node's surplus. */
function expectedOf(splits: readonly Split[], blocks: number, weightOf: (surplus: number) => number): number[] {
  const sums = new Array<number>(blocks).fill(0);
  let total = 0;
  for (const { samples, surplus, weight } of splits) {
    const likelihood = weight * weightOf(surplus);
    total += likelihood;
    for (let block = 0; block < blocks; block++) sums[block]! += likelihood * samples[block]!;
  }
  return sums.map((sum) => sum / total);
}

function withSplits(sums: Sums, splits: readonly Split[], budget: Budget): Sums {
  budget.steps -= (sums.weights.length + STEPS_PER_BLOCK * splits[0]!.samples.length) * splits.length;
  const least = splits.reduce((found, { surplus }) => Math.min(found, surplus), Number.POSITIVE_INFINITY);
  const most = splits.reduce((found, { surplus }) => Math.max(found, surplus), Number.NEGATIVE_INFINITY);
  const weights = new Float64Array(sums.weights.length + most - least);
  for (const { surplus, weight } of splits) {
    const shift = surplus - least;
    for (let i = 0; i < sums.weights.length; i++) weights[i + shift]! += sums.weights[i]! * weight;
  }
  return { from: sums.from + least, weights };
}

function weightAt({ from, weights }: Sums, sum: number): number {
  return weights[sum - from] ?? 0;
}

function weightOfBoth(one: Sums, other: Sums, sum: number): number {
  const last = sum - one.from - other.from;
  let weight = 0;
  for (let i = Math.max(0, last - other.weights.length + 1); i < one.weights.length && i <= last; i++)
    weight += one.weights[i]! * other.weights[last - i]!;
  return weight;
}

function likelyBlocks({ samples, blocks, weights }: SampleGroup): SampleGroup {
  const best = Math.max(...weights);
  const kept = [...blocks.keys()].filter((block) => weights[block]! >= Math.min(LEAST_WEIGHT, best));
  const total = kept.reduce((sum, block) => sum + weights[block]!, 0);
  return { samples, blocks: kept.map((block) => blocks[block]!), weights: kept.map((block) => weights[block]! / total) };
}

function spreadOut(expected: readonly number[], { blocks: likely }: SampleGroup, blocks: readonly BlockSize[]): number[] {
  return blocks.map((block) => expected[likely.indexOf(block)] ?? 0);
}
