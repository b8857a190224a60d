import { Frame } from '../../model/frame.js';
import { frameAt, type StackTable } from '../../model/stack-table.js';
import type { StringInterner } from '../../model/string-interner.js';
import type { LocationKeyType } from './key-type.js';
import { NOT_OWN, packageName } from './package-name.js';

/** The identity of a location under a key, as a row of numbers. Equal rows are the same group, even if they come from different tables. */
export interface LocationRows {
  /** Length of every row. */
  readonly width: number;
  write(row: Uint32Array, location: number): void;
}

export interface LocationKey {
  /** @param names gives equal strings of all tables the same number */
  rows(table: StackTable, names: StringInterner): LocationRows;
  /** The frame that stands for the group of a location. */
  frame(table: StackTable, location: number): Frame;
}

/** The location of what no own frame led to, under the key `own`. */
export const NOWHERE = 0xffffffff;

/** In practice no column exceeds 2^32 - 2 (a line of 4 GB), so no real position has this value. */
const NO_POSITION = 0xffffffff;

/**
 * If V8 gave the start of the function, the start tells apart two functions of the same name (or without a name) in one file. With true lines the
 * start is unknown and only the name counts, so all anonymous functions of a file are one group.
 */
const byFunction: LocationKey = {
  rows(table, names) {
    const files = table.filenames.map((name) => names.intern(name));
    const functions = table.functionNames.map((name) => names.intern(name));
    return {
      width: 4,
      write(row, location) {
        const isLine = table.locationIsLine[location] === 1;
        row[0] = files[table.locationFile[location]!]!;
        row[1] = functions[table.locationFunction[location]!]!;
        row[2] = isLine ? NO_POSITION : table.locationLine[location]!;
        row[3] = isLine ? NO_POSITION : table.locationColumn[location]!;
      },
    };
  },
  frame(table, location) {
    const frame = frameAt(table, location);
    const { filename, functionName, precision } = frame;
    return precision === 'line' ? new Frame(filename, 0, { functionName, precision }) : frame;
  },
};

const byLine: LocationKey = {
  rows(table, names) {
    const files = table.filenames.map((name) => names.intern(name));
    return {
      width: 2,
      write(row, location) {
        row[0] = files[table.locationFile[location]!]!;
        row[1] = table.locationLine[location]!;
      },
    };
  },
  frame: frameAt,
};

const byOwnLine: LocationKey = {
  rows(table, names) {
    const lines = byLine.rows(table, names);
    const nowhere = names.intern(NOT_OWN);
    return {
      width: lines.width,
      write(row, location) {
        if (location === NOWHERE) row.fill(0).set([nowhere]);
        else lines.write(row, location);
      },
    };
  },
  frame: (table, location) => (location === NOWHERE ? new Frame(NOT_OWN, 0) : frameAt(table, location)),
};

/** One group for each name that `nameOf` gives the files. */
function byFile(nameOf: (filename: string) => string): LocationKey {
  return {
    rows(table, names) {
      const files = table.filenames.map((name) => names.intern(nameOf(name)));
      return {
        width: 1,
        write(row, location) {
          row[0] = files[table.locationFile[location]!]!;
        },
      };
    },
    frame: (table, location) => new Frame(nameOf(table.filenames[table.locationFile[location]!]!), 0),
  };
}

export const LOCATION_KEYS: Readonly<Record<LocationKeyType, LocationKey>> = {
  filename: byFile((filename) => filename),
  lineno: byLine,
  function: byFunction,
  package: byFile(packageName),
  own: byOwnLine,
};
