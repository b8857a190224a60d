import type * as Testing from './index.js' with { 'resolution-mode': 'import' };

const requireOutside: (path: string) => typeof Testing = require('./real-import.cjs');

/** `node-tracemalloc/test` for CommonJS. jest cannot require the ES module. */
const testing: typeof Testing = requireOutside('./index.js');

declare namespace testing {
  type ExpectedCounts = Testing.ExpectedCounts;
  type GrowthTestOptions = Testing.GrowthTestOptions;
  type GrowthError = Testing.GrowthError;
  type Peak = Testing.Peak;
  type PeakError = Testing.PeakError;
  type PeakLimitOptions = Testing.PeakLimitOptions;
  type PeakOptions = Testing.PeakOptions;
  type Work = Testing.Work;
}

// @ts-expect-error erasableSyntaxOnly: it is the only form that gives a CommonJS module its types
export = testing;
