/** V8 aligns objects to 8 bytes, and the smallest has a map and one field. */
const ALIGNMENT = 8;
const SMALLEST_BLOCK = 16;
const LEARNING_ROUNDS = 20;

/**
 * How many blocks of `size` bytes one sample stands for at a mean distance of `interval` bytes between samples. V8's own arithmetic
 * (SamplingHeapProfiler::ScaleSample).
 */
export function blocksPerSample(size: number, interval: number): number {
  if (interval <= 1) return 1;
  return Math.floor(1 / (1 - Math.exp(-size / interval)) + 0.5);
}

/**
 * CDP sends only the product of block size and block count. Several pairs may have the same product; which is the likeliest depends on
 * how common each block size is, and that is learnt from all products of the profile (expectation maximisation over block sizes).
 *
 * @param products how often each product occurs
 * @param interval bytes; at 1 every block is a sample of its own
 * @returns the block count for each product
 */
export function recoverCounts(products: ReadonlyMap<number, number>, interval: number): Map<number, number> {
  const counts = new Map<number, number>();
  if (interval <= 1) {
    for (const product of products.keys()) counts.set(product, 1);
    return counts;
  }
  const candidates = new Map<number, number[]>();
  for (const product of products.keys()) candidates.set(product, blockSizes(product, interval));
  const weights = learnSizes(products, candidates);
  for (const [product, sizes] of candidates) {
    const likeliest = sizes.reduce((best, size) => (weights.get(size)! > weights.get(best)! ? size : best), sizes[0] ?? product);
    counts.set(product, likeliest > 0 ? Math.max(1, Math.round(product / likeliest)) : 1);
  }
  return counts;
}

/** The block sizes whose scaled product is `product`; empty when none is (a profile of another interval). */
function blockSizes(product: number, interval: number): number[] {
  const sizes: number[] = [];
  const most = Math.min(blocksPerSample(SMALLEST_BLOCK, interval), Math.floor(product / SMALLEST_BLOCK));
  for (let count = 1; count <= most; count++) {
    const size = product / count;
    if (size % ALIGNMENT === 0 && blocksPerSample(size, interval) === count) sizes.push(size);
  }
  return sizes;
}

/** Weight of each block size among the samples. */
function learnSizes(products: ReadonlyMap<number, number>, candidates: ReadonlyMap<number, number[]>): Map<number, number> {
  let weights = new Map<number, number>();
  for (const sizes of candidates.values()) for (const size of sizes) weights.set(size, 1 / size); // before anything is learnt: small blocks are the common ones
  for (let round = 0; round < LEARNING_ROUNDS; round++) {
    const next = new Map<number, number>();
    for (const [product, sizes] of candidates) {
      const total = sizes.reduce((sum, size) => sum + weights.get(size)!, 0);
      const seen = products.get(product)!;
      for (const size of sizes) next.set(size, (next.get(size) ?? 0) + (total > 0 ? (seen * weights.get(size)!) / total : 0));
    }
    weights = next;
  }
  return weights;
}
