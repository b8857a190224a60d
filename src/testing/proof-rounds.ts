/** The calls of the rounds of the proof, as multiples of those of other rounds. After the last one a cache of some thousand entries is full. */
const TIMES = [2, 8, 32];

/**
 * The work is called so often in all rounds together. Twice as many calls as Node's own cache takes: it keeps the timings of the first 250 fetches for
 * `performance.getEntries()`.
 */
export const LEAST_CALLS = 500;

export const PROOF_ROUNDS = TIMES.length;

/** The calls of a round of the proof, by its number from 0. The last one makes up for rounds of few iterations. */
export function callsOfProof(round: number, { iterations, called }: { readonly iterations: number; readonly called: number }): number {
  const missing = round === PROOF_ROUNDS - 1 ? LEAST_CALLS - called : 0;
  return Math.max(TIMES[round]! * iterations, missing);
}
