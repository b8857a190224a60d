/**
 * The growth of one group in one release, pooled over its processes: one slope, and one intercept for each tracing of each process, because a tracing
 * begins with nothing. All follows from sums that a database can make in two steps: first by tracing and group, then by group.
 */

/** Sums over the profiles of one tracing. Hours are counted from its first profile. */
export interface ProfileMoments {
  readonly profiles: number;
  readonly hours: number;
  /** Of hours squared. */
  readonly squares: number;
}

/** Sums over the profiles of one tracing that have the group; a profile without it adds nothing. */
export interface SizeMoments {
  /** Bytes. */
  readonly size: number;
  /** Of bytes squared. */
  readonly squares: number;
  /** Of bytes times hours. */
  readonly products: number;
}

/** Of all tracings of a release with at least two profiles, whether they have the group or not. */
export interface TimeSums {
  readonly tracings: number;
  readonly profiles: number;
  /** Sxx: squared distances of the hours from their mean, summed over the profiles of a tracing, then over the tracings. */
  readonly sxx: number;
  /** Of Sxx squared. */
  readonly sxx2: number;
}

/** Of the tracings of a release that have the group, and at least two profiles. */
export interface GrowthSums {
  /** Bytes, over all profiles. */
  readonly size: number;
  readonly sxy: number;
  /** Of Sxy squared. */
  readonly sxy2: number;
  /** Of Sxx times Sxy. */
  readonly sxxSxy: number;
  readonly syy: number;
}

export interface Slope {
  /** Bytes an hour. */
  readonly slope: number;
  /** Bytes an hour. */
  readonly standardError: number;
  /** Degrees of freedom of the residuals. */
  readonly freedom: number;
}

/** Below this share of its parts, a difference is what the rounding of numbers leaves of 0. */
export const ROUNDING = 1e-12;

export function sxxOf({ profiles, hours, squares }: ProfileMoments): number {
  return profiles === 0 ? 0 : Math.max(0, difference(squares, (hours * hours) / profiles));
}

export function sxyOf({ profiles, hours }: ProfileMoments, { size, products }: SizeMoments): number {
  return profiles === 0 ? 0 : difference(products, (size * hours) / profiles);
}

export function syyOf({ profiles }: ProfileMoments, { size, squares }: SizeMoments): number {
  return profiles === 0 ? 0 : Math.max(0, difference(squares, (size * size) / profiles));
}

function difference(a: number, b: number): number {
  return Math.abs(a - b) <= ROUNDING * Math.abs(a) ? 0 : a - b;
}

/**
 * The error is the larger one of two: the scatter of the slopes between the tracings (the sandwich with one cluster a tracing), and what the residuals
 * of all profiles show. The first is right if memory drifts in each process by itself. It is unknown for one tracing, and for a few it is too small
 * now and then.
 */
export function pooledSlope(growth: GrowthSums, time: TimeSums): Slope {
  const { sxy, sxy2, sxxSxy, syy } = growth;
  const { tracings, profiles, sxx, sxx2 } = time;
  const freedom = profiles - tracings - 1;
  if (sxx === 0) return { slope: 0, standardError: 0, freedom: 0 };
  const slope = sxy / sxx;
  const scatter = tracings > 1 ? (Math.max(0, sxy2 - 2 * slope * sxxSxy + slope * slope * sxx2) * tracings) / (tracings - 1) / sxx ** 2 : 0;
  const residual = freedom > 0 ? Math.max(0, syy - slope * sxy) / freedom / sxx : 0;
  return { slope, standardError: Math.sqrt(Math.max(scatter, residual)), freedom };
}

/** Whether one tracing grows: its own slope is positive, beyond what its residuals explain if it has more than two profiles. */
export function grows(time: ProfileMoments, size: SizeMoments): boolean {
  const [sxx, sxy, syy] = [sxxOf(time), sxyOf(time, size), syyOf(time, size)];
  if (sxx === 0 || sxy <= 0) return false;
  const freedom = time.profiles - 2;
  return freedom === 0 || sxy ** 2 > SIGNIFICANT ** 2 * sxx * (Math.max(0, syy - sxy ** 2 / sxx) / freedom);
}

/** As in series/verdict.ts: a slope within this many standard errors is noise. */
export const SIGNIFICANT = 3;
