import { damaged } from '../../collect/heap-snapshot/damage.js';
import { integers } from '../../collect/heap-snapshot/growing-column.js';
import { MAX_INTEGER } from '../../collect/heap-snapshot/node-table.js';
import type { RowSink } from '../../collect/heap-snapshot/number-array.js';
import type { Header } from '../../collect/heap-snapshot/snapshot-header.js';
import type { LocationColumns } from '../columns/graph-columns.js';

type LocationFields = NonNullable<Header['location']>;

/** Reads the section `locations` into columns. */
export class Locations implements RowSink {
  readonly isSigned = true;
  readonly #fields: LocationFields;
  readonly #nodeWidth: number;
  readonly #columns = { node: integers(), scriptId: integers(), line: integers(), column: integers() };

  constructor(fields: LocationFields, nodeWidth: number) {
    this.#fields = fields;
    this.#nodeWidth = nodeWidth;
  }

  rows(batch: Float64Array, length: number): void {
    const { width, object_index: object, script_id: script, line, column } = this.#fields;
    const columns = this.#columns;
    for (let row = 0; row < length; row += width) {
      const node = batch[row + object]! / this.#nodeWidth;
      if (!Number.isInteger(node) || node > MAX_INTEGER) throw damaged(`a location is of no node (${batch[row + object]})`);
      columns.node.push(node);
      columns.scriptId.push(batch[row + script]!);
      columns.line.push(batch[row + line]!);
      columns.column.push(batch[row + column]!);
    }
  }

  end(): void {}

  build(): LocationColumns {
    const { node, scriptId, line, column } = this.#columns;
    return { node: node.values(), scriptId: scriptId.values(), line: line.values(), column: column.values() };
  }
}
