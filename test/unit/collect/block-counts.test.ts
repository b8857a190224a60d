import { describe, expect, it } from '@jest/globals';
import { blocksPerSample, recoverCounts } from '../../../src/collect/block-counts.js';
import { DEFAULT_INTERVAL } from '../../../src/collect/sampling.js';

describe('blocksPerSample', () => {
  it('is one at interval 1, and for blocks far larger than the interval', () => {
    expect(blocksPerSample(16, 1)).toBe(1);
    expect(blocksPerSample(10_000_000, 32832)).toBe(1);
  });

  it('is about interval / size for small blocks', () => {
    expect(blocksPerSample(32, 32768)).toBe(1025); // 1 / (1 - exp(-32 / 32768)) = 1024.5, rounded up
  });
});

describe('recoverCounts', () => {
  it('finds the pair where a product has only one', () => {
    const size = 48;
    const count = blocksPerSample(size, DEFAULT_INTERVAL);
    expect(recoverCounts(new Map([[size * count, 10]]), DEFAULT_INTERVAL).get(size * count)).toBe(count);
  });

  it('counts one block a sample at interval 1', () => {
    expect(recoverCounts(new Map([[4096, 3]]), 1).get(4096)).toBe(1);
  });

  it('counts one block for a product that no size explains', () => {
    expect(recoverCounts(new Map([[17, 1]]), DEFAULT_INTERVAL).get(17)).toBe(1);
  });
});
