import { damaged } from './damage.js';
import { EdgeCounts } from './edge-counts.js';
import { type GrowingColumn, integers, numbers } from './growing-column.js';
import type { RowSink } from './number-array.js';
import type { Header } from './snapshot-header.js';
import { type NodeKind, nodeKind, TypeTable } from './type-table.js';

export const MAX_INTEGER = 0xffff_ffff;

export interface ObjectColumns {
  readonly node: GrowingColumn<Uint32Array>;
  readonly size: GrowingColumn<Float64Array>;
  readonly trace: GrowingColumn<Uint32Array>;
  readonly type: GrowingColumn<Uint32Array>;
}

/**
 * The nodes of the heap snapshot. For each node it keeps the id and the number of edges (5 bytes). For nodes that were allocated while
 * allocations were tracked, and for memory outside of the heap, it keeps more (20 bytes each).
 */
export class NodeTable implements RowSink {
  readonly id: GrowingColumn<Uint32Array>;
  readonly edgeCount: EdgeCounts;
  /** Objects with a trace. `node` is the row of the node. */
  readonly traced: ObjectColumns;
  readonly offHeap = { node: integers(), size: numbers(), trace: integers(), name: integers() };
  readonly types: TypeTable;
  /** Bytes of objects without a trace. */
  untracedBytes = 0;
  highestName = 0;
  readonly #header: Header;
  readonly #kinds: readonly NodeKind[];

  constructor(header: Header) {
    this.#header = header;
    this.#kinds = header.nodeTypes.map(nodeKind);
    this.types = new TypeTable(header.nodeTypes);
    const { nodeCount } = header;
    this.id = integers(nodeCount);
    this.edgeCount = new EdgeCounts(nodeCount);
    this.traced = { node: integers(nodeCount), size: numbers(nodeCount), trace: integers(nodeCount), type: integers(nodeCount) };
  }

  get length(): number {
    return this.id.length;
  }

  rows(batch: Float64Array, length: number): void {
    const { width, type, name, id, self_size: size, edge_count: edges, trace_node_id: trace } = this.#header.node;
    for (let row = 0; row < length; row += width) {
      const kind = this.#kinds[batch[row + type]!];
      if (kind === undefined) throw damaged(`node ${this.length} is of type ${batch[row + type]}, of ${this.#kinds.length}`);
      const string = this.#integer(batch[row + name]!);
      if (string > this.highestName) this.highestName = string;
      const traceNode = this.#integer(batch[row + trace]!);
      const bytes = batch[row + size]!;
      if (bytes > Number.MAX_SAFE_INTEGER) throw damaged(`node ${this.length} has a size above 2^53`);
      if (kind === 'offHeap') {
        this.offHeap.node.push(this.length);
        this.offHeap.size.push(bytes);
        this.offHeap.trace.push(traceNode);
        this.offHeap.name.push(string);
      } else if (traceNode === 0) {
        this.untracedBytes += bytes;
      } else {
        this.traced.node.push(this.length);
        this.traced.size.push(bytes);
        this.traced.trace.push(traceNode);
        this.traced.type.push(kind === 'named' ? this.types.named(string) : batch[row + type]!);
      }
      this.id.push(this.#integer(batch[row + id]!));
      this.edgeCount.push(this.#integer(batch[row + edges]!));
    }
    if (this.length > MAX_INTEGER) throw damaged('it has more than 2^32 nodes');
  }

  end(): void {
    const { nodeCount } = this.#header;
    if (nodeCount !== null && nodeCount !== this.length) throw damaged(`it says that it has ${nodeCount} nodes and has ${this.length}`);
  }

  /** The strings that are names of types. */
  *strings(): Iterable<number> {
    yield* this.types.names();
    const { name } = this.offHeap;
    for (let i = 0; i < name.length; i++) yield name.at(i);
  }

  #integer(value: number): number {
    if (value > MAX_INTEGER) throw damaged(`node ${this.length} holds a number above 2^32`);
    return value;
  }
}
