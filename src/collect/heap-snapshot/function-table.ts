import { damaged } from './damage.js';
import { integers } from './growing-column.js';
import { MAX_INTEGER } from './node-table.js';
import type { RowSink } from './number-array.js';
import type { Header } from './snapshot-header.js';

/** A function of the trace tree. */
export interface HeapFunction {
  /** The heap node of the function's code. */
  readonly functionId: number;
  readonly name: string;
  readonly scriptName: string;
  /** 0 if the function has no script. */
  readonly scriptId: number;
  /** Where the function starts, 1-based in the file; 0 if it has no position. */
  readonly line: number;
  readonly column: number;
}

/** The largest signed 32-bit integer. */
const LAST_POSITION = 0x7fff_ffff;

const FIELDS = ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'] as const;

export class FunctionTable implements RowSink {
  readonly isSigned = true;
  readonly #columns = {
    function_id: integers(),
    name: integers(),
    script_name: integers(),
    script_id: integers(),
    line: integers(),
    column: integers(),
  };
  readonly #header: Header;

  constructor(header: Header) {
    this.#header = header;
  }

  get length(): number {
    return this.#columns.name.length;
  }

  rows(batch: Float64Array, length: number): void {
    const { functionInfo } = this.#header;
    for (let row = 0; row < length; row += functionInfo.width) {
      const place = this.length;
      for (const field of FIELDS) {
        const value = batch[row + functionInfo[field]]!;
        if (value > MAX_INTEGER) throw damaged(`function ${place} holds a number above 2^32`);
        this.#columns[field].push(value);
      }
    }
  }

  end(): void {}

  /** The strings that are names of functions and scripts. */
  *strings(): Iterable<number> {
    const { name, script_name: scriptName } = this.#columns;
    for (let i = 0; i < this.length; i++) {
      yield name.at(i);
      yield scriptName.at(i);
    }
  }

  build(text: (string: number) => string): HeapFunction[] {
    const columns = this.#columns;
    return Array.from({ length: this.length }, (_, i) => ({
      functionId: columns.function_id.at(i),
      name: text(columns.name.at(i)),
      scriptName: text(columns.script_name.at(i)),
      scriptId: columns.script_id.at(i),
      line: placeIn(columns.line.at(i)),
      column: placeIn(columns.column.at(i)),
    }));
  }
}

/**
 * A position before the file's first character (`vm.Script` accepts negative offsets) counts as none. Node 18 to 24 write it as an unsigned
 * number, Node 26 with a sign.
 */
function placeIn(position: number): number {
  return position > LAST_POSITION ? 0 : position;
}
