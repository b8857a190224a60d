export { assertNoGrowth, GrowthError } from './assert-no-growth.js';
export type { Work } from './call-work.js';
export { type ExpectedCounts, expectCounts } from './expect-counts.js';
export { findGrowth } from './find-growth.js';
export type { GrowthTestOptions } from './growth-options.js';
