import { ALIGNMENT, type BlockSize } from '../../model/block-sizes.js';
import { type Budget, type ExpectedSamples, type SampleGroup, type Split, type SplitKind, splitCount, splitsOf } from './node-splits.js';

/** Steps for one exact solution: a few milliseconds. */
const MOST_STEPS = 2_000_000;
/** Steps that it takes to lay out a split, for each of its sizes; measured against adding a weight. */
const STEPS_PER_BLOCK = 10;
/** Sizes less likely than this are left out of the exact solution. */
const LEAST_WEIGHT = 0.003;

/** The weight of every sum of surpluses, in units of ALIGNMENT, from `from` on. */
interface Sums {
  readonly from: number;
  readonly weights: Float64Array;
}

interface Solution {
  readonly expected: number[][];
  /** How likely it was that the surplus comes out as it does. */
  readonly weight: number;
}

/** A group and the splits of it that are looked at. */
interface Part {
  readonly group: SampleGroup;
  readonly kind: SplitKind;
}

const NOTHING: Sums = { from: 0, weights: Float64Array.of(1) };

/**
 * What the samples of a node are, given that together they have this surplus: by all mixtures of up to two sizes a group where these are few
 * enough, otherwise by one mixed group among pure ones, or pure ones alone.
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

/** About, before anything is laid out. */
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

/** How far the surpluses of a group's splits lie apart, in units of ALIGNMENT. */
function rangeOf({ samples, blocks }: SampleGroup): number {
  const each = blocks.map(({ size, scale, count }) => size * (scale - count));
  const largest = blocks.reduce((most, { size }) => Math.max(most, size), 0);
  return (samples * (Math.max(...each) - Math.min(...each)) + largest) / ALIGNMENT;
}

/** The group with the most splits first: it then meets no sums of others on the way there. */
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

/** The samples of each block, over all splits of a group, when `weightOf` tells how likely the others make up for a split's surplus. */
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
