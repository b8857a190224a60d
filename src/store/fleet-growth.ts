import type { Traceback } from '../model/traceback.js';
import { type GrowthSums, pooledSlope, SIGNIFICANT, type Slope, type TimeSums } from './pooled-slope.js';
import type { FleetGrowth } from './store.js';

/** What a store has summed for one release. A profile is late if it is in the later half of the time of its tracing: at the middle, or after it. */
export interface ReleaseGrowth {
  readonly release: string;
  readonly whole: TimeSums;
  /** Of the late profiles of all tracings with at least two late ones. */
  readonly late: TimeSums;
  readonly groups: readonly GroupGrowth[];
}

export interface GroupGrowth {
  readonly traceback: Traceback;
  readonly whole: GrowthSums;
  readonly late: GrowthSums;
  /** Tracings that grow, as `grows` says. */
  readonly processes: number;
}

/** The later half must grow by at least this share of the whole rate. Less is a warm-up that fades out, or a cache that is full. */
const LEAST_LATE = 0.5;
/** The standard errors by which the later half may have come out too small. */
const LATE_ERRORS = 1.5;
/** One process needs five profiles for a leak. */
const LEAST_FREEDOM = 3;
/** Bytes that a group grows over the time of a tracing. Less is none. */
const LEAST_GROWTH = 1;
/** An error above this share of the mean size, over the time of a process, says nothing about whether a group is level. */
const LEVEL_ERROR = 0.25;

const ORDER: readonly FleetGrowth['verdict'][] = ['leaks', 'grows', 'level', 'noise'];

/** Leaks first, then by slope, the steepest first. */
export function fleetGrowth(releases: readonly ReleaseGrowth[]): FleetGrowth[] {
  return releases
    .flatMap((release) => release.groups.map((group) => growthOfGroup(group, release)))
    .sort(
      (a, b) =>
        ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) ||
        b.slope - a.slope ||
        a.traceback.compare(b.traceback) ||
        (a.release < b.release ? -1 : 1),
    );
}

function growthOfGroup(group: GroupGrowth, release: ReleaseGrowth): FleetGrowth {
  const whole = pooledSlope(group.whole, release.whole);
  return {
    release: release.release,
    traceback: group.traceback,
    verdict: verdictOfSlope(whole, group, release),
    slope: whole.slope,
    standardError: whole.standardError,
    processes: group.processes,
    of: release.whole.tracings,
  };
}

/**
 * Of many groups, one in a thousand is three errors off by chance. So a leak must be as sure among all groups of a release as three errors are for one:
 * by the tail of the normal distribution, exp(-z²/2), that takes z² = 3² + 2 ln(groups).
 */
function verdictOfSlope(whole: Slope, group: GroupGrowth, { whole: time, late: lateTime, groups }: ReleaseGrowth): FleetGrowth['verdict'] {
  if (whole.slope > 0 && whole.slope * hoursOf(time) < LEAST_GROWTH) return 'level';
  const sureness = surenessOf(whole);
  if (sureness <= SIGNIFICANT) return isLevel(whole, group.whole, time) ? 'level' : 'noise';
  if (lateTime.sxx === 0) return 'grows';
  const late = pooledSlope(group.late, lateTime);
  const goesOn = late.slope > 0 && late.slope + LATE_ERRORS * late.standardError >= LEAST_LATE * whole.slope;
  if (!goesOn) return surenessOf(late) > SIGNIFICANT ? 'grows' : 'level';
  return whole.freedom >= LEAST_FREEDOM && sureness > Math.hypot(SIGNIFICANT, Math.sqrt(2 * Math.log(groups.length))) ? 'leaks' : 'grows';
}

/**
 * The slope in standard errors of a normal distribution: with few degrees of freedom, an error is itself uncertain, and a large quotient means less
 * (Student's t by Wallace's approximation, 1959).
 */
function surenessOf({ slope, standardError, freedom }: Slope): number {
  if (slope <= 0 || freedom <= 0) return 0;
  if (standardError === 0) return Number.POSITIVE_INFINITY;
  const t = slope / standardError;
  return ((8 * freedom + 1) / (8 * freedom + 3)) * Math.sqrt(freedom * Math.log1p((t * t) / freedom));
}

function isLevel({ standardError }: Slope, { size }: GrowthSums, time: TimeSums): boolean {
  return time.profiles > 0 && standardError * hoursOf(time) <= (LEVEL_ERROR * size) / time.profiles;
}

/** The time of a tracing: profiles that are evenly spaced over T hours have Sxx = profiles · T² / 12. */
function hoursOf({ profiles, sxx }: TimeSums): number {
  return profiles === 0 ? 0 : Math.sqrt((12 * sxx) / profiles);
}
