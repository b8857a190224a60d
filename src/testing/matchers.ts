import { printable } from '../text/printable.js';
import { formatSize } from '../text/size-format.js';
import { comparePeak } from './assert-peak-below.js';
import { checkWork } from './call-work.js';
import { searchGrowth } from './find-growth.js';
import { growthMessage } from './growth-message.js';
import { checkOptions, type GrowthTestOptions } from './growth-options.js';
import type { PeakLimitOptions } from './peak/peak-options.js';

/** What jest and vitest expect of a matcher. jest keeps the whole object as `error.matcherResult`, vitest `actual` as that of the error. */
interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
}

/** `expect(work).not.toGrow(options)`: whether a line keeps something of every call of the work. */
export async function toGrow(work: unknown, options: GrowthTestOptions = {}): Promise<Outcome> {
  checkWork(work);
  const checked = checkOptions(options, work);
  const found = await searchGrowth(work, checked);
  return found
    ? { pass: true, message: () => growthMessage(found, checked), actual: found.growth }
    : { pass: false, message: () => `${printable(checked.name)} keeps nothing of its calls` };
}

/** `expect(work).toPeakBelow('24 MiB', options)`: whether the work never held more than the limit. */
export async function toPeakBelow(work: unknown, limit: number | string, options: PeakLimitOptions = {}): Promise<Outcome> {
  const { name, limit: bytes, excess } = await comparePeak(limit, work, options);
  return excess
    ? { pass: false, message: () => excess.message, actual: excess.peak }
    : { pass: true, message: () => `${printable(name)} was not found to hold more than ${formatSize(bytes)}` };
}
