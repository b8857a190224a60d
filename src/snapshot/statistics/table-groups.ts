import { RowInterner } from '../../model/row-interner.js';
import type { StackTable } from '../../model/stack-table.js';
import { StringInterner } from '../../model/string-interner.js';
import type { LocationKeyType } from './key-type.js';
import { LOCATION_KEYS, NOWHERE } from './location-keys.js';
import { ownFileMask } from './own-files.js';

/** The groups of one table's tracebacks under one key, numbered in order of first sight. */
export interface TableGroups {
  /** Groups of all tracebacks. Those of traceback t are at `[starts[t] .. starts[t + 1])`, or at t if `starts` is null. */
  readonly groups: Uint32Array;
  readonly starts: Uint32Array | null;
  /** By group: the location that it was first seen at, NOWHERE if it has none, or, under the key `traceback`, the traceback. */
  readonly origins: Uint32Array;
  /** Groups by line that several functions or columns share. Their frame names neither. */
  readonly sharedLines: ReadonlySet<number>;
}

export type TableKeyType = LocationKeyType | 'traceback';

export interface TableKey {
  readonly keyType: TableKeyType;
  /** For the key `own`: see `ownFolderOf`. */
  readonly ownFolder: string;
}

/** The table of a snapshot never changes, so its groups are worked out only once for each key. */
const remembered = new WeakMap<StackTable, Map<string, TableGroups>>();

/**
 * Each traceback has one group: that of its most recent frame, under the key `own` of its most recent frame of the program's own files, and under
 * the key `traceback` of the whole traceback.
 */
export function tableGroups(table: StackTable, { keyType, ownFolder }: TableKey): TableGroups {
  const known = remembered.get(table) ?? new Map<string, TableGroups>();
  const name = keyType === 'own' ? `own ${ownFolder}` : keyType;
  const groups = known.get(name) ?? (keyType === 'traceback' ? byTraceback(table) : byMostRecent(table, { keyType, ownFolder }));
  if (Object.isFrozen(table)) remembered.set(table, known.set(name, groups));
  return groups;
}

function byMostRecent(table: StackTable, key: LocationTableKey): TableGroups {
  const { tracebackStart, frames } = table;
  const grouper = new LocationGrouper(table, key.keyType);
  const isCounted = countedLocations(table, key);
  const groups = new Uint32Array(table.totalFrames.length);
  for (let t = 0; t < groups.length; t++) {
    let i = tracebackStart[t + 1]! - 1;
    if (isCounted) while (i >= tracebackStart[t]! && isCounted[frames[i]!] === 0) i--;
    groups[t] = grouper.groupOf(i < tracebackStart[t]! ? NOWHERE : frames[i]!);
  }
  return { groups, starts: null, ...grouper.build() };
}

type LocationTableKey = TableKey & { readonly keyType: LocationKeyType };

/** By location: whether it can be the place of a group; null if each can. */
function countedLocations({ filenames, locationFile }: StackTable, { keyType, ownFolder }: LocationTableKey): Uint8Array | null {
  if (keyType !== 'own') return null;
  const isOwn = ownFileMask(filenames, ownFolder);
  return Uint8Array.from(locationFile, (file) => isOwn[file]!);
}

/**
 * Each traceback has the groups of all its frames, each group only once: a recursive function holds its bytes once. The result is not remembered,
 * because it takes four bytes for every frame of the table.
 */
export function cumulativeGroups(table: StackTable, key: LocationTableKey): TableGroups {
  const grouper = new LocationGrouper(table, key.keyType);
  const isCounted = countedLocations(table, key);
  const count = table.totalFrames.length;
  const starts = new Uint32Array(count + 1);
  const groups = new Uint32Array(table.frames.length);
  const lastSeenIn = new Int32Array(table.locationFile.length + 1).fill(-1); // one more for NOWHERE
  let length = 0;
  for (let t = 0; t < count; t++) {
    for (let i = table.tracebackStart[t]!; i < table.tracebackStart[t + 1]!; i++) {
      if (isCounted?.[table.frames[i]!] === 0) continue;
      const group = grouper.groupOf(table.frames[i]!);
      if (lastSeenIn[group] === t) continue;
      lastSeenIn[group] = t;
      groups[length++] = group;
    }
    if (length === starts[t]) groups[length++] = grouper.groupOf(NOWHERE);
    starts[t + 1] = length;
  }
  return { groups: groups.subarray(0, length), starts, ...grouper.build() };
}

/** Finds the group of a location on demand, because most locations of a deep table are never the most recent frame. */
class LocationGrouper {
  readonly #table: StackTable;
  readonly #known: Int32Array;
  #nowhere = -1;
  readonly #row: Uint32Array;
  readonly #write: (row: Uint32Array, location: number) => void;
  readonly #rows = new RowInterner();
  readonly #origins: number[] = [];
  readonly #sharedLines = new Set<number>();
  readonly #sharesLines: boolean;

  constructor(table: StackTable, keyType: LocationKeyType) {
    const { width, write } = LOCATION_KEYS[keyType].rows(table, new StringInterner());
    this.#table = table;
    this.#known = new Int32Array(table.locationFile.length).fill(-1);
    this.#row = new Uint32Array(width);
    this.#write = write;
    this.#sharesLines = keyType === 'lineno' || keyType === 'own';
  }

  groupOf(location: number): number {
    const known = location === NOWHERE ? this.#nowhere : this.#known[location]!;
    return known === -1 ? this.#find(location) : known;
  }

  build(): Pick<TableGroups, 'origins' | 'sharedLines'> {
    return { origins: Uint32Array.from(this.#origins), sharedLines: this.#sharedLines };
  }

  #find(location: number): number {
    this.#write(this.#row, location);
    const group = this.#rows.intern(this.#row, 0, this.#row.length);
    if (group === this.#origins.length) this.#origins.push(location);
    else if (this.#sharesLines && this.#differsInName(location, this.#origins[group]!)) this.#sharedLines.add(group);
    if (location === NOWHERE) this.#nowhere = group;
    else this.#known[location] = group;
    return group;
  }

  #differsInName(location: number, origin: number): boolean {
    const { locationFunction, locationColumn } = this.#table;
    return locationFunction[location] !== locationFunction[origin] || locationColumn[location] !== locationColumn[origin];
  }
}

/** By location: the number of its file and line. Locations with the same file and line have the same number. */
export function lineIdsOf(table: StackTable, names: StringInterner, rows: RowInterner): Uint32Array {
  const { width, write } = LOCATION_KEYS.lineno.rows(table, names);
  const row = new Uint32Array(width);
  const lineIds = new Uint32Array(table.locationFile.length);
  for (let location = 0; location < lineIds.length; location++) {
    write(row, location);
    lineIds[location] = rows.intern(row, 0, width);
  }
  return lineIds;
}

/** Uses a hash table over the frames in the table itself, so that nothing is copied. */
function byTraceback(table: StackTable): TableGroups {
  const lineIds = lineIdsOf(table, new StringInterner(), new RowInterner({ rows: table.locationFile.length, values: 0 }));
  const { tracebackStart, frames } = table;
  const groups = new Uint32Array(table.totalFrames.length);
  const origins = new Uint32Array(groups.length);
  const hashes = new Int32Array(groups.length);
  let mask = 1023;
  while (mask < 2 * groups.length) mask = 2 * mask + 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  let size = 0;
  for (let t = 0; t < groups.length; t++) {
    const [start, end] = [tracebackStart[t]!, tracebackStart[t + 1]!];
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ lineIds[frames[i]!]!, 0x9e3779b1) ^ (hash >>> 15);
    let slot = (hash ^ (hash >>> 16)) & mask;
    let group = slots[slot]!;
    while (group !== -1 && (hashes[group] !== hash || !isAlike(table, lineIds, { start, end, other: origins[group]! }))) {
      slot = (slot + 1) & mask;
      group = slots[slot]!;
    }
    if (group === -1) {
      group = size++;
      slots[slot] = group;
      hashes[group] = hash;
      origins[group] = t;
    }
    groups[t] = group;
  }
  return { groups, starts: null, origins: origins.slice(0, size), sharedLines: new Set() };
}

/** Whether the frames `[start, end)` have the same files and lines as those of the traceback `other`. */
function isAlike(
  { tracebackStart, frames }: StackTable,
  lineIds: Uint32Array,
  { start, end, other }: { start: number; end: number; other: number },
): boolean {
  const shift = tracebackStart[other]! - start;
  if (tracebackStart[other + 1]! - shift !== end) return false;
  for (let i = start; i < end; i++) if (lineIds[frames[i]!] !== lineIds[frames[i + shift]!]) return false;
  return true;
}
