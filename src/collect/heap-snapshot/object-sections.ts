import { damaged } from './damage.js';
import { EdgeWalk } from './edge-walk.js';
import { EdgesAfterNodes } from './edges-after-nodes.js';
import { buildHeapObjects, type HeapObjects } from './heap-objects.js';
import { NodeTable } from './node-table.js';
import { NumberArray } from './number-array.js';
import type { Section } from './section.js';
import { found, Sections } from './sections.js';
import type { Header } from './snapshot-header.js';
import { StringTable } from './string-table.js';

/** Reads the objects that were allocated while allocations were tracked. */
export class ObjectSections extends Sections<HeapObjects> {
  protected readonly known = new Set(['nodes', 'edges', 'trace_function_infos', 'trace_tree', 'strings']);
  #nodes: NodeTable | null = null;
  readonly #edges = new EdgesAfterNodes((header, nodes: NodeTable) => new EdgeWalk(header, nodes));
  #strings: StringTable | null = null;

  complete(): HeapObjects {
    const header = this.header();
    const nodes = found(this.#nodes, 'nodes');
    return buildHeapObjects({
      header,
      nodes,
      edges: this.#edges.complete(header, nodes),
      functions: found(this.functions, 'trace_function_infos'),
      tree: found(this.tree, 'trace_tree'),
      strings: found(this.#strings, 'strings'),
    });
  }

  protected begin(key: string, header: Header): Section {
    switch (key) {
      case 'nodes':
        if (header.node.trace_node_id === -1) throw damaged('its "node_fields" have no "trace_node_id"');
        this.#nodes = new NodeTable(header);
        return new NumberArray(key, header.node.width, this.#nodes);
      case 'edges':
        return new NumberArray(key, header.edge.width, this.#edges.sink(header, this.#nodes));
      default:
        this.#strings = new StringTable(this.#wantedStrings());
        return this.#strings;
    }
  }

  #wantedStrings(): Set<number> | null {
    if (!this.#nodes || !this.functions) return null;
    const wanted = new Set(this.functions.strings());
    for (const string of this.#nodes.strings()) wanted.add(string);
    return wanted;
  }
}
