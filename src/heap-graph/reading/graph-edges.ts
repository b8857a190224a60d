import { damaged } from '../../collect/heap-snapshot/damage.js';
import { bytes, type GrowingColumn, integers } from '../../collect/heap-snapshot/growing-column.js';
import { MAX_INTEGER } from '../../collect/heap-snapshot/node-table.js';
import type { RowSink } from '../../collect/heap-snapshot/number-array.js';
import type { Header } from '../../collect/heap-snapshot/snapshot-header.js';
import { type EdgeColumns, HOLDS_NOTHING, hasIndex, sourceOf, TYPE_BITS } from '../columns/graph-columns.js';
import type { GraphNodes } from './graph-nodes.js';

/**
 * Reads the section `edges` into columns. An edge holds what it leads to, unless it is weak or a shortcut. Shortcuts repeat what other edges
 * say. Only those of the root are edges of their own: they lead to the global objects.
 */
export class GraphEdges implements RowSink {
  length = 0;
  highestName = 0;
  readonly #header: Header;
  readonly #nodes: GraphNodes;
  readonly #type: GrowingColumn<Uint8Array>;
  readonly #nameOrIndex: GrowingColumn<Uint32Array>;
  readonly #to: GrowingColumn<Uint32Array>;

  constructor(header: Header, nodes: GraphNodes) {
    this.#header = header;
    this.#nodes = nodes;
    const { edgeCount } = header;
    this.#type = bytes(edgeCount);
    this.#nameOrIndex = integers(edgeCount);
    this.#to = integers(edgeCount);
    if (header.edgeTypes.length > TYPE_BITS) throw damaged(`it has ${header.edgeTypes.length} types of edges`);
  }

  rows(batch: Float64Array, length: number): void {
    const { width, type: typeField, name_or_index: nameField, to_node: toField } = this.#header.edge;
    const { edgeTypes, node } = this.#header;
    const count = length / width;
    const type = this.#type.extend(count);
    const nameOrIndex = this.#nameOrIndex.extend(count);
    const to = this.#to.extend(count);
    const types = edgeTypes.length;
    const weak = edgeTypes.indexOf('weak');
    const shortcut = edgeTypes.indexOf('shortcut');
    const nodeWidth = node.width;
    const nodes = this.#nodes.length;
    const endOfRoot = this.#nodes.firstEdge.at(1);
    const named = Uint8Array.from(edgeTypes, (name) => (hasIndex(name) ? 0 : 1));
    let highestName = this.highestName;
    let edge = this.length;
    for (let row = 0; row < length; row += width) {
      const typeOf = batch[row + typeField]!;
      const nameOf = batch[row + nameField]!;
      const target = batch[row + toField]! / nodeWidth;
      const place = target >>> 0;
      if (typeOf >= types || place !== target || place >= nodes || nameOf > MAX_INTEGER) throw this.#damage(batch, row, edge);
      if (nameOf > highestName && named[typeOf] === 1) highestName = nameOf;
      type[edge] = typeOf === weak || (typeOf === shortcut && edge >= endOfRoot) ? typeOf | HOLDS_NOTHING : typeOf;
      nameOrIndex[edge] = nameOf;
      to[edge] = place;
      edge++;
    }
    this.length = edge;
    this.highestName = highestName;
  }

  end(): void {
    const { edgeCount } = this.#header;
    const owned = this.#nodes.firstEdge.at(this.#nodes.length);
    if (edgeCount !== null && edgeCount !== this.length) throw damaged(`it says that it has ${edgeCount} edges and has ${this.length}`);
    if (owned > this.length) throw damaged(`its nodes have ${owned - this.length} more edges than there are`);
    if (owned < this.length) throw damaged('there are more edges than its nodes have');
  }

  /** The columns, without a copy. If the last rows were damaged, they are left out. */
  build(): EdgeColumns {
    const { length } = this;
    return {
      length,
      types: this.#header.edgeTypes,
      type: this.#type.values().subarray(0, length),
      nameOrIndex: this.#nameOrIndex.values().subarray(0, length),
      to: this.#to.values().subarray(0, length),
    };
  }

  #damage(batch: Float64Array, row: number, edge: number): Error {
    const { type, to_node: to } = this.#header.edge;
    const types = this.#header.edgeTypes.length;
    const from = sourceOf(this.#nodes.build(), edge);
    if (batch[row + type]! >= types) return damaged(`an edge of node ${from} is of type ${batch[row + type]}, of ${types}`);
    const target = batch[row + to]!;
    if (target % this.#header.node.width !== 0 || target / this.#header.node.width >= this.#nodes.length)
      return damaged(`an edge of node ${from} leads nowhere (${target})`);
    return damaged(`an edge of node ${from} holds a number above 2^32`);
  }
}
