import { damaged } from './damage.js';
import type { NodeTable } from './node-table.js';
import type { RowSink } from './number-array.js';
import { OffHeapOwners } from './off-heap.js';
import type { Header } from './snapshot-header.js';

/** Walks the edges in the order of their source nodes. Keeps only which objects hold memory outside of the heap. */
export class EdgeWalk implements RowSink {
  readonly owners: OffHeapOwners;
  readonly #header: Header;
  readonly #nodes: NodeTable;
  readonly #weak: number;
  #from = -1;
  /** Remaining edges of the current node. */
  #left = 0;
  #passed = 0;

  constructor(header: Header, nodes: NodeTable) {
    this.#header = header;
    this.#nodes = nodes;
    this.#weak = header.edgeTypes.indexOf('weak');
    this.owners = new OffHeapOwners(nodes);
  }

  rows(batch: Float64Array, length: number): void {
    const { width, type: typeField, to_node: toField } = this.#header.edge;
    const nodeWidth = this.#header.node.width;
    const nodes = this.#nodes.length;
    const types = this.#header.edgeTypes.length;
    const { owners } = this;
    for (let row = 0; row < length; row += width) {
      while (this.#left === 0) this.#nextNode();
      this.#left--;
      const type = batch[row + typeField]!;
      const to = batch[row + toField]! / nodeWidth;
      if (type >= types) throw damaged(`an edge of node ${this.#from} is of type ${type}, of ${types}`);
      if (to >= nodes || !Number.isInteger(to)) throw damaged(`an edge of node ${this.#from} leads nowhere (${batch[row + toField]})`);
      if (owners.has(to) && type !== this.#weak) owners.hold(to, this.#from);
    }
    this.#passed += length / width;
  }

  end(): void {
    const { edgeCount } = this.#header;
    if (edgeCount !== null && edgeCount !== this.#passed) throw damaged(`it says that it has ${edgeCount} edges and has ${this.#passed}`);
    let missing = this.#left;
    for (let node = this.#from + 1; node < this.#nodes.length; node++) missing += this.#nodes.edgeCount.at(node);
    if (missing > 0) throw damaged(`its nodes have ${missing} more edges than there are`);
    this.#nodes.edgeCount.clear();
  }

  #nextNode(): void {
    this.#from++;
    if (this.#from >= this.#nodes.length) throw damaged('there are more edges than its nodes have');
    this.#left = this.#nodes.edgeCount.at(this.#from);
  }
}
