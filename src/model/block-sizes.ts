/** V8 aligns objects to 8 bytes, and the smallest has a map and one field. */
export const ALIGNMENT = 8;
export const SMALLEST_BLOCK = 16;

/** What the samples of one product may be: blocks of `size` bytes, each of which V8 takes for `count` of them. */
export interface BlockSize {
  readonly size: number;
  /** How many blocks a sample stands for in the mean: 1 / p. */
  readonly scale: number;
  /** `scale` as V8 rounds it for a single sample. */
  readonly count: number;
}

/**
 * How many blocks of `size` bytes one sample stands for in the mean, when a block is sampled with probability p = 1 - exp(-size / interval).
 * V8's own arithmetic (SamplingHeapProfiler::ScaleSample).
 */
export function blocksPerSample(size: number, interval: number): number {
  return interval <= 1 ? 1 : 1 / (1 - Math.exp(-size / interval));
}

/** The same as V8 rounds it for a single sample, whose size it multiplies with it. */
export function roundedCount(size: number, interval: number): number {
  return rounded(blocksPerSample(size, interval));
}

/** The block sizes whose scaled product is `product`, the smallest first; none for a profile of another interval. */
export function blockSizes(product: number, interval: number): BlockSize[] {
  const blocks: BlockSize[] = [];
  const most = Math.min(roundedCount(SMALLEST_BLOCK, interval), Math.floor(product / SMALLEST_BLOCK));
  for (let count = most; count >= 1; count--) {
    const size = product / count;
    if (size % ALIGNMENT !== 0) continue;
    const scale = blocksPerSample(size, interval);
    if (rounded(scale) === count) blocks.push({ size, scale, count });
  }
  return blocks;
}

/**
 * What V8's own sum for a node, its `selfSize`, holds above the products of `samples` samples of one size: it scales and rounds their number, not
 * each of them. This tells sizes apart that have the same product: about size / 2 - (product - interval) a sample.
 */
export function surplusOf({ size, scale, count }: BlockSize, samples: number): number {
  return size * (rounded(samples * scale) - samples * count);
}

/**
 * How likely a size is before anything is known, up to a factor: small blocks are the common ones. Measured with exponents from 1 to 2.5: the error
 * of the total count moved by half a percent.
 */
export function startWeight(size: number): number {
  return 1 / size ** 2;
}

function rounded(scale: number): number {
  return Math.floor(scale + 0.5);
}
