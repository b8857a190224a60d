import type { GrowthTestOptions } from './growth-options.js' with { 'resolution-mode': 'import' };
import type * as Matchers from './matchers.js' with { 'resolution-mode': 'import' };
import type { PeakLimitOptions } from './peak/peak-options.js' with { 'resolution-mode': 'import' };

interface MemoryMatchers<R> {
  /** Whether a line keeps something of every call. To fail if one does: `await expect(work).not.toGrow()`. */
  toGrow(options?: GrowthTestOptions): Promise<R>;
  /** Whether one call never holds more than the limit: `await expect(work).toPeakBelow('24 MiB')`. A number is in bytes. */
  toPeakBelow(limit: number | string, options?: PeakLimitOptions): Promise<R>;
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends MemoryMatchers<Awaited<R>> {
    readonly received?: T;
  }
}

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: the declarations of an interface must have the same type parameters
    interface Matchers<R, T = {}> extends MemoryMatchers<Awaited<R>> {
      readonly received?: T;
    }
  }
}

const requireOutside: (path: string) => typeof Matchers = require('./real-import.cjs');
const { expect }: typeof import('@jest/globals') = require('@jest/globals');

const { toGrow, toPeakBelow } = requireOutside('./matchers.js');
expect.extend({ toGrow, toPeakBelow });
