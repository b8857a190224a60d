import { ALIGNMENT, blockSizes, roundedCount, SMALLEST_BLOCK, startWeight } from './block-sizes.js';
import type { CaptureInfo } from './trace-columns.js';

/** Most blocks of a heap are no larger. */
const LARGEST_USUAL_BLOCK = 256;
/** The share is 0.13 at our default interval, and 0.51 at V8's own, 32768. */
const MOST_SHARED = 0.2;
/**
 * Below this interval a function has hundreds of samples of one product, and V8's sums no longer show how the sizes are mixed. At 512 to 8192 the
 * total count of single programs was 10 to 60 % off (docs/accuracy.md).
 */
const LEAST_INTERVAL = 16_384;

/** Whether samples taken every `interval` bytes give good block sizes and counts. If not, these have large errors. */
export function canRecoverCounts(interval: number): boolean {
  return interval <= 1 || (interval >= LEAST_INTERVAL && sharedWeight(interval) <= MOST_SHARED);
}

/**
 * Whether one allocation may be of several blocks that are counted as one. Exact mode switches this off. If a file does not tell, V8 does so when it
 * samples. An unknown interval is that of a file of another tool, whose samples nobody counts as blocks.
 */
export function mayFold({ mode, interval, folding }: Pick<CaptureInfo, 'mode' | 'interval' | 'folding'>): boolean {
  if (mode === 'objects' || interval === null) return false;
  return folding ?? mode !== 'exact';
}

/** The share of usual block sizes, by weight, whose product belongs to another size as well. */
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
