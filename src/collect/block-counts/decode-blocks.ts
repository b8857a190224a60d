import { blocksPerSample } from '../../model/block-sizes.js';
import type { SampleColumns } from './sample-columns.js';
import { learnSizes, type NodeProduct, type SampledNode, type SizeWeights } from './size-weights.js';

/** Facts about the nodes that have samples, by their numbers. */
export interface NodeColumns {
  /** V8's own sum in bytes; NaN for a node that is not in the tree. */
  readonly selfSize: Float64Array;
  /** Number of the place in the program. A function has the same number on every stack. */
  readonly site: Uint32Array;
}

export interface Decoding {
  /** Mean bytes between samples; more than 1. */
  readonly interval: number;
  readonly memory?: BlockMemory;
}

/** Passed from one snapshot of a tracing to the next, so that a block that stays alive keeps its size and cancels in a difference. */
export interface BlockMemory {
  /** By ordinal: the block size of each sample of the last snapshot with several possible sizes. */
  sizes: ReadonlyMap<number, number>;
}

/** Samples of one product at one node. */
interface Group extends NodeProduct {
  samples: number;
}

/** The block size of each sample, in bytes; 0 if no size explains it. */
export function decodeBlocks(
  samples: SampleColumns,
  nodes: NodeColumns,
  { interval, memory = { sizes: new Map() } }: Decoding,
): Float64Array {
  const { groups, groupOf, sampled } = groupByNode(samples, nodes);
  const learnt = learnSizes(sampled, interval);
  const rows = rowsByGroup(groupOf, groups);
  const sizes = new Float64Array(samples.length);
  /** Groups with the same weights get their sizes together. */
  const pools = new Map<SizeWeights, Uint32Array[]>();
  for (const [number, group] of groups.entries()) {
    const blocks = learnt.candidates.get(group.product)!;
    if (blocks.length === 1) for (const row of rows[number]!) sizes[row] = blocks[0]!.size;
    if (blocks.length < 2) continue;
    const choice = learnt.atNode.get(group) ?? learnt.atSite(group.product, group.site);
    const pool = pools.get(choice);
    if (pool) pool.push(rows[number]!);
    else pools.set(choice, [rows[number]!]);
  }
  const decoded = new Map<number, number>();
  for (const [choice, pool] of pools) {
    assignSizes(sizes, pool, { choice, ordinals: samples.ordinal, known: memory.sizes });
    for (const part of pool) for (const row of part) decoded.set(samples.ordinal[row]!, sizes[row]!);
  }
  memory.sizes = decoded;
  return sizes;
}

/**
 * The whole number of blocks that a sample stands for: 1 / p, rounded up or down by a hash of the ordinal. It is right in the mean and the same in every
 * snapshot. V8 rounds to the nearest number, which is off by up to a third for blocks near the interval.
 *
 * @param size the block size in bytes; 0 if no size explains the sample, which is then one block of its own size
 */
export function wholeBlocks(size: number, interval: number, ordinal: number): number {
  if (size === 0) return 1;
  return Math.floor(blocksPerSample(size, interval) + uniform(ordinal, ROUNDING));
}

function groupByNode({ length, node, size, sizes }: SampleColumns, { selfSize, site }: NodeColumns) {
  const products = [...sizes.keys()];
  const numbers = new Map<number, number>();
  const groups: Group[] = [];
  const groupOf = new Uint32Array(length);
  const byNode: Group[][] = Array.from(selfSize, () => []);
  for (let row = 0; row < length; row++) {
    const key = node[row]! * products.length + size[row]!;
    let number = numbers.get(key);
    if (number === undefined) {
      number = groups.push({ product: products[size[row]!]!, site: site[node[row]!]!, samples: 0 }) - 1;
      numbers.set(key, number);
      byNode[node[row]!]!.push(groups[number]!);
    }
    groups[number]!.samples++;
    groupOf[row] = number;
  }
  const sampled = byNode.map((products, number): SampledNode => ({ products, selfSize: selfSize[number]! }));
  return { groups, groupOf, sampled };
}

function rowsByGroup(groupOf: Uint32Array, groups: readonly Group[]): Uint32Array[] {
  const rows = groups.map(({ samples }) => new Uint32Array(samples));
  const filled = new Uint32Array(groups.length);
  for (let row = 0; row < groupOf.length; row++) rows[groupOf[row]!]![filled[groupOf[row]!]!++] = row;
  return rows;
}

/**
 * Gives each row of a pool a size, so that the sizes are as frequent as their weights say. Rows with a known size keep it. The others share the rest, in
 * an order that does not depend on the size. Filling quotas scatters far less than drawing a size for each row.
 */
function assignSizes(
  sizes: Float64Array,
  pool: readonly Uint32Array[],
  { choice: { blocks, weights }, ordinals, known }: { choice: SizeWeights; ordinals: Float64Array; known: ReadonlyMap<number, number> },
): void {
  const total = pool.reduce((sum, { length }) => sum + length, 0);
  const quotas = weights.map((weight) => weight * total);
  const rows = new Uint32Array(total);
  let length = 0;
  for (const part of pool)
    for (const row of part) {
      const before = known.size === 0 ? undefined : known.get(ordinals[row]!);
      const block = before === undefined ? -1 : blocks.findIndex(({ size }) => size === before);
      if (block === -1) rows[length++] = row;
      else {
        quotas[block] = Math.max(0, quotas[block]! - 1);
        sizes[row] = before!;
      }
    }
  if (length > 0)
    fillQuotas(sizes, shuffled(rows.subarray(0, length), ordinals), {
      blocks,
      quotas: quotas.some((quota) => quota > 0) ? quotas : [...weights],
      ordinals,
    });
}

function fillQuotas(
  sizes: Float64Array,
  rows: Uint32Array,
  { blocks, quotas, ordinals }: { blocks: SizeWeights['blocks']; quotas: readonly number[]; ordinals: Float64Array },
): void {
  const step = quotas.reduce((sum, quota) => sum + quota, 0) / rows.length;
  const offset = uniform(ordinals[rows[0]!]!, OFFSET); // a size whose quota is less than one row still gets a row now and then
  let block = 0;
  let filled = quotas[0]!;
  for (const [rank, row] of rows.entries()) {
    while ((rank + offset) * step >= filled && block < blocks.length - 1) filled += quotas[++block]!;
    sizes[row] = blocks[block]!.size;
  }
}

/** The rows in an order that depends on nothing but their ordinals. */
function shuffled(rows: Uint32Array, ordinals: Float64Array): Uint32Array {
  const keys = Float64Array.from(rows, (row, i) => Math.floor(uniform(ordinals[row]!, ORDER) * 2 ** 26) * 2 ** 26 + i);
  return Uint32Array.from(keys.sort(), (key) => rows[key % 2 ** 26]!);
}

const ROUNDING = 0x9e3779b9;
const ORDER = 0x85ebca6b;
const OFFSET = 0xc2b2ae35;

/** A hash of an ordinal, from 0 to below 1. Each purpose has its own. */
function uniform(ordinal: number, purpose: number): number {
  let mixed = ((ordinal % 2 ** 32) ^ purpose) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
