import type { StatsQuestion } from './store.js';

/** The releases that a question names; empty: all. */
export function releasesOf({ release }: Pick<StatsQuestion, 'release'>): string[] {
  return release === null ? [] : [release];
}
