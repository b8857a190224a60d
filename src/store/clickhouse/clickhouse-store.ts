import { checkKey, type KeyType } from '../../snapshot/statistics/key-type.js';
import { fleetGrowth, type ReleaseGrowth } from '../fleet-growth.js';
import { fleetStatistics, type ReleaseSums } from '../fleet-statistics.js';
import { groupedBy } from '../grouped-by.js';
import { unknownName } from '../nearest-names.js';
import { fleetDiff } from '../release-change.js';
import { releasesOf } from '../releases-of.js';
import type {
  DiffQuestion,
  FleetDiff,
  FleetHistory,
  FleetLeaks,
  FleetSnapshot,
  FleetStats,
  LeaksQuestion,
  Profile,
  StatsQuestion,
  Store,
} from '../store.js';
import { stretchLength } from '../stretches.js';
import { BoundValues } from './bound-values.js';
import { checkSchema } from './check-schema.js';
import { ClickHouse } from './client.js';
import { readCredentials } from './credentials.js';
import { type GroupSql, groupSql } from './group-sql.js';
import { filteredHistorySums, growthSums, historySums, timeSums, timesOfProfiles } from './growth-sql.js';
import { OF_PROFILE, processSums } from './process-sql.js';
import { type Asked, chosenProfiles, newestProfiles } from './profile-sql.js';
import { type FrameArrays, namedTraceback, tracebackOf } from './read-frames.js';
import { readMerged } from './read-merged.js';
import { PROFILES } from './schema.js';
import { storeAddress } from './store-url.js';
import { ProfileWriter } from './write-profiles.js';

const TIMEOUT_MS = 120_000;

interface Options {
  readonly env?: NodeJS.ProcessEnv;
  /** How long the server may take for an answer. */
  readonly timeoutMs?: number;
  /** Receives a line about what a push leaves out. */
  readonly onNotice?: (notice: string) => void;
  /** Aborted: gives up opening. */
  readonly signal?: AbortSignal;
}

type Named = Pick<StatsQuestion, 'service'>;

/** The tables that `initStore` makes, and questions as SQL: what comes back are sums by group. */
export class ClickHouseStore implements Store {
  readonly #clickHouse: ClickHouse;
  readonly #writer: ProfileWriter;

  private constructor(clickHouse: ClickHouse, onNotice: (notice: string) => void) {
    this.#clickHouse = clickHouse;
    this.#writer = new ProfileWriter(clickHouse, onNotice);
  }

  /** @throws UsageError for a wrong URL, StoreError if the server cannot be reached, or has no tables that we know */
  static async open(
    url: string,
    { env = process.env, timeoutMs = TIMEOUT_MS, onNotice = () => {}, signal }: Options = {},
  ): Promise<ClickHouseStore> {
    const clickHouse = await ClickHouse.open({ address: storeAddress(url), credentials: readCredentials(env), timeoutMs });
    const giveUp = () => void clickHouse.close();
    signal?.addEventListener('abort', giveUp);
    try {
      signal?.throwIfAborted();
      await checkSchema(clickHouse);
    } catch (error) {
      await clickHouse.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
    return new ClickHouseStore(clickHouse, onNotice);
  }

  async push(profiles: readonly Profile[]): Promise<void> {
    await this.#writer.write(profiles);
  }

  async stats(question: StatsQuestion): Promise<FleetStats> {
    const { keyType, cumulative } = question;
    checkKey(keyType, cumulative);
    return fleetStatistics(keyType, await this.#sumsOf(question, releasesOf(question)));
  }

  async diff(question: DiffQuestion): Promise<FleetDiff> {
    const { keyType, cumulative, release, against } = question;
    checkKey(keyType, cumulative);
    const now = await this.#sumsOf(question, [release]);
    return fleetDiff(keyType, now, await this.#sumsOf(question, [against]));
  }

  async leaks(question: LeaksQuestion): Promise<FleetLeaks> {
    const { keyType, cumulative, releases, service } = question;
    checkKey(keyType, cumulative);
    await this.#checkNames(question, releases);
    const values = new BoundValues();
    const chosen = chosenProfiles(question, releases, values);
    const times = await this.#clickHouse.query<[release: string, ...sums: number[]]>(timeSums(chosen), values.all);
    const group = groupSql(question, releases, values);
    const rows = await this.#grouped<[processes: number, ...sums: number[]]>(growthSums(chosen, service, group, values), {
      group,
      values,
      keyType,
      columns: ['release'],
    });
    const byRelease = groupedBy(rows, ({ of: [release] }) => release!);
    const growth = times.map(([release, ...sums]): ReleaseGrowth => {
      const groups = (byRelease.get(release) ?? []).map(({ traceback, sums: [processes, ...of] }) => ({
        traceback,
        processes,
        whole: growthOf(of.slice(0, 5)),
        late: growthOf(of.slice(5)),
      }));
      return { release, whole: timesOf(sums.slice(0, 4)), late: timesOf(sums.slice(4)), groups };
    });
    return { keyType, growth: fleetGrowth(growth) };
  }

  async merged(question: StatsQuestion): Promise<FleetSnapshot> {
    const releases = releasesOf(question);
    await this.#checkNames(question, releases);
    return await readMerged(this.#clickHouse, question, releases);
  }

  async history(question: LeaksQuestion): Promise<FleetHistory> {
    const { releases, service } = question;
    await this.#checkNames(question, releases);
    const values = new BoundValues();
    const chosen = chosenProfiles(question, releases, values);
    const [[firstMs, lastMs, gapMs, processes] = [0, 0, 0, 0]] = await this.#clickHouse.query<[number, number, number, number]>(
      timesOfProfiles(chosen),
      values.all,
    );
    if (processes === 0) return { points: [] };
    const length = values.add('Int64', stretchLength({ firstMs, lastMs, gapMs }));
    const stretched = `SELECT *, intDiv(toUnixTimestamp64Milli(time), ${length}) * ${length} AS stretch FROM (${chosen})`;
    const columns = { push: 'push', hour: 'hour', size: 'size' };
    const stretches = { newest: newestProfiles(stretched, columns, ['release', 'stretch']), service };
    const sql =
      question.filters.flat().length === 0
        ? historySums(stretches)
        : filteredHistorySums(stretches, groupSql({ ...question, keyType: null }, releases, values), values);
    const points = await this.#clickHouse.query<[release: string, ms: number, processes: number, size: number]>(sql, values.all);
    return { points: points.map(([release, ms, processes, size]) => ({ release, time: new Date(ms), processes, size: size / processes })) };
  }

  async services(): Promise<string[]> {
    return await this.#names(`SELECT DISTINCT service FROM ${PROFILES} ORDER BY service`, new BoundValues());
  }

  async releases(service: string): Promise<string[]> {
    const values = new BoundValues();
    const sql = `SELECT DISTINCT release FROM ${PROFILES} WHERE service = ${values.add('String', service)} ORDER BY release`;
    return await this.#names(sql, values);
  }

  async close(): Promise<void> {
    await this.#clickHouse.close();
  }

  async #names(sql: string, values: BoundValues): Promise<string[]> {
    const rows = await this.#clickHouse.query<[string]>(sql, values.all);
    return rows.map(([name]) => name);
  }

  async #sumsOf(question: Asked & Pick<StatsQuestion, 'keyType' | 'cumulative'>, releases: readonly string[]): Promise<ReleaseSums> {
    await this.#checkNames(question, releases);
    const values = new BoundValues();
    const chosen = chosenProfiles(question, releases, values);
    const profiles = newestProfiles(chosen, OF_PROFILE);
    const [[processes] = [0]] = await this.#clickHouse.query<[number]>(`SELECT toUInt32(count()) FROM (${profiles})`, values.all);
    const { keyType, service } = question;
    const group = groupSql(question, releases, values);
    const rows = await this.#grouped<[size: number, count: number, squares: number, variance: number, processes: number]>(
      processSums({ profiles, service }, group, values),
      { group, values, keyType, columns: [] },
    );
    const groups = rows.map(({ traceback, sums: [size, count, squares, variance, having] }) => ({
      traceback,
      size,
      count,
      squares,
      variance,
      processes: having,
    }));
    return { processes, groups };
  }

  /** Carries out a query whose rows are `columns`, `grp` and sums, and finds what each group is. */
  async #grouped<Sums extends readonly number[]>(
    sql: string,
    { group, values, keyType, columns }: { group: GroupSql; values: BoundValues; keyType: KeyType; columns: readonly string[] },
  ) {
    const at = columns.length;
    const framed = `SELECT s.*, ${group.frames === null ? '[], [], [], [], []' : 'f.files, f.lines, f.columns, f.functions, f.true_lines'} FROM (${sql}) AS s`;
    const joined = group.frames === null ? framed : `${framed} GLOBAL LEFT JOIN (${group.frames}) AS f ON s.grp = f.grp`;
    const rows = await this.#clickHouse.query<unknown[]>(joined, values.all);
    return rows.map((row) => {
      const frames = row.slice(-5) as unknown as FrameArrays;
      const traceback = group.frames === null ? namedTraceback(keyType, String(row[at])) : tracebackOf(frames);
      return { of: row.slice(0, at) as string[], traceback, sums: row.slice(at + 1, -5) as unknown as Sums };
    });
  }

  /** @throws UsageError that names what is most alike, if the store has no such service or release at any time */
  async #checkNames({ service }: Named, releases: readonly string[]): Promise<void> {
    const known = await this.releases(service);
    if (known.length === 0) throw unknownName('service', service, await this.services());
    const missing = releases.find((release) => !known.includes(release));
    if (missing !== undefined) throw unknownName(`release of ${service}`, missing, known);
  }
}

function timesOf([tracings, profiles, sxx, sxx2]: readonly number[]) {
  return { tracings: tracings!, profiles: profiles!, sxx: sxx!, sxx2: sxx2! };
}

function growthOf([size, sxy, sxy2, sxxSxy, syy]: readonly number[]) {
  return { size: size!, sxy: sxy!, sxy2: sxy2!, sxxSxy: sxxSxy!, syy: syy! };
}
