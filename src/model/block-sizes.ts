/** In bytes. V8 aligns objects to 8 bytes, and the smallest object has a map and one field. */
export const ALIGNMENT = 8;
export const SMALLEST_BLOCK = 16;

/** A block size, in bytes, that a sample may have had. V8 sends only the product of size and count. */
export interface BlockSize {
  readonly size: number;
  /** The mean number of blocks that one sample stands for: 1 / p. */
  readonly scale: number;
  /** `scale` as V8 rounds it for a single sample. */
  readonly count: number;
}

/**
 * The mean number of blocks of `size` bytes that one sample stands for. V8 samples a block with probability p = 1 - exp(-size / interval), so
 * this is 1 / p: V8's own arithmetic (SamplingHeapProfiler::ScaleSample).
 */
export function blocksPerSample(size: number, interval: number): number {
  return interval <= 1 ? 1 : 1 / (1 - Math.exp(-size / interval));
}

/** The same, rounded as V8 does for a single sample. V8 multiplies the size of the sample by this. */
export function roundedCount(size: number, interval: number): number {
  return rounded(blocksPerSample(size, interval));
}

/** The block sizes whose product of size and count is `product`, smallest first. None if the profile had another interval. */
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
 * Bytes by which V8's own sum for a node, its `selfSize`, exceeds the products of `samples` samples of one size. V8 scales and rounds the number
 * of the samples, not each sample. This surplus is about size / 2 - (product - interval) a sample, so it tells sizes of one product apart.
 */
export function surplusOf({ size, scale, count }: BlockSize, samples: number): number {
  return size * (rounded(samples * scale) - samples * count);
}

/**
 * How likely a size is before anything is known, up to a factor: small blocks are common. With exponents from 1 to 2.5, the error of the total
 * count changed by half a percent.
 */
export function startWeight(size: number): number {
  return 1 / size ** 2;
}

function rounded(scale: number): number {
  return Math.floor(scale + 0.5);
}
