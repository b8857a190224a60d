const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const LENGTHS: readonly number[] = [
  ...[1, 5, 10, 30].map((seconds) => seconds * SECOND),
  ...[1, 5, 10, 30].map((minutes) => minutes * MINUTE),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR),
  DAY,
  7 * DAY,
];

/** A picture has no room for more. */
const MOST_STRETCHES = 120;

/** If a process has a profile in only some of the stretches, their means would jump between the processes. */
const LEAST_GAPS = 2;

/** When profiles were taken, in ms. */
export interface ProfileTimes {
  readonly firstMs: number;
  readonly lastMs: number;
  /** From one profile of a process to its next, on average; 0 if no process has two. */
  readonly gapMs: number;
}

/**
 * The length in ms of the stretches that a history is made of: the shortest one of LENGTHS that leaves at most 120 between the first and the last
 * profile, and holds two profiles of a process. A stretch begins at a multiple of its length since 1970.
 */
export function stretchLength({ firstMs, lastMs, gapMs }: ProfileTimes): number {
  return LENGTHS.find((length) => (lastMs - firstMs) / length <= MOST_STRETCHES && length >= LEAST_GAPS * gapMs) ?? LENGTHS.at(-1)!;
}
