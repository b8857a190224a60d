import type { Snapshot } from '../../snapshot/snapshot.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';

export const LIVE_SORTS = ['size', 'since start', 'since last'] as const;
export type LiveSort = (typeof LIVE_SORTS)[number];

/** What the live view shows, and how. */
export interface LiveState {
  /** Of the target, as the user named it. */
  readonly label: string;
  readonly keyType: KeyType;
  readonly sort: LiveSort;
  /** Text that the place of a row must contain; upper and lower case are the same. */
  readonly filter: string;
  /** No snapshots are taken. */
  readonly isFrozen: boolean;
  /** What the next keys are for; null: commands. */
  readonly asks: 'filter' | 'help' | null;
  /** What has happened, in a sentence; empty for nothing. */
  readonly message: string;
  readonly readings: LiveReadings | null;
  readonly cost: LiveCost | null;
}

/** The first and the last two; where there was one only, it is all of them. */
export interface LiveReadings {
  readonly first: LiveReading;
  readonly previous: LiveReading;
  readonly last: LiveReading;
}

export interface LiveReading {
  /** With the lines that are to be shown. */
  readonly snapshot: Snapshot;
  /** ms of a clock that never goes back. */
  readonly at: number;
}

/** What the view does to the target. */
export interface LiveCost {
  /** How long the last snapshot took, ms: the target stood still for no longer. */
  readonly snapshotMs: number;
  /** How long it is left alone then. */
  readonly restMs: number;
}

export function withReading(readings: LiveReadings | null, last: LiveReading): LiveReadings {
  return { first: readings?.first ?? last, previous: readings?.last ?? last, last };
}

/** Before the first snapshot. */
export function initialState({ label, keyType }: Pick<LiveState, 'label' | 'keyType'>): LiveState {
  return { label, keyType, sort: 'size', filter: '', isFrozen: false, asks: null, message: '', readings: null, cost: null };
}
