import { Frame } from './frame.js';
import { RowInterner } from './row-interner.js';
import { StringInterner } from './string-interner.js';
import { Traceback } from './traceback.js';

/** Distinct locations and tracebacks as columns. A location's id is its index in the `location…` columns, a traceback's in `tracebackStart`. */
export interface StackTable {
  readonly filenames: readonly string[];
  readonly functionNames: readonly string[];
  /** Index in `filenames`. */
  readonly locationFile: Uint32Array;
  /** 1-based line, 0 for none. */
  readonly locationLine: Uint32Array;
  /** 1-based column, 0 for unknown. */
  readonly locationColumn: Uint32Array;
  /** Index in `functionNames`. */
  readonly locationFunction: Uint32Array;
  /** 1: the line allocates. 0: the function starts on this line. */
  readonly locationIsLine: Uint8Array;
  /** Length: tracebacks + 1. The frames of traceback t are `frames[tracebackStart[t] .. tracebackStart[t + 1])`. */
  readonly tracebackStart: Uint32Array;
  /** Location ids, the oldest frame first. */
  readonly frames: Uint32Array;
  /** Depth of each stack before the limit. */
  readonly totalFrames: Uint32Array;
}

const LOCATION_FIELDS = 5;

/** Builds a StackTable. Each method gives equal values the same id. */
export class StackTableBuilder {
  readonly #filenames = new StringInterner();
  readonly #functionNames = new StringInterner();
  readonly #locations = new RowInterner();
  readonly #tracebacks = new RowInterner();
  readonly #location = new Uint32Array(LOCATION_FIELDS);
  #row = new Uint32Array(64);

  filename(name: string): number {
    return this.#filenames.intern(name);
  }

  functionName(name: string): number {
    return this.#functionNames.intern(name);
  }

  /** @param position file and function are ids of `filename()` and `functionName()`; lineno and column are 1-based, 0 for none */
  location(position: { file: number; lineno: number; column: number; name: number; isLine: boolean }): number {
    const row = this.#location;
    row[0] = position.file;
    row[1] = position.lineno;
    row[2] = position.column;
    row[3] = position.name;
    row[4] = position.isLine ? 1 : 0;
    return this.#locations.intern(row, 0, LOCATION_FIELDS);
  }

  /** @param locations location ids, the oldest frame first; the part `[from, to)` is the traceback */
  traceback(locations: ArrayLike<number>, from: number, to: number, totalFrames: number): number {
    const depth = to - from;
    if (depth + 1 > this.#row.length) this.#row = new Uint32Array(2 * (depth + 1));
    for (let i = 0; i < depth; i++) this.#row[i] = locations[from + i]!;
    this.#row[depth] = totalFrames; // tracebacks that differ only in this must stay apart, so that each trace keeps its totalFrames
    return this.#tracebacks.intern(this.#row, 0, depth + 1);
  }

  build(): StackTable {
    const { values } = this.#locations.build();
    const column = (field: number) => Uint32Array.from({ length: this.#locations.size }, (_, id) => values[id * LOCATION_FIELDS + field]!);
    return {
      filenames: this.#filenames.values,
      functionNames: this.#functionNames.values,
      locationFile: column(0),
      locationLine: column(1),
      locationColumn: column(2),
      locationFunction: column(3),
      locationIsLine: Uint8Array.from(column(4)),
      ...splitTotals(this.#tracebacks.build()),
    };
  }
}

/** Moves `totalFrames`, the last value of each row, to a column of its own. */
function splitTotals({ starts, values }: { starts: Uint32Array; values: Uint32Array }) {
  const count = starts.length - 1;
  const tracebackStart = new Uint32Array(count + 1);
  const totalFrames = new Uint32Array(count);
  const frames = new Uint32Array(values.length - count);
  for (let t = 0; t < count; t++) {
    const end = starts[t + 1]! - 1;
    frames.set(values.subarray(starts[t]!, end), starts[t]! - t);
    totalFrames[t] = values[end]!;
    tracebackStart[t + 1] = end - t;
  }
  return { tracebackStart, frames, totalFrames };
}

/** The Frame object of a location id. */
export function frameAt(table: StackTable, location: number): Frame {
  return new Frame(table.filenames[table.locationFile[location]!]!, table.locationLine[location]!, {
    column: table.locationColumn[location]!,
    functionName: table.functionNames[table.locationFunction[location]!]!,
    precision: table.locationIsLine[location] ? 'line' : 'function',
  });
}

/** The Traceback object of a traceback id. */
export function tracebackAt(table: StackTable, traceback: number): Traceback {
  const frames: Frame[] = [];
  for (let i = table.tracebackStart[traceback]!; i < table.tracebackStart[traceback + 1]!; i++)
    frames.push(frameAt(table, table.frames[i]!));
  return new Traceback(frames, table.totalFrames[traceback]!);
}
