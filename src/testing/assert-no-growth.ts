import { AssertionError } from 'node:assert';
import type { Growth } from '../series/growth.js';
import type { Series } from '../series/series.js';
import { checkWork, type Work } from './call-work.js';
import { searchGrowth } from './find-growth.js';
import { growthMessage } from './growth-message.js';
import { checkOptions, type GrowthTestOptions } from './growth-options.js';

/** What `assertNoGrowth` throws if something grew. */
export class GrowthError extends AssertionError {
  /** What grew, the line that keeps most first. */
  readonly growth: readonly Growth[];
  /** The rounds: the warm-up, and those that count. */
  readonly series: Series;

  constructor(message: string, { growth, series }: { readonly growth: readonly Growth[]; readonly series: Series }) {
    super({ message, operator: 'assertNoGrowth' });
    this.name = 'GrowthError';
    this.growth = growth;
    this.series = series;
  }
}

/**
 * Fails if a line keeps something of every call of `work`.
 *
 * @throws GrowthError, an AssertionError; what the work throws; UsageError for wrong options; ForeignSamplerError if this process is traced already
 */
export async function assertNoGrowth(work: Work, options: GrowthTestOptions = {}): Promise<void> {
  checkWork(work);
  const checked = checkOptions(options, work);
  const found = await searchGrowth(work, checked);
  if (found) throw new GrowthError(growthMessage(found, checked), found);
}
