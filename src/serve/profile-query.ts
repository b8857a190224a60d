import { Refusal } from './refusal.js';

/** A longer wait only keeps a connection open. For a longer time, take two profiles and compare them. */
export const MAX_SECONDS = 300;

/**
 * Go's parameters. `gc` is accepted and ignored, because a snapshot always collects first.
 *
 * @returns the seconds of a difference; null for the current profile
 * @throws Refusal
 */
export function secondsOf(query: URLSearchParams): number | null {
  const debug = query.get('debug') ?? '';
  if (debug !== '' && debug !== '0') throw new Refusal(400, 'only the binary profile is available: leave debug out');
  const seconds = query.get('seconds') ?? '';
  if (seconds === '') return null;
  if (!/^\d{1,9}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > MAX_SECONDS)
    throw new Refusal(400, `seconds must be a whole number from 1 to ${MAX_SECONDS}`);
  return Number(seconds);
}
