import type { Traceback } from '../model/traceback.js';
import type { AnyFilter } from '../snapshot/filter.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { KeyType } from '../snapshot/statistics/key-type.js';

/**
 * Where the snapshots of many processes are kept and asked. A question and its answer are values: every store gives the same answer for the same
 * profiles.
 */
export interface Store {
  /**
   * Keeps the profiles. The same profile twice counts once. If it throws StoreError or SnapshotFileError, the store does not take profiles for now;
   * with any other error, it never takes one of these.
   */
  push(profiles: readonly Profile[]): Promise<void>;
  /** @throws UsageError that names the nearest services, or releases, if there is none of this name */
  stats(question: StatsQuestion): Promise<FleetStats>;
  diff(question: DiffQuestion): Promise<FleetDiff>;
  leaks(question: LeaksQuestion): Promise<FleetLeaks>;
  /** The newest profile of each process as one snapshot. `keyType` and `cumulative` do not matter. */
  merged(question: StatsQuestion): Promise<FleetSnapshot>;
  /** Bytes a process over time, by release. `keyType` and `cumulative` do not matter. */
  history(question: LeaksQuestion): Promise<FleetHistory>;
  /** The names of all services, and of the releases of one. */
  services(): Promise<string[]>;
  releases(service: string): Promise<string[]>;
  close(): Promise<void>;
}

/** A snapshot, and whose it is. */
export interface Profile {
  readonly identity: Identity;
  readonly snapshot: Snapshot;
}

/**
 * Who a process is, in the words of OpenTelemetry's semantic conventions. A process is one host, pid and instance. A profile is one process and one
 * time: see `profileId`.
 */
export interface Identity {
  /** `service.name` */
  readonly service: string;
  /** `service.version`; empty if unknown. */
  readonly release: string;
  /** `host.name` */
  readonly host: string;
  /** `process.pid`; 0 if unknown. */
  readonly pid: number;
  /**
   * `service.instance.id`: tells two processes of one host and pid apart. Empty if host and pid do that. If one of them is unknown and nothing better
   * is known, the id of the tracing (`capture.tracing`).
   */
  readonly instance: string;
  /** Further resource attributes, such as `k8s.pod.name` and `k8s.namespace.name`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Which profiles are asked about, and by what their traces are grouped. */
interface Question {
  readonly service: string;
  /** The first moment, inclusive; null: from the beginning. */
  readonly from: Date | null;
  /** The last moment, exclusive; null: to the end. */
  readonly to: Date | null;
  /** `*`, `?` and `[…]` as in Filter; null: any. */
  readonly host: string | null;
  /** Resource attributes that a profile must have. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Lists that are applied one after the other, each as `Snapshot.filterTraces` does: a trace must pass all lists. */
  readonly filters: readonly (readonly AnyFilter[])[];
  readonly keyType: KeyType;
  readonly cumulative: boolean;
}

export interface StatsQuestion extends Question {
  /** null: all releases. */
  readonly release: string | null;
}

export interface DiffQuestion extends Question {
  readonly release: string;
  readonly against: string;
}

export interface LeaksQuestion extends Question {
  /** Empty: all releases, each by itself. */
  readonly releases: readonly string[];
}

/** Of the newest profile of each process in the time that was asked about. */
export interface FleetStats {
  readonly keyType: KeyType;
  readonly processes: number;
  /** Largest first. */
  readonly statistics: readonly FleetStatistic[];
}

/** The memory of one group. A process that has none of it counts with 0. */
export interface FleetStatistic {
  /** As `Groups.traceback` makes it: see docs/decisions/what-a-group-is.md. */
  readonly traceback: Traceback;
  /** Bytes a process: the mean. */
  readonly size: number;
  /** Blocks a process: the mean. */
  readonly count: number;
  /**
   * Standard error of `size`, in bytes: the scatter between the processes, which has their sampling errors in it already, or the sampling error of
   * the mean if that is larger, as with one process.
   */
  readonly standardError: number;
  /** Processes that have some of it. */
  readonly processes: number;
}

export interface FleetDiff {
  readonly keyType: KeyType;
  /** Of `release`, and of `against`. */
  readonly processes: readonly [now: number, old: number];
  /** What changed most surely first: by the change in standard errors. */
  readonly statistics: readonly FleetStatisticDiff[];
}

export interface FleetStatisticDiff extends FleetStatistic {
  /** Bytes a process. `standardError` is that of this change. */
  readonly sizeDiff: number;
  /** Blocks a process. */
  readonly countDiff: number;
}

export interface FleetLeaks {
  readonly keyType: KeyType;
  /** Leaks first, then by slope, the steepest first. */
  readonly growth: readonly FleetGrowth[];
}

/** What a group does over the uptime of the processes of one release. */
export interface FleetGrowth {
  readonly release: string;
  readonly traceback: Traceback;
  readonly verdict: 'leaks' | 'grows' | 'level' | 'noise';
  /** Bytes an hour: one line for all processes, each of which may start at another height. */
  readonly slope: number;
  /** Standard error of `slope`, in bytes an hour, from the scatter between the processes; of one process, from its residuals. */
  readonly standardError: number;
  /** Processes in which it grows. A process that is traced anew counts anew. */
  readonly processes: number;
  /** Processes of the release with at least two profiles. */
  readonly of: number;
}

/** The memory of all processes together. */
export interface FleetSnapshot {
  readonly processes: number;
  /**
   * Sizes and counts are sums over the processes. Its interval is null, because the standard error of a sum does not show the scatter between the
   * processes.
   */
  readonly snapshot: Snapshot;
}

/** Each point is of a stretch of time as long as `stretchLength` says. */
export interface FleetHistory {
  readonly points: readonly {
    readonly release: string;
    /** The beginning of the stretch. */
    readonly time: Date;
    /** Processes with a profile in it. Each counts with its newest there. */
    readonly processes: number;
    /** Bytes a process: the mean. */
    readonly size: number;
  }[];
}
