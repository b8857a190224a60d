import { copyTracebacks } from '../model/compact.js';
import { LabelInterner, NO_LABEL } from '../model/label-interner.js';
import { RowInterner } from '../model/row-interner.js';
import { type StackTable, StackTableBuilder } from '../model/stack-table.js';
import { StringInterner } from '../model/string-interner.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { countDifferenceErrors, countErrors } from '../snapshot/statistics/count-error.js';
import { differenceErrors, type GroupedTraces, standardErrors } from '../snapshot/statistics/sampling-error.js';
import { sumTotals, type Totals } from '../snapshot/statistics/totals.js';
import type { Contents } from './format.js';

/** All traces that share a stack, domain, type, thread and label. */
export interface Row {
  /** Its id in the table of the rows. */
  readonly traceback: number;
  readonly domain: number;
  readonly thread: string;
  /** Empty if unknown. */
  readonly type: string;
  /** Empty if it has none. */
  readonly label: string;
  /** Bytes; in a difference, those of the newer snapshot. */
  readonly size: number;
  /** Blocks. */
  readonly count: number;
  /** Bytes and blocks in the older snapshot; 0 if there is none. */
  readonly oldSize: number;
  readonly oldCount: number;
  /** Standard error of size; in a difference, of size - oldSize. In bytes; 0 if exact. */
  readonly standardError: number;
  /** The same for the count, in blocks. */
  readonly countStandardError: number;
}

export interface Rows {
  readonly table: StackTable;
  /** The row with the largest size first; in a difference, the largest change. */
  readonly rows: readonly Row[];
}

/** The fields of a row's key: stack, domain, thread, type. The fifth one, the label, is left out of keys if there are none. */
const FIELDS = 4;

/** Reduces the traces to rows, with which every writer starts: a sampled snapshot has far fewer rows than traces. */
export function rowsOf({ snapshot, old }: Pick<Contents, 'snapshot' | 'old'>): Rows {
  const keys = new Keys(snapshot.columns.label || old?.columns.label ? FIELDS + 1 : FIELDS);
  const now = keys.assign(snapshot);
  const before = old && keys.assign(old);
  const [after, then] = [totalsOf(now, keys.size), before && totalsOf(before, keys.size)];
  const [groupedNow, groupedBefore] = [grouped(now, keys.size), before && grouped(before, keys.size)];
  const errors = groupedBefore ? differenceErrors(groupedNow, groupedBefore, keys.size) : standardErrors(groupedNow, keys.size);
  const ofCounts = groupedBefore ? countDifferenceErrors(groupedNow, groupedBefore, keys.size) : countErrors(groupedNow, keys.size);
  const rows = keys.values().map((key, id): Row => {
    const [size, count, oldSize, oldCount] = [after.size[id]!, after.count[id]!, then?.size[id] ?? 0, then?.count[id] ?? 0];
    return { ...key, size, count, oldSize, oldCount, standardError: errors[id]!, countStandardError: ofCounts[id]! };
  });
  const weight = (row: Row) => Math.abs(row.size - row.oldSize);
  return { table: keys.table(), rows: rows.sort((a, b) => weight(b) - weight(a) || b.size - a.size) };
}

/** The location ids of a row's stack, the oldest frame first. */
export function locationsOf({ traceback }: Row, { tracebackStart, frames }: StackTable): number[] {
  return [...frames.subarray(tracebackStart[traceback]!, tracebackStart[traceback + 1]!)];
}

/** A snapshot with the row of each of its traces. */
interface Assigned {
  readonly snapshot: Snapshot;
  readonly rowOf: Uint32Array;
}

/** Numbers the combinations that make a row, across snapshots. */
class Keys {
  readonly #stacks = new StackTableBuilder();
  readonly #threads = new StringInterner();
  readonly #types = new StringInterner();
  readonly #labels = new LabelInterner();
  readonly #rows = new RowInterner();
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  get size(): number {
    return this.#rows.size;
  }

  assign(snapshot: Snapshot): Assigned {
    const { columns, table, threads, types, labels } = snapshot;
    const used = new Uint8Array(table.totalFrames.length);
    for (const id of columns.traceback) used[id] = 1;
    const { ids: tracebacks } = copyTracebacks(table, this.#stacks, (id) => used[id] === 1);
    const threadIds = threads.map((name) => this.#threads.intern(name));
    const typeIds = types.map((name) => this.#types.intern(name));
    const labelIds = labels.map((name) => this.#labels.intern(name));
    const unknown = this.#types.intern('');
    const rowOf = new Uint32Array(columns.length);
    const key = new Uint32Array(this.#width);
    for (let i = 0; i < columns.length; i++) {
      key[0] = tracebacks[columns.traceback[i]!]!;
      key[1] = columns.domain?.[i] ?? 0;
      key[2] = threadIds[columns.thread?.[i] ?? 0]!;
      key[3] = columns.type ? typeIds[columns.type[i]!]! : unknown;
      if (columns.label) key[FIELDS] = labelIds[columns.label[i]!]!;
      rowOf[i] = this.#rows.intern(key, 0, key.length);
    }
    return { snapshot, rowOf };
  }

  table(): StackTable {
    return this.#stacks.build();
  }

  values(): Pick<Row, 'traceback' | 'domain' | 'thread' | 'type' | 'label'>[] {
    const { values } = this.#rows.build();
    return Array.from({ length: this.size }, (_, id) => {
      const field = (index: number) => values[id * this.#width + index]!;
      const [thread, type, label] = [
        this.#threads.values[field(2)]!,
        this.#types.values[field(3)]!,
        this.#labels.values[this.#width > FIELDS ? field(FIELDS) : NO_LABEL]!,
      ];
      return { traceback: field(0), domain: field(1), thread, type, label };
    });
  }
}

function grouped({ snapshot, rowOf }: Assigned, rowCount: number): GroupedTraces {
  return { parts: snapshot, assignment: { bucketOf: rowOf, buckets: rowCount, groups: identity(rowCount), starts: null } };
}

function totalsOf(assigned: Assigned, rowCount: number): Totals {
  const { parts, assignment } = grouped(assigned, rowCount);
  return sumTotals(parts.columns, assignment, rowCount);
}

function identity(length: number): Uint32Array {
  return new Uint32Array(length).map((_, index) => index);
}
