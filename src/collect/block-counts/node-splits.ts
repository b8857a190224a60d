import { ALIGNMENT, type BlockSize, surplusOf } from '../../model/block-sizes.js';

/** Samples of one node with one product. */
export interface SampleGroup {
  readonly samples: number;
  readonly blocks: readonly BlockSize[];
  /** How likely each of `blocks` is; they add up to 1. */
  readonly weights: readonly number[];
}

/** One way in which the samples of a group may be of its block sizes. */
export interface Split {
  /** Samples of each block size. */
  readonly samples: readonly number[];
  /** What it adds to the node's surplus, in units of ALIGNMENT. */
  readonly surplus: number;
  readonly weight: number;
}

/** Samples of each block size to be expected, for each group; not whole numbers. */
export type ExpectedSamples = readonly (readonly number[])[];

/** Elementary steps that may still be spent. */
export interface Budget {
  steps: number;
}

/** `'pure'`: all samples of one size; `'pairs'`: of one or two sizes. Small groups are split in every way. */
export type SplitKind = 'pure' | 'pairs';

/** Groups with at most so many splits are split in every way. */
const FEW_SPLITS = 60;

/**
 * The sizes at one place in a program are few: the weight of a split is that of a Dirichlet-multinomial distribution with this total concentration, under
 * which one size for all samples of a group is far likelier than any mixture. Measured from 0.4 to 3: no difference above the noise.
 */
const CONCENTRATION = 1;

export function splitCount({ samples, blocks: { length } }: SampleGroup, kind: SplitKind): number {
  const every = everySplitCount(samples, length);
  if (every <= FEW_SPLITS || kind === 'pure') return Math.min(every, Math.max(length, every <= FEW_SPLITS ? every : 0));
  return length + ((length * (length - 1)) / 2) * (samples - 1);
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
  if (everySplitCount(samples, blocks.length) <= FEW_SPLITS) return everySplit(samples, blocks.length).map(split);
  const pure = blocks.map((_, only) => split(blocks.map((_, block) => (block === only ? samples : 0))));
  return kind === 'pure' ? pure : [...pure, ...pairSplits(samples, blocks.length).map(split)];
}

function everySplitCount(samples: number, sizes: number): number {
  let count = 1;
  for (let i = 1; i < sizes; i++) count = (count * (samples + i)) / i;
  return count;
}

function everySplit(samples: number, sizes: number): number[][] {
  if (sizes === 1) return [[samples]];
  const splits: number[][] = [];
  for (let first = 0; first <= samples; first++) for (const rest of everySplit(samples - first, sizes - 1)) splits.push([first, ...rest]);
  return splits;
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

/** Logarithms of the rising factorial of `concentration` over n!, for n up to `most`. */
function logWeights(concentration: number, most: number): Float64Array {
  const logs = new Float64Array(most + 1);
  for (let n = 1; n <= most; n++) logs[n] = logs[n - 1]! + Math.log((concentration + n - 1) / n);
  return logs;
}
