import { describe, expect, it } from '@jest/globals';
import { blockSizes, blocksPerSample, surplusOf } from '../../../src/model/block-sizes.js';

const sizesOf = (product: number, interval: number) => blockSizes(product, interval).map(({ size }) => size);

describe('blocksPerSample', () => {
  it('is one at interval 1, and for blocks far larger than the interval', () => {
    expect(blocksPerSample(16, 1)).toBe(1);
    expect(blocksPerSample(10_000_000, 32768)).toBe(1);
  });

  it('is about interval / size for small blocks', () => {
    expect(blocksPerSample(32, 32768)).toBeCloseTo(1024.5, 2);
  });
});

describe('blockSizes', () => {
  it('gives all sizes with this product, rounded as V8 does', () => {
    // 32784 is the first multiple above 32768 of each of these.
    expect(sizesOf(32784, 32768)).toEqual([16, 24, 48]);
    expect(sizesOf(32 * 967, 30912)).toEqual([32]);
  });

  it('gives none for a product that no size explains', () => {
    expect(sizesOf(17, 30912)).toEqual([]);
  });
});

describe('surplusOf', () => {
  it("is V8's sum for several samples, less their products", () => {
    const [block] = blockSizes(32 * 967, 30912);
    expect(surplusOf(block!, 1)).toBe(0);
    expect(surplusOf(block!, 2)).toBe(-32); // 2 / (1 - exp(-32 / 30912)) = 1933.0002: one block less than twice 967
  });
});
