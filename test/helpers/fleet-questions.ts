import type { StatsQuestion } from '../../src/store/store.js';

/** A question about all that a service holds, by line. */
export function everythingOf(service: string): StatsQuestion {
  return {
    service,
    release: null,
    from: null,
    to: null,
    host: null,
    attributes: {},
    filters: [],
    keyType: 'lineno',
    cumulative: false,
  };
}
