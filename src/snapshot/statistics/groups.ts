import { compareText, Frame } from '../../model/frame.js';
import { RowInterner } from '../../model/row-interner.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import { type StackTable, tracebackAt } from '../../model/stack-table.js';
import { StringInterner } from '../../model/string-interner.js';
import { Traceback } from '../../model/traceback.js';
import { COLUMN_KEYS } from './column-keys.js';
import { isLocationKey, type KeyType, type LocationKeyType } from './key-type.js';
import { LOCATION_KEYS } from './location-keys.js';
import { compareLocations, compareTracebacks, type TablePlace } from './table-order.js';

/** Which groups the traces of one snapshot count for: a trace falls into a bucket, a bucket belongs to one group or to several. */
export interface Assignment {
  /** By trace. */
  readonly bucketOf: Uint32Array;
  readonly buckets: number;
  /** Group ids of all buckets; those of bucket b are `[starts[b] .. starts[b + 1])`, or the one at b where `starts` is null. */
  readonly groups: Uint32Array;
  readonly starts: Uint32Array | null;
}

/** A group's first sight: the table where it was seen, and the location or the traceback there. A group by column has its name only. */
type Origin = TablePlace | { readonly name: string };

/**
 * The groups of one key type, numbered across snapshots: what is the same group in two of them gets the same number. The work is done
 * per distinct traceback, never per trace.
 */
export class Groups {
  readonly keyType: KeyType;
  readonly #names = new StringInterner();
  readonly #points = new RowInterner();
  readonly #rows: RowInterner;
  readonly #origins: Origin[] = [];
  /** Lines that several functions or columns share: their frame names neither. */
  readonly #sharedLines = new Set<number>();
  readonly #tracebacks = new Map<number, Traceback>();

  /** @param first the table to be grouped first: when grouped by traceback, nearly each of its tracebacks becomes a group */
  constructor(keyType: KeyType, first: StackTable) {
    this.keyType = keyType;
    this.#rows = new RowInterner(keyType === 'traceback' ? { rows: first.totalFrames.length, values: first.frames.length } : undefined);
  }

  get size(): number {
    return this.#origins.length;
  }

  assign(parts: SnapshotParts, cumulative: boolean): Assignment {
    const bucketOf = parts.columns.traceback;
    const buckets = parts.table.totalFrames.length;
    const { keyType } = this;
    if (keyType === 'traceback') return { bucketOf, buckets, groups: this.#byTraceback(parts.table), starts: null };
    if (!isLocationKey(keyType)) {
      const column = COLUMN_KEYS[keyType](parts);
      const groups = Uint32Array.from(column.names, (name) => this.#named(name));
      return { bucketOf: column.bucketOf, buckets: groups.length, groups, starts: null };
    }
    const groupOf = this.#locationGrouper(keyType, parts.table);
    if (!cumulative) return { bucketOf, buckets, groups: byMostRecent(parts.table, groupOf), starts: null };
    const mostGroups = this.size + parts.table.locationFile.length;
    return { bucketOf, buckets, ...byEveryFrame(parts.table, groupOf, mostGroups) };
  }

  /** Frames, names and columns are those of the group's first trace: they are no part of a group's identity. */
  traceback(group: number): Traceback {
    let traceback = this.#tracebacks.get(group);
    if (!traceback) {
      traceback = this.#makeTraceback(group);
      this.#tracebacks.set(group, traceback);
    }
    return traceback;
  }

  /** CPython's order of tracebacks, found without making any; groups that it would not tell apart go by name and column. */
  compare(a: number, b: number): number {
    const [one, other] = [this.#origins[a]!, this.#origins[b]!];
    if ('table' in one && 'table' in other) {
      if (this.keyType === 'traceback') return compareTracebacks(one, other);
      if (this.keyType === 'lineno') return compareLocations(one, other);
    }
    const [left, right] = [this.traceback(a).frames[0]!, this.traceback(b).frames[0]!];
    return left.compare(right) || compareText(left.functionName, right.functionName) || left.column - right.column;
  }

  /** What stands before the numbers of a group in print: tracemalloc's form for tracemalloc's keys. */
  label(group: number): string {
    const traceback = this.traceback(group);
    const { keyType } = this;
    if (keyType === 'filename' || keyType === 'lineno' || keyType === 'traceback') return String(traceback);
    const frame = traceback.frames[0]!;
    if (keyType !== 'function') return frame.filename;
    return `${frame.functionName || '(anonymous)'} (${frame.lineno === 0 ? frame.filename : String(frame)})`;
  }

  #makeTraceback(group: number): Traceback {
    const origin = this.#origins[group]!;
    if ('name' in origin) return new Traceback([new Frame(origin.name, 0)]);
    if (!isLocationKey(this.keyType)) return new Traceback(tracebackAt(origin.table, origin.id));
    const frame = LOCATION_KEYS[this.keyType].frame(origin.table, origin.id);
    if (!this.#sharedLines.has(group)) return new Traceback([frame]);
    return new Traceback([new Frame(frame.filename, frame.lineno, { precision: frame.precision })]);
  }

  #named(name: string): number {
    const group = this.#rows.intern([this.#names.intern(name)], 0, 1);
    if (group === this.#origins.length) this.#origins.push({ name });
    return group;
  }

  /** The group of a location, found when it is first asked for: most locations of a deep table are never the most recent frame. */
  #locationGrouper(keyType: LocationKeyType, table: StackTable): (location: number) => number {
    const { width, write } = LOCATION_KEYS[keyType].rows(table, this.#names);
    const known = new Int32Array(table.locationFile.length).fill(-1);
    const row = new Uint32Array(width);
    return (location) => {
      let group = known[location]!;
      if (group !== -1) return group;
      write(row, location);
      group = this.#rows.intern(row, 0, width);
      if (group === this.#origins.length) this.#origins.push({ table, id: location });
      else if (keyType === 'lineno' && differsInName(table, location, this.#origins[group]!)) this.#sharedLines.add(group);
      known[location] = group;
      return group;
    };
  }

  #byTraceback(table: StackTable): Uint32Array {
    const { width, write } = LOCATION_KEYS.lineno.rows(table, this.#names);
    const row = new Uint32Array(width);
    const points = new Uint32Array(table.locationFile.length);
    for (let location = 0; location < points.length; location++) {
      write(row, location);
      points[location] = this.#points.intern(row, 0, width);
    }
    // A loop: TypedArray.from walks an iterator and takes 30 times as long.
    const frames = new Uint32Array(table.frames.length);
    for (let i = 0; i < frames.length; i++) frames[i] = points[table.frames[i]!]!;
    const groups = new Uint32Array(table.totalFrames.length);
    for (let t = 0; t < groups.length; t++) {
      const group = this.#rows.intern(frames, table.tracebackStart[t]!, table.tracebackStart[t + 1]!);
      if (group === this.#origins.length) this.#origins.push({ table, id: t });
      groups[t] = group;
    }
    return groups;
  }
}

function differsInName(table: StackTable, location: number, origin: Origin): boolean {
  if (!('table' in origin) || origin.table !== table) return false;
  return (
    table.locationFunction[location] !== table.locationFunction[origin.id] ||
    table.locationColumn[location] !== table.locationColumn[origin.id]
  );
}

function byMostRecent(table: StackTable, groupOf: (location: number) => number): Uint32Array {
  const groups = new Uint32Array(table.totalFrames.length);
  for (let t = 0; t < groups.length; t++) groups[t] = groupOf(table.frames[table.tracebackStart[t + 1]! - 1]!);
  return groups;
}

/** Every group of a traceback once, however often it stands in it: a recursive function holds its bytes once. */
function byEveryFrame(table: StackTable, groupOf: (location: number) => number, mostGroups: number) {
  const count = table.totalFrames.length;
  const starts = new Uint32Array(count + 1);
  const groups = new Uint32Array(table.frames.length);
  const lastSeenIn = new Int32Array(mostGroups).fill(-1);
  let length = 0;
  for (let t = 0; t < count; t++) {
    for (let i = table.tracebackStart[t]!; i < table.tracebackStart[t + 1]!; i++) {
      const group = groupOf(table.frames[i]!);
      if (lastSeenIn[group] === t) continue;
      lastSeenIn[group] = t;
      groups[length++] = group;
    }
    starts[t + 1] = length;
  }
  return { groups: groups.subarray(0, length), starts };
}
