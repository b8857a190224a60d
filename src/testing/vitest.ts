import { expect } from 'vitest';
import type { GrowthTestOptions } from './growth-options.js';
import { toGrow, toPeakBelow } from './matchers.js';
import type { PeakLimitOptions } from './peak/peak-options.js';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the declarations of an interface must have the same type parameters
  interface Matchers<T = any> {
    /** Whether a line keeps something of every call. To fail if one does: `await expect(work).not.toGrow()`. */
    toGrow(options?: GrowthTestOptions): Promise<void>;
    /** Whether one call never holds more than the limit: `await expect(work).toPeakBelow('24 MiB')`. A number is in bytes. */
    toPeakBelow(limit: number | string, options?: PeakLimitOptions): Promise<void>;
  }
}

expect.extend({ toGrow, toPeakBelow });
