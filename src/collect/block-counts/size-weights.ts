import { type BlockSize, blockSizes, startWeight, surplusOf } from '../../model/block-sizes.js';
import { solveNode } from './node-solver.js';
import type { Budget, ExpectedSamples } from './node-splits.js';

/** The samples of one node with one product. */
export interface NodeProduct {
  readonly product: number;
  /** Number of the place in the program. Several nodes may have the same place, on different stacks. */
  readonly site: number;
  readonly samples: number;
}

export interface SampledNode {
  readonly products: readonly NodeProduct[];
  /** V8's own sum, in bytes; NaN if it is not known. */
  readonly selfSize: number;
}

/** The possible sizes of one product, and how likely each is at some place. */
export interface SizeWeights {
  readonly blocks: readonly BlockSize[];
  readonly weights: readonly number[];
}

/** The size weights of products with several possible sizes: those of the node if its sum taught something, otherwise those of its site. */
export interface LearntSizes {
  readonly candidates: ReadonlyMap<number, readonly BlockSize[]>;
  readonly atNode: ReadonlyMap<NodeProduct, SizeWeights>;
  atSite(product: number, site: number): SizeWeights;
}

const ROUNDS = 3;
/** The weights of the level above count as this many samples at the level below. Values from 0.3 to 3 made no difference above the noise. */
const PRIOR_SAMPLES = 0.3;
/** The steps for one snapshot: some 50 ms, and as much again for a million samples. */
const STEPS = 30_000_000;
const STEPS_PER_SAMPLE = 30;

interface OpenNode {
  readonly open: readonly NodeProduct[];
  readonly surplus: number;
}

/**
 * Learns how likely each block size is, from nodes to sites to the whole profile and back. CDP sends only the product of a sample's size and count, and
 * several sizes may share a product. V8's sum for a node rounds differently (`surplusOf`), so a node with several samples tells which sizes they have. Other
 * nodes take over what was learnt there. At the start, small sizes are the likely ones.
 */
export function learnSizes(nodes: readonly SampledNode[], interval: number): LearntSizes {
  const candidates = candidatesOf(nodes, interval);
  const openNodes = nodes.map((node) => openNode(node, candidates)).filter(({ open }) => open.length > 0);
  openNodes.sort((a, b) => samplesOf(b.open) - samplesOf(a.open)); // if the budget runs out, the large ones are done
  const steps = STEPS + STEPS_PER_SAMPLE * openNodes.reduce((sum, { open }) => sum + samplesOf(open), 0);
  let sites = new SiteWeights(candidates, new Map());
  let atNode = new Map<NodeProduct, SizeWeights>();
  for (let round = 0; round < ROUNDS; round++) {
    atNode = solveNodes(openNodes, sites, { steps: steps / ROUNDS });
    sites = new SiteWeights(candidates, atNode);
  }
  return { candidates, atNode, atSite: (product, site) => sites.at(product, site) };
}

function candidatesOf(nodes: readonly SampledNode[], interval: number): Map<number, BlockSize[]> {
  const candidates = new Map<number, BlockSize[]>();
  for (const { products } of nodes)
    for (const { product } of products) if (!candidates.has(product)) candidates.set(product, blockSizes(product, interval));
  return candidates;
}

/** A product with one possible size has a known surplus, and a single sample has none. The rest of the surplus belongs to the open products. */
function openNode({ products, selfSize }: SampledNode, candidates: ReadonlyMap<number, readonly BlockSize[]>): OpenNode {
  let surplus = selfSize;
  const open: NodeProduct[] = [];
  for (const one of products) {
    const blocks = candidates.get(one.product)!;
    surplus -= one.product * one.samples;
    if (blocks.length === 1) surplus -= surplusOf(blocks[0]!, one.samples);
    else if (blocks.length > 1 && one.samples > 1) open.push(one);
  }
  return { open, surplus };
}

function solveNodes(nodes: readonly OpenNode[], sites: SiteWeights, budget: Budget): Map<NodeProduct, SizeWeights> {
  const solved = new Map<NodeProduct, SizeWeights>();
  for (const { open, surplus } of nodes) {
    const expected = solveNode(
      open.map(({ product, site, samples }) => ({ samples, ...sites.at(product, site) })),
      surplus,
      budget,
    );
    if (expected) for (const [i, one] of open.entries()) solved.set(one, sharesOf(one, expected[i]!, sites));
  }
  return solved;
}

function sharesOf({ product, site, samples }: NodeProduct, expected: ExpectedSamples[number], sites: SiteWeights): SizeWeights {
  return { blocks: sites.at(product, site).blocks, weights: expected.map((count) => count / samples) };
}

function samplesOf(products: readonly NodeProduct[]): number {
  return products.reduce((sum, { samples }) => sum + samples, 0);
}

/** The weights of sizes by site. A site that taught nothing has the weights of the whole profile. */
class SiteWeights {
  readonly #everywhere = new Map<number, SizeWeights>();
  readonly #bySite = new Map<string, SizeWeights>();

  constructor(candidates: ReadonlyMap<number, readonly BlockSize[]>, learnt: ReadonlyMap<NodeProduct, SizeWeights>) {
    const bySite = new Map<string, { product: number; seen: number[] }>();
    const everywhere = new Map<number, number[]>();
    for (const [{ product, site, samples }, { weights }] of learnt) {
      const key = siteKey(product, site);
      const local = bySite.get(key)?.seen ?? weights.map(() => 0);
      const all = everywhere.get(product) ?? weights.map(() => 0);
      for (const [block, weight] of weights.entries()) {
        local[block]! += weight * samples;
        all[block]! += weight * samples;
      }
      bySite.set(key, { product, seen: local });
      everywhere.set(product, all);
    }
    for (const [product, blocks] of candidates)
      if (blocks.length > 0) this.#everywhere.set(product, { blocks, weights: blended(startWeights(blocks), everywhere.get(product)) });
    for (const [key, { product, seen }] of bySite) {
      const { blocks, weights } = this.#everywhere.get(product)!;
      this.#bySite.set(key, { blocks, weights: blended(weights, seen) });
    }
  }

  at(product: number, site: number): SizeWeights {
    return this.#bySite.get(siteKey(product, site)) ?? this.#everywhere.get(product)!;
  }
}

function siteKey(product: number, site: number): string {
  return `${site}:${product}`;
}

function startWeights(blocks: readonly BlockSize[]): number[] {
  const weights = blocks.map(({ size }) => startWeight(size));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function blended(weights: readonly number[], seen: readonly number[] | undefined): readonly number[] {
  if (!seen) return weights;
  const total = PRIOR_SAMPLES + seen.reduce((sum, count) => sum + count, 0);
  return weights.map((weight, block) => (PRIOR_SAMPLES * weight + seen[block]!) / total);
}
