import type { Frame } from '../model/frame.js';
import type { Traceback } from '../model/traceback.js';
import type { KeyType } from '../snapshot/statistics/key-type.js';
import { groupedBy } from './grouped-by.js';

interface Placed {
  readonly traceback: Traceback;
}

/** The same group in two releases; null if one of them has none of it. */
export type Matched<T> = readonly [now: T | null, old: T | null];

/** The keys whose groups have a line, which another release may have moved. */
const WITH_LINES: ReadonlySet<KeyType> = new Set<KeyType>(['lineno', 'own', 'function', 'traceback']);

/**
 * Pairs the groups of two releases. A store has no sources, so a line that moved is found by its function: if the groups of a function stand on other
 * lines than before, and are as many, they are the same in the same order. Otherwise a group is the same if its file and line are. A frame without the
 * name of a function never moves.
 */
export function matchPlaces<T extends Placed>(keyType: KeyType, now: readonly T[], old: readonly T[]): Matched<T>[] {
  const canMove = WITH_LINES.has(keyType);
  const functions = groupedBy(now, (group) => functionsOf(group, canMove));
  const before = groupedBy(old, (group) => functionsOf(group, canMove));
  const matched: Matched<T>[] = [];
  for (const [name, groups] of functions) matched.push(...pairs(groups, before.get(name) ?? []));
  for (const [name, groups] of before) if (!functions.has(name)) matched.push(...pairs([], groups));
  return matched;
}

function pairs<T extends Placed>(now: readonly T[], old: readonly T[]): Matched<T>[] {
  const inOrder = (groups: readonly T[]) => groups.toSorted((a, b) => a.traceback.compare(b.traceback) || columnOf(a) - columnOf(b));
  if (now.length === old.length) {
    const earlier = inOrder(old);
    return inOrder(now).map((group, i) => [group, earlier[i]!]);
  }
  const places = new Map(old.map((group) => [placesOf(group), group]));
  const matched = now.map((group): Matched<T> => {
    const place = placesOf(group);
    const same = places.get(place) ?? null;
    places.delete(place);
    return [group, same];
  });
  return [...matched, ...[...places.values()].map((group): Matched<T> => [null, group])];
}

/** The stack without the lines that may move. */
function functionsOf({ traceback }: Placed, canMove: boolean): string {
  const partsOf = ({ filename, functionName, lineno }: Frame) =>
    canMove && functionName !== '' ? [filename, functionName] : [filename, '', lineno];
  return JSON.stringify(traceback.frames.map(partsOf));
}

function placesOf({ traceback }: Placed): string {
  return JSON.stringify(traceback.frames.map(({ lineno, column }) => [lineno, column]));
}

function columnOf({ traceback }: Placed): number {
  return traceback.at(-1)!.column;
}
