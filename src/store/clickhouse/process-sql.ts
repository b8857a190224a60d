import type { BoundValues } from './bound-values.js';
import type { GroupSql } from './group-sql.js';

/** What `OneOfEach.profiles` has, by name. */
export const OF_PROFILE = { of_push: 'push', of_tracing: 'tracing', of_hour: 'hour', unseen: 'unseen' } as const;

/** Of each process, one profile. */
export interface OneOfEach {
  /** A query for the columns of OF_PROFILE. */
  readonly profiles: string;
  readonly service: string;
}

/**
 * Sums over processes, by group: first of each process, then over all. Only the hours of these profiles are read.
 *
 * Rows: group, bytes, blocks, squared bytes, variance, processes.
 */
export function processSums({ profiles, service }: OneOfEach, { from, conditions }: GroupSql, values: BoundValues): string {
  return `SELECT grp, sum(size), toFloat64(sum(count)), sum(size * size), sum(variance), toUInt32(count()) FROM (
  SELECT of_push, grp, sum(sizes[place]) AS size, sum(counts[place]) AS count, sum(variances[place]) + any(unseen) AS variance
  FROM ${ofProfiles(profiles, from)}
  WHERE ${[...isOfProfiles(profiles, service, values), ...conditions].join(' AND ')}
  GROUP BY of_push, grp
)
WHERE size != 0 OR count != 0
GROUP BY grp`;
}

/** Rows: stack, thread, domain, type, label, bytes, blocks. @see processSums */
export function mergedTraces({ profiles, service }: OneOfEach, { from, conditions }: GroupSql, values: BoundValues): string {
  return `SELECT stack, thread, domain, type, label, sum(sizes[place]) AS size, toFloat64(sum(counts[place])) AS count
  FROM ${ofProfiles(profiles, from)}
  WHERE ${[...isOfProfiles(profiles, service, values), ...conditions].join(' AND ')}
  GROUP BY stack, thread, domain, type, label`;
}

function ofProfiles(profiles: string, from: string): string {
  return `${from} GLOBAL INNER JOIN (${profiles}) AS profiles ON samples.tracing = profiles.of_tracing AND samples.hour = profiles.of_hour`;
}

/** The sets make ClickHouse skip what is of other hours and tracings. */
function isOfProfiles(profiles: string, service: string, values: BoundValues): string[] {
  return [
    `samples.service = ${values.add('String', service)}`,
    `samples.hour GLOBAL IN (SELECT of_hour FROM (${profiles}))`,
    `samples.tracing GLOBAL IN (SELECT of_tracing FROM (${profiles}))`,
    '(indexOf(pushes, of_push) AS place) > 0',
  ];
}
