import { checkWork } from './call-work.js';
import { searchGrowth } from './find-growth.js';
import { growthMessage } from './growth-message.js';
import { checkOptions, type GrowthTestOptions } from './growth-options.js';

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
    : { pass: false, message: () => `${checked.name} keeps nothing of its calls` };
}
