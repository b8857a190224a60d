import type { StackTable } from './stack-table.js';
import { StringInterner } from './string-interner.js';

/** Where the locations of a table stood before compilation, according to source maps. Row i is the location i of the table. */
export interface OriginalPlaces {
  readonly filenames: readonly string[];
  /** Index in `filenames`. */
  readonly file: Uint32Array;
  /** 1-based. 0: no original is known, and the other columns mean nothing. */
  readonly line: Uint32Array;
  /** 1-based. */
  readonly column: Uint32Array;
  readonly functionNames: readonly string[];
  /** Index in `functionNames`, plus 1. 0: the function has the name that V8 tells. */
  readonly functionName: Uint32Array;
}

interface Place {
  readonly filename: string;
  readonly line: number;
  readonly column: number;
  readonly functionName?: string | undefined;
}

export class OriginalPlacesBuilder {
  readonly #filenames = new StringInterner();
  readonly #functionNames = new StringInterner();
  readonly #file: Uint32Array;
  readonly #line: Uint32Array;
  readonly #column: Uint32Array;
  readonly #functionName: Uint32Array;

  /** @param known places of the same locations, which are copied */
  constructor(locations: number, known: OriginalPlaces | null = null) {
    this.#file = new Uint32Array(locations);
    this.#line = new Uint32Array(locations);
    this.#column = new Uint32Array(locations);
    this.#functionName = new Uint32Array(locations);
    if (known) for (let location = 0; location < locations; location++) this.copy(location, known, location);
  }

  /** @param place line and column are 1-based; a function without a name of its own keeps that of V8 */
  set(location: number, { filename, line, column, functionName }: Place): void {
    this.#file[location] = this.#filenames.intern(filename);
    this.#line[location] = line;
    this.#column[location] = column;
    this.#functionName[location] = functionName === undefined ? 0 : this.#functionNames.intern(functionName) + 1;
  }

  isKnown(location: number): boolean {
    return this.#line[location]! > 0;
  }

  /** Copies the place in a row of `from`, if that is known. */
  copy(location: number, from: OriginalPlaces, row: number): void {
    const [line, column] = [from.line[row]!, from.column[row]!];
    if (line === 0) return;
    const functionName = from.functionNames[from.functionName[row]! - 1];
    this.set(location, { filename: from.filenames[from.file[row]!]!, line, column, functionName });
  }

  /** @returns null if no place is known */
  build(): OriginalPlaces | null {
    const filenames = this.#filenames.values;
    if (filenames.length === 0) return null;
    const [functionNames, functionName] = [this.#functionNames.values, this.#functionName];
    return { filenames, file: this.#file, line: this.#line, column: this.#column, functionNames, functionName };
  }
}

/** The same table, in which known original places replace the compiled ones. */
export function tableOfOriginals(table: StackTable, original: OriginalPlaces): StackTable {
  const { filenames, file, line, column, functionNames, functionName } = original;
  const isKnown = (location: number) => line[location]! > 0;
  return {
    ...table,
    filenames: [...table.filenames, ...filenames],
    functionNames: [...table.functionNames, ...functionNames],
    locationFunction: table.locationFunction.map((own, l) =>
      functionName[l]! > 0 ? table.functionNames.length + functionName[l]! - 1 : own,
    ),
    locationFile: table.locationFile.map((own, l) => (isKnown(l) ? table.filenames.length + file[l]! : own)),
    locationLine: table.locationLine.map((own, l) => (isKnown(l) ? line[l]! : own)),
    locationColumn: table.locationColumn.map((own, l) => (isKnown(l) ? column[l]! : own)),
  };
}
