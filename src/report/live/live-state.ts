import type { Snapshot } from '../../snapshot/snapshot.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';

export const LIVE_SORTS = ['size', 'since start', 'since last'] as const;
export type LiveSort = (typeof LIVE_SORTS)[number];

/** What the live view shows, and in which form. */
export interface LiveState {
  /** The target as the user named it. */
  readonly label: string;
  readonly keyType: KeyType;
  readonly sort: LiveSort;
  /** Patterns of labels: what was allocated for others is left out. Empty: nothing is. */
  readonly onlyLabels: readonly string[];
  /** Text that the place of a row must contain, regardless of case. */
  readonly filter: string;
  /** Whether to take no more snapshots. */
  readonly isFrozen: boolean;
  /** What the next keys go to; null for commands. */
  readonly asks: 'filter' | 'help' | null;
  /** One sentence about what has happened; empty if there is nothing to say. */
  readonly message: string;
  readonly readings: LiveReadings | null;
  readonly cost: LiveCost | null;
}

/** The first snapshot and the last two. If there is only one, all three are the same. */
export interface LiveReadings {
  readonly first: LiveReading;
  readonly previous: LiveReading;
  readonly last: LiveReading;
}

export interface LiveReading {
  /** Already mapped to the lines to show. */
  readonly snapshot: Snapshot;
  /** In ms, on a clock that never goes backwards. */
  readonly at: number;
}

/** The load that the view puts on the target. */
export interface LiveCost {
  /** How long the last snapshot took, in ms. The target stood still for no longer than that. */
  readonly snapshotMs: number;
  /** The pause before the next snapshot, in ms. */
  readonly restMs: number;
}

export function withReading(readings: LiveReadings | null, last: LiveReading): LiveReadings {
  return { first: readings?.first ?? last, previous: readings?.last ?? last, last };
}

type Wanted = Pick<LiveState, 'label' | 'keyType'> & Partial<Pick<LiveState, 'onlyLabels'>>;

/** The state before the first snapshot. */
export function initialState({ label, keyType, onlyLabels = [] }: Wanted): LiveState {
  return { label, keyType, onlyLabels, sort: 'size', filter: '', isFrozen: false, asks: null, message: '', readings: null, cost: null };
}
