/** What is known of the last window, and of its end. */
export interface PastWindow {
  readonly seconds: number;
  readonly samples: number;
  /** How long the target stood still for the end of the window, in seconds, with the way to us and back. */
  readonly pause: number;
}

/** Short, because nothing is known of the program yet. In seconds, as all of these. */
export const FIRST_WINDOW = 0.25;
const SHORTEST = 0.25;
const USUAL = 5;
const LONGEST = 60;
/** The next window may be so many times as long as the last one, so that the rate of a program that begins to work is seen early. */
const GROWTH = 4;
/** A window is so many times as long as the pause at its end, so that pauses take at most a twentieth of the time. */
const PAUSES = 20;
/** V8 keeps every sample until the window ends: 110 bytes in the target each, so 11 MB. */
const SAMPLES = 100_000;

/** The length of the next window in seconds, so that neither the samples in the target nor the pauses become too many. */
export function windowLength({ seconds, samples, pause }: PastWindow): number {
  const wanted = Math.min(LONGEST, Math.max(USUAL, PAUSES * pause), GROWTH * Math.max(seconds, SHORTEST));
  const filled = samples === 0 ? LONGEST : (SAMPLES * seconds) / samples;
  return Math.max(SHORTEST, Math.min(wanted, filled));
}
