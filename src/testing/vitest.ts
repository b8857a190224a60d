import { expect } from 'vitest';
import type { GrowthTestOptions } from './growth-options.js';
import { toGrow } from './matchers.js';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the declarations of an interface must have the same type parameters
  interface Matchers<T = any> {
    /** Whether a line keeps something of every call. To fail if one does: `await expect(work).not.toGrow()`. */
    toGrow(options?: GrowthTestOptions): Promise<void>;
  }
}

expect.extend({ toGrow });
