import { patternToRe2 } from '../../text/fnmatch.js';
import type { StatsQuestion } from '../store.js';
import type { BoundValues } from './bound-values.js';
import { DETAILED_DAYS, PROFILES } from './schema.js';

/** What all questions have. */
export type Asked = Pick<StatsQuestion, 'service' | 'from' | 'to' | 'host' | 'attributes' | 'filters'>;

/**
 * The profiles of a question, each once: of those with one id, one. Of hours whose other profiles expire one after the other, only the lasting one.
 *
 * @param releases empty: all
 */
export function chosenProfiles(question: Asked, releases: readonly string[], values: BoundValues): string {
  const { from, to, host, attributes } = question;
  const conditions = [
    `service = ${values.add('String', question.service)}`,
    from && `time >= ${values.add("DateTime64(3, 'UTC')", from)}`,
    to && `time < ${values.add("DateTime64(3, 'UTC')", to)}`,
    releases.length > 0 && `release IN ${values.add('Array(String)', releases)}`,
    host !== null && `match(host, ${values.add('String', patternToRe2(host))})`,
    ...Object.entries(attributes).map(([name, value]) => {
      const key = values.add('String', name);
      return `mapContains(attributes, ${key}) AND attributes[${key}] = ${values.add('String', value)}`;
    }),
    `(hourly OR time >= now() - INTERVAL ${DETAILED_DAYS} DAY)`,
  ];
  return `SELECT *, toStartOfHour(toDateTime(time, 'UTC')) AS hour
FROM ${PROFILES}
WHERE ${conditions.filter(Boolean).join(' AND ')}
ORDER BY hourly DESC, push
LIMIT 1 BY id`;
}

/**
 * The newest profile of each process.
 *
 * @param chosen see `chosenProfiles`
 * @param columns by name: the column of the profile that it is
 * @param each further columns, by which the profiles are parted before
 */
export function newestProfiles(chosen: string, columns: Readonly<Record<string, string>>, each: readonly string[] = []): string {
  const names = Object.keys(columns).map((name, i) => `newest.${i + 1} AS ${name}`);
  return `SELECT ${[...each, ...names].join(', ')}
FROM (
  SELECT ${[...each, `argMax(tuple(${Object.values(columns).join(', ')}), time) AS newest`].join(', ')}
  FROM (${chosen})
  GROUP BY ${[...each, 'host', 'pid', 'instance'].join(', ')}
)`;
}
