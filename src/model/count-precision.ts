import { ALIGNMENT, blockSizes, roundedCount, SMALLEST_BLOCK, startWeight } from './block-sizes.js';

/** Most blocks of a heap are no larger. */
const LARGEST_USUAL_BLOCK = 256;
/** At the default interval 0.13, at V8's own 32768 0.51. */
const MOST_SHARED = 0.2;
/**
 * Below it a function has hundreds of samples of one product, whose mixture V8's sums do not tell any more: measured, the total count of single
 * programs was 10 to 60 % off at 512 to 8192 (docs/accuracy.md).
 */
const LEAST_INTERVAL = 16_384;

/** Whether block sizes, and with them counts, can be recovered from samples taken every `interval` bytes: well, or with large errors. */
export function tellsCounts(interval: number): boolean {
  return interval <= 1 || (interval >= LEAST_INTERVAL && sharedWeight(interval) <= MOST_SHARED);
}

/** How much of the weight of usual block sizes has a product that belongs to another size as well. */
function sharedWeight(interval: number): number {
  let [shared, total] = [0, 0];
  for (let size = SMALLEST_BLOCK; size <= LARGEST_USUAL_BLOCK; size += ALIGNMENT) {
    const alike = blockSizes(size * roundedCount(size, interval), interval);
    const own = startWeight(size);
    total += own;
    shared += own * (1 - own / alike.reduce((sum, block) => sum + startWeight(block.size), 0));
  }
  return shared / total;
}
