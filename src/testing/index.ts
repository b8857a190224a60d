export { assertNoGrowth, GrowthError } from './assert-no-growth.js';
export { assertPeakBelow, PeakError } from './assert-peak-below.js';
export type { Work } from './call-work.js';
export { type ExpectedCounts, expectCounts } from './expect-counts.js';
export { findGrowth } from './find-growth.js';
export type { GrowthTestOptions } from './growth-options.js';
export type { PeakLimitOptions, PeakOptions } from './peak/peak-options.js';
export { type Peak, peakOf } from './peak-of.js';
