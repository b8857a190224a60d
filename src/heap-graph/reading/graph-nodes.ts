import { damaged } from '../../collect/heap-snapshot/damage.js';
import { bytes, type GrowingColumn, integers } from '../../collect/heap-snapshot/growing-column.js';
import { MAX_INTEGER } from '../../collect/heap-snapshot/node-table.js';
import type { RowSink } from '../../collect/heap-snapshot/number-array.js';
import type { Header } from '../../collect/heap-snapshot/snapshot-header.js';
import type { NodeColumns } from '../columns/graph-columns.js';

/** Reads the section `nodes` into columns. */
export class GraphNodes implements RowSink {
  readonly firstEdge: GrowingColumn<Uint32Array>;
  length = 0;
  highestName = 0;
  readonly #header: Header;
  readonly #type: GrowingColumn<Uint8Array>;
  readonly #name: GrowingColumn<Uint32Array>;
  readonly #id: GrowingColumn<Uint32Array>;
  readonly #size: GrowingColumn<Uint32Array>;
  readonly #large = new Map<number, number>();
  /** null as long as every value is 0. */
  #traceNode: GrowingColumn<Uint32Array> | null = null;
  #detachedness: GrowingColumn<Uint8Array> | null = null;
  #edges = 0;

  constructor(header: Header) {
    this.#header = header;
    const { nodeCount } = header;
    this.#type = bytes(nodeCount);
    this.#name = integers(nodeCount);
    this.#id = integers(nodeCount);
    this.#size = integers(nodeCount);
    this.firstEdge = integers(nodeCount === null ? null : nodeCount + 1);
    this.firstEdge.push(0);
  }

  rows(batch: Float64Array, length: number): void {
    const { width, type: typeField, name: nameField, id: idField, self_size: sizeField, edge_count: edgeField } = this.#header.node;
    const count = length / width;
    const type = this.#type.extend(count);
    const name = this.#name.extend(count);
    const id = this.#id.extend(count);
    const size = this.#size.extend(count);
    const firstEdge = this.firstEdge.extend(count);
    const types = this.#header.nodeTypes.length;
    let node = this.length;
    let edges = this.#edges;
    let highestName = this.highestName;
    for (let row = 0; row < length; row += width) {
      const typeOf = batch[row + typeField]!;
      const nameOf = batch[row + nameField]!;
      const idOf = batch[row + idField]!;
      const sizeOf = batch[row + sizeField]!;
      if (typeOf >= types) throw damaged(`node ${node} is of type ${typeOf}, of ${types}`);
      if (nameOf > MAX_INTEGER || idOf > MAX_INTEGER) throw damaged(`node ${node} holds a number above 2^32`);
      if (nameOf > highestName) highestName = nameOf;
      edges += batch[row + edgeField]!;
      type[node] = typeOf;
      name[node] = nameOf;
      id[node] = idOf;
      if (sizeOf <= MAX_INTEGER) size[node] = sizeOf;
      else this.#addLarge(node, sizeOf);
      node++;
      firstEdge[node] = edges;
    }
    if (edges > MAX_INTEGER || node > MAX_INTEGER) throw damaged('it has more than 2^32 nodes or edges');
    this.#edges = edges;
    this.highestName = highestName;
    this.#addRare(batch, length);
    this.length = node;
  }

  end(): void {
    const { nodeCount } = this.#header;
    if (nodeCount !== null && nodeCount !== this.length) throw damaged(`it says that it has ${nodeCount} nodes and has ${this.length}`);
    if (this.length === 0) throw damaged('it has no nodes');
  }

  /** The columns, without a copy. If the last rows were damaged, they are left out. */
  build(): NodeColumns {
    const { length } = this;
    return {
      length,
      types: this.#header.nodeTypes,
      type: this.#type.values().subarray(0, length),
      name: this.#name.values().subarray(0, length),
      id: this.#id.values().subarray(0, length),
      selfSize: { small: this.#size.values().subarray(0, length), large: this.#large },
      traceNode: this.#traceNode?.values().subarray(0, length) ?? null,
      detachedness: this.#detachedness?.values().subarray(0, length) ?? null,
      firstEdge: this.firstEdge.values().subarray(0, length + 1),
    };
  }

  #addLarge(node: number, size: number): void {
    if (size > Number.MAX_SAFE_INTEGER) throw damaged(`node ${node} has a size above 2^53`);
    this.#large.set(node, size);
  }

  /** Most snapshots have neither traces nor detached nodes, and then these columns take no memory. */
  #addRare(batch: Float64Array, length: number): void {
    const { width, trace_node_id: trace, detachedness } = this.#header.node;
    const { nodeCount } = this.#header;
    if (this.#traceNode !== null || hasValue(batch, length, { width, field: trace })) {
      this.#traceNode ??= zeros(integers(nodeCount), this.length);
      copyField(batch, { width, field: trace }, added(this.#traceNode, length / width));
    }
    if (this.#detachedness !== null || hasValue(batch, length, { width, field: detachedness })) {
      this.#detachedness ??= zeros(bytes(nodeCount), this.length);
      copyField(batch, { width, field: detachedness }, added(this.#detachedness, length / width));
    }
  }
}

interface Field {
  readonly width: number;
  /** -1 if the rows do not have it. */
  readonly field: number;
}

function hasValue(batch: Float64Array, length: number, { width, field }: Field): boolean {
  if (field === -1) return false;
  let seen = 0;
  for (let row = field; row < length; row += width) seen += batch[row]!;
  return seen > 0;
}

function zeros<Column extends Uint8Array | Uint32Array>(column: GrowingColumn<Column>, length: number): GrowingColumn<Column> {
  column.extend(length);
  return column;
}

function added<Column extends Uint8Array | Uint32Array>(column: GrowingColumn<Column>, count: number): Uint8Array | Uint32Array {
  const from = column.length;
  return column.extend(count).subarray(from, from + count);
}

function copyField(batch: Float64Array, { width, field }: Field, target: Uint8Array | Uint32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = batch[i * width + field]!;
}
