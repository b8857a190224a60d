import { UsageError } from '../../errors.js';

/** The keys that statistics can be grouped by: tracemalloc's three, then the ones that we add. */
export const KEY_TYPES = ['filename', 'lineno', 'traceback', 'function', 'package', 'own', 'type', 'domain', 'thread', 'label'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/** Keys that name a place in a stack. With these, a trace can count for every frame that it has. */
export type LocationKeyType = 'filename' | 'lineno' | 'function' | 'package' | 'own';
const LOCATION_KEY_TYPES: ReadonlySet<KeyType> = new Set<LocationKeyType>(['filename', 'lineno', 'function', 'package', 'own']);
/** Keys that do not depend on the stack of a trace. */
export type ColumnKeyType = 'type' | 'domain' | 'thread' | 'label';

export interface StatisticsOptions {
  /** Count a trace for every frame of its traceback, not only for the most recent one. Default false. */
  readonly cumulative?: boolean;
}

/** For callers without types. @throws UsageError with CPython's words for a wrong key, or for `cumulative` with a key that names no place */
export function checkKey(keyType: KeyType, cumulative: boolean): void {
  if (!KEY_TYPES.includes(keyType)) throw new UsageError(`unknown key_type: ${quoted(keyType)}`);
  if (cumulative && !canCumulate(keyType)) throw new UsageError(`cumulative mode cannot by used with key type ${quoted(keyType)}`);
}

/** A trace has one label, whatever its stack: its cumulative statistics are the plain ones. */
export function canCumulate(keyType: KeyType): boolean {
  return isLocationKey(keyType) || keyType === 'label';
}

export function isLocationKey(keyType: KeyType): keyType is LocationKeyType {
  return LOCATION_KEY_TYPES.has(keyType);
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
