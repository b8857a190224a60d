import { setImmediate } from 'node:timers/promises';
import type { Profile } from '../store.js';
import type { ClickHouse, Row } from './client.js';
import { type EncodedProfile, encodeProfile, FACT_COLUMNS, MOST_ROWS } from './encode-profile.js';
import { STACK_COLUMNS } from './encode-stacks.js';
import { PROFILES, SAMPLES, STACK_REFRESH_DAYS, STACKS } from './schema.js';

/** Rows of one insert: some 20 MB of text. */
const BATCH_ROWS = 100_000;
/** Stacks that are remembered as written: some 100 MB. */
const MOST_REMEMBERED = 1_000_000;
const MS_PER_DAY = 86_400_000;

const PROFILE_COLUMNS = ['service', 'release', 'id', 'tracing', 'time', 'push', 'hourly', ...FACT_COLUMNS] as const;
const SAMPLE_COLUMNS = [
  'service',
  'hour',
  'tracing',
  'stack',
  'thread',
  'domain',
  'type',
  'label',
  'hourly',
  'pushes',
  'sizes',
  'counts',
  'variances',
] as const;

/**
 * Writes profiles: stacks, then samples, then the profile itself. A question looks at the samples of the profiles that it finds, so that a profile counts
 * only if all of it is there. Whatever a broken push leaves behind is of no profile.
 */
export class ProfileWriter {
  readonly #clickHouse: ClickHouse;
  readonly #onNotice: (notice: string) => void;
  /** Stacks that the table has, with their service and release. Forgotten after a day, because they must be written again some day. */
  readonly #written = new Set<string>();
  #writtenSinceMs = Date.now();

  constructor(clickHouse: ClickHouse, onNotice: (notice: string) => void) {
    this.#clickHouse = clickHouse;
    this.#onNotice = onNotice;
  }

  /** @throws UsageError for a profile that says nothing about what is alive, BadProfileError for one that the server cannot read, StoreError */
  async write(profiles: readonly Profile[]): Promise<void> {
    let batch: EncodedProfile[] = [];
    let rows = 0;
    for (const profile of profiles) {
      await setImmediate(); // encoding one takes 10 to 60 ms, and `serve` must answer meanwhile
      const encoded = encodeProfile(profile);
      if (encoded.folded > 0)
        this.#onNotice(
          `a profile has more than ${MOST_ROWS} different stacks: the ${encoded.folded} smallest count as one, <other stacks>`,
        );
      batch.push(encoded);
      rows += encoded.samples.length;
      if (rows < BATCH_ROWS) continue;
      await this.#writeBatch(batch);
      [batch, rows] = [[], 0];
    }
    await this.#writeBatch(batch);
  }

  async #writeBatch(batch: readonly EncodedProfile[]): Promise<void> {
    const profiles = await this.#withoutKnown(batch);
    if (profiles.length === 0) return;
    await this.#writeStacks(profiles);
    const hourly = await this.#takenHours(profiles);
    const pushed = profiles.map((profile) => {
      const hour = hourName(profile);
      const isHourly = !hourly.has(hour);
      hourly.add(hour);
      return { profile, isHourly, push: randomId() };
    });
    const samples = pushed.flatMap(({ profile, isHourly, push }) => sampleRows(profile, { isHourly, push }));
    for (let from = 0; from < samples.length; from += BATCH_ROWS)
      await this.#clickHouse.insert(SAMPLES, [...SAMPLE_COLUMNS], samples.slice(from, from + BATCH_ROWS));
    await this.#clickHouse.insert(
      PROFILES,
      [...PROFILE_COLUMNS],
      pushed.map(({ profile, isHourly, push }) => profileRow(profile, { isHourly, push })),
    );
  }

  /** In order of time, each profile once, without those that the store has. */
  async #withoutKnown(batch: readonly EncodedProfile[]): Promise<EncodedProfile[]> {
    const byId = new Map(batch.map((profile) => [profile.id, profile]));
    if (byId.size === 0) return [];
    const known = await this.#clickHouse.query<[string]>(
      `SELECT toString(id) FROM ${PROFILES}
WHERE service IN {services:Array(String)} AND time BETWEEN {first:DateTime64(3, 'UTC')} AND {last:DateTime64(3, 'UTC')} AND id IN {ids:Array(UInt128)}`,
      {
        services: [...new Set(batch.map(({ service }) => service))],
        first: new Date(Math.min(...batch.map(({ timeMs }) => timeMs))),
        last: new Date(Math.max(...batch.map(({ timeMs }) => timeMs))),
        ids: [...byId.keys()].map(BigInt),
      },
    );
    for (const [id] of known) byId.delete(id);
    return [...byId.values()].sort((a, b) => a.timeMs - b.timeMs);
  }

  /** Which hours of which tracings have their lasting profile already. */
  async #takenHours(profiles: readonly EncodedProfile[]): Promise<Set<string>> {
    const hours = profiles.map(({ hour }) => hour);
    const taken = await this.#clickHouse.query<[service: string, tracing: string, hour: number]>(
      `SELECT DISTINCT service, toString(tracing), toUnixTimestamp(toStartOfHour(time)) FROM ${PROFILES}
WHERE service IN {services:Array(String)} AND hourly AND time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}
  AND tracing IN {tracings:Array(UInt64)}`,
      {
        services: [...new Set(profiles.map(({ service }) => service))],
        from: new Date(Math.min(...hours) * 1000),
        to: new Date((Math.max(...hours) + 3600) * 1000),
        tracings: [...new Set(profiles.map(({ tracing }) => tracing))].map(BigInt),
      },
    );
    return new Set(taken.map(([service, tracing, hour]) => hourName({ service, tracing, hour })));
  }

  async #writeStacks(profiles: readonly EncodedProfile[]): Promise<void> {
    if (Date.now() - this.#writtenSinceMs > MS_PER_DAY || this.#written.size > MOST_REMEMBERED) {
      this.#written.clear();
      this.#writtenSinceMs = Date.now();
    }
    const missing = new Map<string, { readonly profile: EncodedProfile; readonly hash: string }>();
    for (const profile of profiles)
      for (const hash of profile.stacks.keys()) {
        const name = stackName(profile, hash);
        if (!this.#written.has(name)) missing.set(name, { profile, hash });
      }
    const asked = [...missing.values()];
    for (let from = 0; from < asked.length; from += BATCH_ROWS) {
      const part = asked.slice(from, from + BATCH_ROWS);
      for (const name of await this.#knownStacks(part)) {
        missing.delete(name);
        this.#written.add(name);
      }
    }
    const rows = [...missing.values()].map(({ profile, hash }) => [profile.service, profile.release, ...profile.stacks.get(hash)!()]);
    for (let from = 0; from < rows.length; from += BATCH_ROWS)
      await this.#clickHouse.insert(STACKS, ['service', 'release', ...STACK_COLUMNS], rows.slice(from, from + BATCH_ROWS));
    for (const name of missing.keys()) this.#written.add(name);
  }

  async #knownStacks(stacks: readonly { readonly profile: EncodedProfile; readonly hash: string }[]): Promise<string[]> {
    const known = await this.#clickHouse.query<[service: string, release: string, hash: string]>(
      `SELECT service, release, toString(hash) FROM ${STACKS}
WHERE service IN {services:Array(String)} AND release IN {releases:Array(String)} AND hash IN {hashes:Array(UInt128)}
  AND written > now() - INTERVAL ${STACK_REFRESH_DAYS} DAY`,
      {
        services: [...new Set(stacks.map(({ profile }) => profile.service))],
        releases: [...new Set(stacks.map(({ profile }) => profile.release))],
        hashes: stacks.map(({ hash }) => BigInt(hash)),
      },
    );
    return known.map(([service, release, hash]) => stackName({ service, release }, hash));
  }
}

interface Pushed {
  readonly isHourly: boolean;
  readonly push: string;
}

function profileRow(profile: EncodedProfile, { isHourly, push }: Pushed): Row {
  const { service, release, id, tracing, timeMs, facts } = profile;
  const time = new Date(timeMs).toISOString().replace('T', ' ').slice(0, -1);
  return [service, release, id, tracing, time, push, isHourly, ...facts];
}

/** Each array has one element. When ClickHouse merges, those of an hour become one row. */
function sampleRows({ service, hour, tracing, samples }: EncodedProfile, { isHourly, push }: Pushed): Row[] {
  return samples.map(({ stack, thread, domain, type, label, size, count, variance }) => [
    service,
    hour,
    tracing,
    stack,
    thread,
    domain,
    type,
    label,
    isHourly,
    [push],
    [size],
    [count],
    [variance],
  ]);
}

function hourName({ service, tracing, hour }: Pick<EncodedProfile, 'service' | 'tracing' | 'hour'>): string {
  return JSON.stringify([service, tracing, hour]);
}

function stackName({ service, release }: Pick<EncodedProfile, 'service' | 'release'>, hash: string): string {
  return JSON.stringify([service, release, hash]);
}

function randomId(): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  return randomBytes(8).readBigUInt64BE().toString();
}
