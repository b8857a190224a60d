import { compareText, Frame } from '../../model/frame.js';
import { RowInterner } from '../../model/row-interner.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import { type StackTable, tracebackAt } from '../../model/stack-table.js';
import { StringInterner } from '../../model/string-interner.js';
import { Traceback } from '../../model/traceback.js';
import { COLUMN_KEYS } from './column-keys.js';
import { isLocationKey, type KeyType } from './key-type.js';
import { LOCATION_KEYS } from './location-keys.js';
import { ownFolderOf } from './own-files.js';
import type { SummedColumn } from './remembered-sums.js';
import { cumulativeGroups, lineIdsOf, type TableGroups, type TableKeyType, tableGroups } from './table-groups.js';
import { compareLocations, compareTracebacks, type TablePlace } from './table-order.js';

/** Which groups the traces of one snapshot count for. Each trace is in one bucket, and each bucket counts for one or several groups. */
export interface Assignment {
  /** By trace: its bucket. */
  readonly bucketOf: Uint32Array;
  readonly buckets: number;
  /** Group ids of all buckets. Those of bucket b are at `[starts[b] .. starts[b + 1])`, or at b if `starts` is null. */
  readonly groups: Uint32Array;
  readonly starts: Uint32Array | null;
  /** The column of the snapshot that the buckets are values of. Its sums are remembered. Left out if the buckets are of no column. */
  readonly column?: SummedColumn;
}

/** A table whose groups have been numbered. */
interface KnownTable {
  readonly table: StackTable;
  readonly own: TableGroups;
  /** `own.groups` with the numbers that are valid for all tables. */
  readonly groups: Uint32Array;
  /** Of `#laterOrigins`: those of this table are at `[from .. to)`. */
  readonly later: { readonly from: number; readonly to: number };
}

/**
 * The groups of one key type, numbered across snapshots: the same group has the same number in each of them. The work is done per distinct
 * traceback, never per trace. A second table costs work only per distinct group.
 */
export class Groups {
  readonly keyType: KeyType;
  readonly #names = new StringInterner();
  readonly #lineRows = new RowInterner();
  readonly #rows = new RowInterner();
  readonly #tables: KnownTable[] = [];
  /** The origins of the first table's groups, whose own numbers are valid for all tables; null before it is known. */
  #firstOrigins: Uint32Array | null = null;
  /** null: the table was forgotten. */
  #firstTable: StackTable | null = null;
  /** The origins of groups that the first table does not have; null if the table was forgotten. */
  readonly #laterOrigins: (TablePlace | null)[] = [];
  /** Groups by line that several functions or columns share. Their frame names neither. */
  readonly #sharedLines = new Set<number>();
  readonly #tracebacks = new Map<number, Traceback>();
  #ownFolder: string | undefined;

  constructor(keyType: KeyType) {
    this.keyType = keyType;
  }

  get size(): number {
    if (isTableKey(this.keyType)) return this.#firstSize + this.#laterOrigins.length;
    return this.#names.values.length;
  }

  assign(parts: SnapshotParts, cumulative: boolean): Assignment {
    const { keyType } = this;
    if (isTableKey(keyType)) {
      const ownFolder = this.ownFolderFor(parts);
      const { groups, own } = this.#ofTable(parts.table, () =>
        cumulative && isLocationKey(keyType)
          ? cumulativeGroups(parts.table, { keyType, ownFolder })
          : tableGroups(parts.table, { keyType, ownFolder }),
      );
      return byTraceback(parts, groups, own.starts);
    }
    const found = COLUMN_KEYS[keyType](parts);
    if (typeof found === 'string')
      return byTraceback(parts, new Uint32Array(parts.table.totalFrames.length).fill(this.#names.intern(found)), null);
    return {
      get bucketOf() {
        return found.bucketOf;
      },
      buckets: found.names.length,
      groups: Uint32Array.from(found.names, (name) => this.#names.intern(name)),
      starts: null,
      column: found.column,
    };
  }

  /** See `ownFolderOf`. That of the first snapshot is valid for all, so that they agree about what is own. */
  ownFolderFor(parts: SnapshotParts): string {
    if (this.keyType !== 'own') return '';
    this.#ownFolder ??= ownFolderOf(parts);
    return this.#ownFolder;
  }

  /** The traceback of a group. Function names and columns are from the group's first trace, because a group may have several. */
  traceback(group: number): Traceback {
    let traceback = this.#tracebacks.get(group);
    if (!traceback) {
      traceback = this.#makeTraceback(group);
      this.#tracebacks.set(group, traceback);
    }
    return traceback;
  }

  /**
   * Negative, zero or positive, in CPython's order of tracebacks. Groups that are equal in that order are compared by function name and column.
   * With the keys `traceback` and `lineno` no traceback is made.
   */
  compare(a: number, b: number): number {
    const [one, other] = isTableKey(this.keyType) ? [this.#originOf(a), this.#originOf(b)] : [];
    if (one && other && this.keyType === 'traceback') return compareTracebacks(one, other);
    if (one && other && this.keyType === 'lineno') return compareLocations(one, other);
    if (this.keyType === 'traceback') return this.traceback(a).compare(this.traceback(b));
    const [left, right] = [this.traceback(a).frames[0]!, this.traceback(b).frames[0]!];
    return left.compare(right) || compareText(left.functionName, right.functionName) || left.column - right.column;
  }

  /** The text before the numbers of a printed group. For tracemalloc's keys it has tracemalloc's form. */
  label(group: number): string {
    const traceback = this.traceback(group);
    const { keyType } = this;
    if (keyType === 'filename' || keyType === 'lineno' || keyType === 'traceback') return String(traceback);
    const frame = traceback.frames[0]!;
    if (keyType === 'own') return frame.lineno === 0 ? frame.filename : String(frame);
    if (keyType !== 'function') return frame.filename;
    return `${frame.functionName || '(anonymous)'} (${frame.lineno === 0 ? frame.filename : String(frame)})`;
  }

  /** Lets go of the table of a snapshot that is not needed any more. Its groups keep their numbers and their tracebacks. */
  forget({ table }: Pick<SnapshotParts, 'table'>): void {
    const index = this.#tables.findIndex((one) => one.table === table);
    const known = this.#tables[index];
    if (!known) return;
    if (table === this.#firstTable) {
      if (this.#rows.size === 0) this.#numbersOf(table, known.own);
      for (let group = 0; group < this.#firstSize; group++) this.traceback(group);
      this.#firstTable = null;
    }
    for (let later = known.later.from; later < known.later.to; later++) {
      this.traceback(this.#firstSize + later);
      this.#laterOrigins[later] = null;
    }
    this.#tables.splice(index, 1);
  }

  get #firstSize(): number {
    return this.#firstOrigins?.length ?? 0;
  }

  #makeTraceback(group: number): Traceback {
    if (!isTableKey(this.keyType)) return new Traceback([new Frame(this.#names.values[group]!, 0)]);
    const { table, id } = this.#originOf(group)!;
    if (!isLocationKey(this.keyType)) return new Traceback(tracebackAt(table, id));
    const frame = LOCATION_KEYS[this.keyType].frame(table, id);
    if (!this.#sharedLines.has(group)) return new Traceback([frame]);
    return new Traceback([new Frame(frame.filename, frame.lineno, { precision: frame.precision })]);
  }

  /** null if its table was forgotten. */
  #originOf(group: number): TablePlace | null {
    const later = group - this.#firstSize;
    if (later >= 0) return this.#laterOrigins[later]!;
    return this.#firstTable && { table: this.#firstTable, id: this.#firstOrigins![group]! };
  }

  #ofTable(table: StackTable, find: () => TableGroups): KnownTable {
    const known = this.#tables.find((one) => one.table === table);
    if (known) return known;
    const own = find();
    const added = this.#firstOrigins ? this.#laterTable(table, own) : this.#first(table, own);
    this.#tables.push(added);
    return added;
  }

  #first(table: StackTable, own: TableGroups): KnownTable {
    this.#firstOrigins = own.origins;
    this.#firstTable = table;
    for (const group of own.sharedLines) this.#sharedLines.add(group);
    return { table, own, groups: own.groups, later: { from: 0, to: 0 } };
  }

  #laterTable(table: StackTable, own: TableGroups): KnownTable {
    if (this.#firstTable && this.#rows.size === 0) this.#numbersOf(this.#firstTable, this.#tables[0]!.own);
    const from = this.#laterOrigins.length;
    const groups = renumbered(own.groups, this.#numbersOf(table, own));
    return { table, own, groups, later: { from, to: this.#laterOrigins.length } };
  }

  /** By group of one table: its number among all groups. The first table comes first, so its groups have the numbers from 0 on. */
  #numbersOf(table: StackTable, { origins, sharedLines }: TableGroups): Uint32Array {
    const write = this.#rowWriter(table);
    const numbers = new Uint32Array(origins.length);
    for (let own = 0; own < numbers.length; own++) {
      const { row, length } = write(origins[own]!);
      const isNew = this.#rows.size;
      const group = this.#rows.intern(row, 0, length);
      numbers[own] = group;
      if (group < isNew || group < this.#firstSize) continue;
      this.#laterOrigins.push({ table, id: origins[own]! });
      if (sharedLines.has(own)) this.#sharedLines.add(group);
    }
    return numbers;
  }

  /** Makes a function that gives, for the origin of a group, the group's identity: a row of numbers that are the same for all tables. */
  #rowWriter(table: StackTable): (origin: number) => { row: Uint32Array; length: number } {
    const { keyType } = this;
    if (isLocationKey(keyType)) {
      const { width, write } = LOCATION_KEYS[keyType].rows(table, this.#names);
      const row = new Uint32Array(width);
      return (location) => {
        write(row, location);
        return { row, length: width };
      };
    }
    const lineIds = lineIdsOf(table, this.#names, this.#lineRows);
    let row = new Uint32Array(64);
    return (traceback) => {
      const start = table.tracebackStart[traceback]!;
      const length = table.tracebackStart[traceback + 1]! - start;
      if (length > row.length) row = new Uint32Array(2 * length);
      for (let i = 0; i < length; i++) row[i] = lineIds[table.frames[start + i]!]!;
      return { row, length };
    };
  }
}

function isTableKey(keyType: KeyType): keyType is TableKeyType {
  return keyType === 'traceback' || isLocationKey(keyType);
}

function byTraceback({ columns, table }: SnapshotParts, groups: Uint32Array, starts: Uint32Array | null): Assignment {
  return { bucketOf: columns.traceback, buckets: table.totalFrames.length, groups, starts, column: 'traceback' };
}

function renumbered(groups: Uint32Array, numbers: Uint32Array): Uint32Array {
  const result = new Uint32Array(groups.length);
  for (let i = 0; i < groups.length; i++) result[i] = numbers[groups[i]!]!;
  return result;
}
