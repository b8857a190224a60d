import { ROUNDING, SIGNIFICANT } from '../pooled-slope.js';
import type { BoundValues } from './bound-values.js';
import type { GroupSql } from './group-sql.js';

const MS_PER_HOUR = 3_600_000;

/**
 * Each profile with the hours since the first of its tracing, `x`, and whether it is in the later half of the time of its tracing. Tracings with one
 * profile are left out.
 *
 * @param chosen see `chosenProfiles`
 */
function placedProfiles(chosen: string): string {
  const window = '(PARTITION BY release, tracing)';
  return `SELECT release, tracing, hour, push, (ms - first) / ${MS_PER_HOUR} AS x, 2 * ms >= first + last AS late FROM (
  SELECT release, tracing, hour, push, toUnixTimestamp64Milli(time) AS ms, min(ms) OVER ${window} AS first, max(ms) OVER ${window} AS last,
    count() OVER ${window} AS profiles
  FROM (${chosen})
)
WHERE profiles > 1`;
}

/** The moments of each tracing, as ProfileMoments: `n, hours, squares, sxx`, and of its late profiles `late_…`; all 0 if there is only one late one. */
function tracingMoments(placed: string): string {
  return `SELECT release, tracing,
  toFloat64(count()) AS n, sum(x) AS hours, sum(x * x) AS squares, greatest(0, ${unrounded('squares', 'hours * hours / n')}) AS sxx,
  toFloat64(if(countIf(late) > 1, countIf(late), 0)) AS late_n, sumIf(x, late) AS late_hours, sumIf(x * x, late) AS late_squares,
  if(late_n > 0, greatest(0, ${unrounded('late_squares', 'late_hours * late_hours / late_n')}), 0) AS late_sxx
FROM (${placed})
GROUP BY release, tracing`;
}

/** Rows, one a release: release, then of all profiles tracings, profiles, Sxx, Sxx², then the same of the late ones. As TimeSums. */
export function timeSums(chosen: string): string {
  return `SELECT release, toFloat64(count()), sum(n), sum(sxx), sum(sxx * sxx),
  toFloat64(countIf(late_n > 0)), sum(late_n), sum(late_sxx), sum(late_sxx * late_sxx)
FROM (${tracingMoments(placedProfiles(chosen))})
GROUP BY release`;
}

/**
 * Rows: release, group, processes that grow, then of all profiles size, Sxy, Sxy², Sxx·Sxy and Syy, then the same of the late ones. As GrowthSums.
 *
 * By three steps: the bytes of each profile, as one array for each group, tracing and hour; the moments of each tracing; the sums of a release.
 */
export function growthSums(chosen: string, service: string, group: GroupSql, values: BoundValues): string {
  const placed = placedProfiles(chosen);
  const moments = ['', 'late_'].map(
    (late) => `
    ${unrounded(`${late}products`, `${late}size * t.${late}hours / t.${late}n`)} AS ${late}sxy,
    greatest(0, ${unrounded(`${late}square`, `${late}size * ${late}size / t.${late}n`)}) AS ${late}syy`,
  );
  const grows = `sxx > 0 AND sxy > 0 AND (n = 2 OR sxy * sxy > ${SIGNIFICANT ** 2} * sxx * greatest(0, syy - sxy * sxy / sxx) / (n - 2))`;
  const late = (of: string) => `sumIf(${of}, late_n > 0)`;
  return `SELECT release, grp, toUInt32(countIf(${grows})),
  sum(size), sum(sxy), sum(sxy * sxy), sum(sxx * sxy), sum(syy),
  ${late('late_size')}, ${late('late_sxy')}, ${late('late_sxy * late_sxy')}, ${late('late_sxx * late_sxy')}, ${late('late_syy')}
FROM (
  SELECT s.release AS release, grp, n, sxx, late_n, late_sxx, size, late_size, ${moments.join(',')}
  FROM (
    SELECT release, tracing, grp,
      sum(arraySum(v)) AS size, sum(arrayDotProduct(v, v)) AS square, sum(arrayDotProduct(v, x)) AS products,
      sum(arraySum(w)) AS late_size, sum(arrayDotProduct(w, w)) AS late_square, sum(arrayDotProduct(w, arraySlice(x, 1 + early))) AS late_products
    FROM (SELECT *, arraySlice(v, 1 + early) AS w FROM (${hourlySizes(placed, service, group, values)}))
    GROUP BY release, tracing, grp
  ) AS s
  GLOBAL INNER JOIN (${tracingMoments(placed)}) AS t ON s.release = t.release AND s.tracing = t.tracing
)
GROUP BY release, grp
HAVING sum(size) > 0`;
}

/** As in pooled-slope.ts. */
function unrounded(from: string, subtracted: string): string {
  return `if(abs(${from} - ${subtracted}) <= ${ROUNDING} * abs(${from}), 0, ${from} - ${subtracted})`;
}

/**
 * Rows: release, tracing, hour, grp; `v`, the bytes of the group in each profile of the hour; `x` of these profiles, in order of time; `early`, how many of
 * them are not late.
 *
 * A row of samples has its own list of profiles, `pushes`: a stack is not in every profile, and some profiles are not asked about. If the list is the
 * beginning of the wanted one, its array of bytes can be added as it is, and if it is a later run of it, with zeros before. All other rows are put in place
 * value by value, which takes several times as long.
 */
function hourlySizes(placed: string, service: string, { from, conditions }: GroupSql, values: BoundValues): string {
  const wanted = `SELECT release AS of_release, tracing AS of_tracing, hour AS of_hour, groupArray(push) AS wanted
  FROM (SELECT * FROM (${placed}) ORDER BY x, push) GROUP BY release, tracing, hour`;
  const times = `SELECT release, tracing, hour, groupArray(x) AS x, countIf(NOT late) AS early
  FROM (SELECT * FROM (${placed}) ORDER BY x, push) GROUP BY release, tracing, hour`;
  const isBeginning = 'pushes = arraySlice(wanted, 1, length(pushes))';
  const isRun = 'arraySlice(wanted, indexOf(wanted, pushes[1]), length(pushes)) = pushes';
  const moved = 'arrayConcat(arrayResize(emptyArrayFloat64(), indexOf(wanted, pushes[1]) - 1), sizes)';
  const where = [
    `samples.service = ${values.add('String', service)}`,
    `samples.hour GLOBAL IN (SELECT hour FROM (${placed}))`,
    `samples.tracing GLOBAL IN (SELECT tracing FROM (${placed}))`,
    ...conditions,
  ];
  return `SELECT sums.release AS release, sums.tracing AS tracing, sums.hour AS hour, grp, times.x AS x, times.early AS early,
  if(empty(others), arrayResize(direct, length(x)), arrayMap((one, other) -> one + other, arrayResize(direct, length(x)), arrayResize(others, length(x)))) AS v
FROM (
  SELECT of_release AS release, of_tracing AS tracing, of_hour AS hour, grp,
    sumForEachIf(sizes, ${isBeginning}) AS direct,
    sumForEach(multiIf(${isBeginning}, [], ${isRun}, ${moved}, ${IN_PLACE})) AS others
  FROM ${from} GLOBAL INNER JOIN (${wanted}) AS profiles ON samples.tracing = profiles.of_tracing AND samples.hour = profiles.of_hour
  WHERE ${where.join(' AND ')}
  GROUP BY of_release, of_tracing, of_hour, grp
) AS sums
GLOBAL INNER JOIN (${times}) AS times ON sums.release = times.release AND sums.tracing = times.tracing AND sums.hour = times.hour`;
}

/** By element of `wanted`, and of `pushes`: 2 if it is in the other list, too. */
const SHARED_WANTED = 'arraySlice(arrayEnumerateUniq(arrayConcat(pushes, wanted)), 1 + length(pushes))';
const SHARED_PUSHES = 'arraySlice(arrayEnumerateUniq(arrayConcat(wanted, pushes)), 1 + length(wanted))';

/** The values of `list` at what the two lists share, in order of push. No lambda reads an array from outside, which ClickHouse would copy for every element. */
function sharedOf(list: string, pushes: string, shared: string): string {
  const kept = (of: string) => `arrayFilter((one, times) -> times = 2, ${of}, ${shared})`;
  return `arraySort((one, push) -> push, ${kept(list)}, ${kept(pushes)})`;
}

/** `sizes` in the places of `wanted`, with zeros for what it lacks: sorted by place, after both lists have been brought into one order. */
const IN_PLACE = `arraySort((size, place) -> place,
  arrayResize(${sharedOf('sizes', 'pushes', SHARED_PUSHES)}, length(wanted)),
  arrayConcat(${sharedOf('arrayEnumerate(wanted)', 'wanted', SHARED_WANTED)}, arrayFilter((place, times) -> times = 1, arrayEnumerate(wanted), ${SHARED_WANTED})))`;

/** One row, as ProfileTimes: first, last, and the mean gap, in ms; then the number of processes. */
export function timesOfProfiles(chosen: string): string {
  return `SELECT toFloat64(min(first)), toFloat64(max(last)), if(sum(n - 1) = 0, 0, sum(last - first) / sum(n - 1)), toUInt32(count())
FROM (
  SELECT min(toUnixTimestamp64Milli(time)) AS first, max(toUnixTimestamp64Milli(time)) AS last, count() AS n
  FROM (${chosen})
  GROUP BY host, pid, instance
)`;
}

/** The newest profile of each process in each stretch of time. */
export interface Stretched {
  /** A query for `release, stretch, push, hour, size`. */
  readonly newest: string;
  readonly service: string;
}

/** Rows: release, start of the stretch in ms, processes, bytes of all of them. */
export function historySums({ newest }: Stretched): string {
  return `SELECT release, toFloat64(stretch), toUInt32(count()), sum(size) FROM (${newest}) GROUP BY release, stretch ORDER BY release, stretch`;
}

/** The same of the traces that pass the conditions of a group. */
export function filteredHistorySums({ newest, service }: Stretched, { from, conditions }: GroupSql, values: BoundValues): string {
  const where = [
    `samples.service = ${values.add('String', service)}`,
    `samples.hour GLOBAL IN (SELECT hour FROM (${newest}))`,
    `of_push GLOBAL IN (SELECT push FROM (${newest}))`,
    ...conditions,
  ];
  const filtered = `SELECT of_push, sum(of_size) AS size FROM ${from} ARRAY JOIN pushes AS of_push, sizes AS of_size WHERE ${where.join(' AND ')} GROUP BY of_push`;
  return historySums({
    newest: `SELECT release, stretch, filtered.size AS size FROM (${newest}) AS newest GLOBAL LEFT JOIN (${filtered}) AS filtered ON newest.push = filtered.of_push`,
    service,
  });
}
