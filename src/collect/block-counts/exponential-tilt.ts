import type { Budget, ExpectedSamples, SampleGroup } from './node-splits.js';

/** Newton steps; the sum is smooth and monotone in the tilt. */
const ROUNDS = 12;

/**
 * The rough solution for nodes with many samples: the weights of each group are multiplied by exp(tilt * surplus of one sample), with the one tilt at which
 * the expected sum is the node's surplus (what conditioning on a sum of many terms comes to). Rounding is uniform within one size.
 *
 * @returns null when the surplus is out of reach, or the budget is spent
 */
export function tiltToSurplus(groups: readonly SampleGroup[], surplus: number, budget: Budget): ExpectedSamples | null {
  const each = groups.map(({ blocks }) => blocks.map(({ size, scale, count }) => size * (scale - count)));
  const slack = groups.reduce((sum, { blocks }) => sum + (blocks.at(-1)?.size ?? 0) / 2, 0);
  const reach = (end: (...values: number[]) => number) => groups.reduce((sum, { samples }, i) => sum + samples * end(...each[i]!), 0);
  if (surplus < reach(Math.min) - slack || surplus > reach(Math.max) + slack) return null;
  budget.steps -= ROUNDS * 10 * each.reduce((sum, { length }) => sum + length, 0);
  if (budget.steps <= 0) return null;
  const rounding = groups.reduce((sum, group) => sum + roundingVariance(group), 1);
  let tilt = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let excess = tilt * rounding - surplus;
    let slope = rounding;
    for (const [i, { samples, weights }] of groups.entries()) {
      const { mean, variance } = momentsOf(tilted(weights, each[i]!, tilt), each[i]!);
      excess += samples * mean;
      slope += samples * variance;
    }
    tilt -= excess / slope;
  }
  return groups.map(({ samples, weights }, i) => tilted(weights, each[i]!, tilt).map((weight) => samples * weight));
}

function tilted(weights: readonly number[], surpluses: readonly number[], tilt: number): number[] {
  const top = surpluses.reduce((most, surplus) => Math.max(most, tilt * surplus), Number.NEGATIVE_INFINITY);
  const raised = weights.map((weight, block) => weight * Math.exp(tilt * surpluses[block]! - top));
  const total = raised.reduce((sum, weight) => sum + weight, 0);
  return total > 0 ? raised.map((weight) => weight / total) : [...weights];
}

function momentsOf(weights: readonly number[], values: readonly number[]): { mean: number; variance: number } {
  const mean = weights.reduce((sum, weight, i) => sum + weight * values[i]!, 0);
  return { mean, variance: weights.reduce((sum, weight, i) => sum + weight * (values[i]! - mean) ** 2, 0) };
}

function roundingVariance({ blocks, weights }: SampleGroup): number {
  return blocks.reduce((sum, { size }, block) => sum + (weights[block]! * size * size) / 12, 0);
}
