import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SnapshotFileError } from '../../errors.js';
import { writeFailureReason } from '../../snapshot/file/atomic-write.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import { checkKey } from '../../snapshot/statistics/key-type.js';
import { compilePattern } from '../../text/fnmatch.js';
import { checkAlive } from '../check-alive.js';
import { fleetGrowth } from '../fleet-growth.js';
import { fleetStatistics, type ReleaseSums } from '../fleet-statistics.js';
import { groupedBy } from '../grouped-by.js';
import { processKey, resourceOfIdentity } from '../identity.js';
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
import { profilePath, tracingKey } from './file-names.js';
import { type FoundProfile, findProfiles } from './find-profiles.js';
import { LeftOut } from './left-out.js';
import { ProfileMerger } from './merge-profiles.js';
import { ProfileReader } from './read-profiles.js';
import { GrowthSummer } from './sum-growth.js';
import { historyOf } from './sum-history.js';
import { ProcessSummer } from './sum-processes.js';

const MS_PER_HOUR = 3_600_000;

interface Options {
  readonly onNotice?: (notice: string) => void;
}

/** What all questions have. */
type Asked = Pick<StatsQuestion, 'service' | 'from' | 'to' | 'host' | 'attributes' | 'filters'>;

/** A folder with a file for each profile. Files are read one after the other, and only sums are kept. */
export class FolderStore implements Store {
  readonly #folder: string;
  readonly #onNotice: (notice: string) => void;

  constructor(folder: string, { onNotice = () => {} }: Options = {}) {
    this.#folder = folder;
    this.#onNotice = onNotice;
  }

  /** @throws SnapshotFileError if a file cannot be written, UsageError for a profile that says nothing about what is alive */
  async push(profiles: readonly Profile[]): Promise<void> {
    for (const profile of profiles) this.#write(profile);
  }

  async stats(question: StatsQuestion): Promise<FleetStats> {
    checkKey(question.keyType, question.cumulative);
    return await this.#ask((leftOut) => {
      const profiles = this.#profiles(question, releasesOf(question), leftOut);
      return fleetStatistics(question.keyType, this.#sumsOf(profiles, question, leftOut));
    });
  }

  async diff(question: DiffQuestion): Promise<FleetDiff> {
    checkKey(question.keyType, question.cumulative);
    return await this.#ask((leftOut) => {
      const sums = [question.release, question.against].map((release) =>
        this.#sumsOf(this.#profiles(question, [release], leftOut), question, leftOut),
      );
      return fleetDiff(question.keyType, sums[0]!, sums[1]!);
    });
  }

  async leaks(question: LeaksQuestion): Promise<FleetLeaks> {
    const { keyType, cumulative } = question;
    checkKey(keyType, cumulative);
    return await this.#ask((leftOut) => {
      const releases = groupedBy(this.#profiles(question, question.releases, leftOut), ({ identity }) => identity.release);
      const reader = new ProfileReader(question.filters, leftOut);
      const growth = [...releases].map(([release, profiles]) => {
        const summer = new GrowthSummer(keyType, cumulative);
        for (const tracing of groupedBy(profiles, (one) => tracingKey(one.identity, one.tracing)).values())
          addTracing(summer, inOrder(tracing), reader);
        return summer.build(release);
      });
      return { keyType, growth: fleetGrowth(growth) };
    });
  }

  async merged(question: StatsQuestion): Promise<FleetSnapshot> {
    return await this.#ask((leftOut) => {
      const profiles = this.#profiles(question, releasesOf(question), leftOut);
      const merger = new ProfileMerger();
      const reader = new ProfileReader(question.filters, leftOut);
      for (const snapshot of newestOfEach(profiles, reader)) merger.add(snapshot);
      return { processes: merger.processes, snapshot: merger.build(question) };
    });
  }

  async history(question: LeaksQuestion): Promise<FleetHistory> {
    return await this.#ask((leftOut) => {
      const profiles = this.#profiles(question, question.releases, leftOut);
      return profiles.length === 0 ? { points: [] } : historyOf(profiles, new ProfileReader(question.filters, leftOut));
    });
  }

  async services(): Promise<string[]> {
    return await this.#ask((leftOut) => distinct(findProfiles(this.#folder, {}, leftOut), 'service'));
  }

  async releases(service: string): Promise<string[]> {
    return await this.#ask((leftOut) => distinct(this.#ofService(service, leftOut), 'release'));
  }

  async close(): Promise<void> {}

  #write({ identity, snapshot }: Profile): void {
    const { capture } = snapshot;
    checkAlive(capture);
    const path = join(this.#folder, profilePath(identity, capture.time));
    try {
      mkdirSync(dirname(path), { recursive: true });
    } catch (cause) {
      throw new SnapshotFileError(`cannot push to ${this.#folder}: ${writeFailureReason(cause)}`, { cause });
    }
    const own = new Snapshot({ ...snapshot, capture: { ...capture, resource: resourceOfIdentity(identity) } });
    own.dump(path, { followLinks: false });
  }

  /** Answers as a promise, and then tells what was left out. */
  async #ask<T>(answer: (leftOut: LeftOut) => T): Promise<T> {
    const leftOut = new LeftOut(this.#onNotice);
    const given = answer(leftOut);
    leftOut.tellOfRest();
    return given;
  }

  #ofService(service: string, leftOut: LeftOut): FoundProfile[] {
    return [...findProfiles(this.#folder, { service }, leftOut)].filter(({ identity }) => identity.service === service);
  }

  /** @param releases empty: all @throws UsageError if there is no such service or release */
  #profiles(question: Asked, releases: readonly string[], leftOut: LeftOut): FoundProfile[] {
    const { service, from, to, host, attributes } = question;
    const [fromMs, toMs] = [from?.getTime() ?? Number.NEGATIVE_INFINITY, to?.getTime() ?? Number.POSITIVE_INFINITY];
    const matchesHost = host === null ? () => true : compilePattern(host);
    const inTime = [...findProfiles(this.#folder, { service, fromMs, toMs }, leftOut)].filter(
      ({ identity, timeMs }) => identity.service === service && timeMs >= fromMs && timeMs < toMs,
    );
    for (const release of releases)
      if (!inTime.some(({ identity }) => identity.release === release)) this.#checkNames(service, release, leftOut);
    if (inTime.length === 0) this.#checkNames(service, null, leftOut);
    return inTime.filter(
      ({ identity }) =>
        (releases.length === 0 || releases.includes(identity.release)) &&
        matchesHost(identity.host) &&
        Object.entries(attributes).every(([name, value]) => identity.attributes[name] === value),
    );
  }

  /** @throws UsageError that names what is most alike, if the store has no such service or release at any time */
  #checkNames(service: string, release: string | null, leftOut: LeftOut): void {
    const profiles = this.#ofService(service, leftOut);
    if (profiles.length === 0) throw unknownName('service', service, distinct(findProfiles(this.#folder, {}, leftOut), 'service'));
    const releases = distinct(profiles, 'release');
    if (release !== null && !releases.includes(release)) throw unknownName(`release of ${service}`, release, releases);
  }

  #sumsOf(
    profiles: readonly FoundProfile[],
    { keyType, cumulative, filters }: Omit<StatsQuestion, 'release'>,
    leftOut: LeftOut,
  ): ReleaseSums {
    const summer = new ProcessSummer(keyType, cumulative);
    for (const snapshot of newestOfEach(profiles, new ProfileReader(filters, leftOut))) summer.add(snapshot);
    return summer.build();
  }
}

function distinct(profiles: Iterable<FoundProfile>, of: 'service' | 'release'): string[] {
  const names = new Set<string>();
  for (const { identity } of profiles) names.add(identity[of]);
  return [...names].sort();
}

/** Of each process, its newest profile that can be read. */
function* newestOfEach(profiles: readonly FoundProfile[], reader: ProfileReader): Generator<Snapshot> {
  for (const ofProcess of groupedBy(profiles, ({ identity }) => processKey(identity)).values()) {
    const snapshot = reader.readFirst(inOrder(ofProcess).reverse());
    if (snapshot) yield snapshot;
  }
}

/** By time, each time once: the same profile may be in several files. */
function inOrder(profiles: readonly FoundProfile[]): FoundProfile[] {
  const sorted = profiles.toSorted((a, b) => a.timeMs - b.timeMs);
  return sorted.filter(({ timeMs }, i) => timeMs !== sorted[i - 1]?.timeMs);
}

function addTracing(summer: GrowthSummer, profiles: readonly FoundProfile[], reader: ProfileReader): void {
  if (profiles.length < 2) return;
  const [firstMs, lastMs] = [profiles[0]!.timeMs, profiles.at(-1)!.timeMs];
  for (const profile of profiles) {
    const snapshot = reader.read(profile);
    if (snapshot) summer.add(snapshot, (profile.timeMs - firstMs) / MS_PER_HOUR, 2 * profile.timeMs >= firstMs + lastMs);
  }
  summer.endTracing();
}
