import { ALIGNMENT, type BlockSize, surplusOf } from '../../model/block-sizes.js';

/** Samples of one node with one product. */
export interface SampleGroup {
  readonly samples: number;
  readonly blocks: readonly BlockSize[];
  /** How likely each of `blocks` is; they add up to 1. */
  readonly weights: readonly number[];
}

/** One way to divide the samples of a group among its block sizes. */
export interface Split {
  /** Samples of each block size. */
  readonly samples: readonly number[];
  /** The part of the node's surplus that this split gives, in units of ALIGNMENT. */
  readonly surplus: number;
  readonly weight: number;
}

/** The expected number of samples of each block size, for each group. Not whole numbers. */
export type ExpectedSamples = readonly (readonly number[])[];

/** How many elementary steps may still be spent. */
export interface Budget {
  steps: number;
}

/** `'pure'`: all samples have one size. `'pairs'`: they have one or two sizes. */
export type SplitKind = 'pure' | 'pairs';

/**
 * One place in a program makes few sizes. So a split is weighed by a Dirichlet-multinomial distribution with this total concentration. Under it, one
 * size for all samples of a group is far likelier than any mixture. Values from 0.4 to 3 made no difference above the noise.
 */
const CONCENTRATION = 1;

export function splitCount({ samples, blocks: { length } }: SampleGroup, kind: SplitKind): number {
  return kind === 'pure' ? length : length + ((length * (length - 1)) / 2) * (samples - 1);
}

export function splitsOf(group: SampleGroup, kind: SplitKind): Split[] {
  const { samples, blocks } = group;
  const logs = blocks.map((_, block) => logWeights(CONCENTRATION * group.weights[block]!, samples));
  const total = logWeights(CONCENTRATION, samples)[samples]!;
  const split = (parts: readonly number[]): Split => ({
    samples: parts,
    surplus: parts.reduce((sum, part, block) => sum + (part > 0 ? surplusOf(blocks[block]!, part) : 0), 0) / ALIGNMENT,
    weight: Math.exp(parts.reduce((sum, part, block) => sum + logs[block]![part]!, 0) - total),
  });
  const pure = blocks.map((_, only) => split(blocks.map((_, block) => (block === only ? samples : 0))));
  return kind === 'pure' ? pure : [...pure, ...pairSplits(samples, blocks.length).map(split)];
}

function pairSplits(samples: number, sizes: number): number[][] {
  const splits: number[][] = [];
  for (let one = 0; one < sizes; one++)
    for (let other = one + 1; other < sizes; other++)
      for (let part = 1; part < samples; part++) {
        const parts = new Array<number>(sizes).fill(0);
        parts[one] = part;
        parts[other] = samples - part;
        splits.push(parts);
      }
  return splits;
}

/** For n from 0 to `most`: the logarithm of the rising factorial of `concentration`, divided by n!. */
function logWeights(concentration: number, most: number): Float64Array {
  const logs = new Float64Array(most + 1);
  for (let n = 1; n <= most; n++) logs[n] = logs[n - 1]! + Math.log((concentration + n - 1) / n);
  return logs;
}
