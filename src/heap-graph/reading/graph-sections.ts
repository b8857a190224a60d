import { AnyValue } from '../../collect/heap-snapshot/any-value.js';
import { damaged } from '../../collect/heap-snapshot/damage.js';
import { EdgesAfterNodes } from '../../collect/heap-snapshot/edges-after-nodes.js';
import { NumberArray } from '../../collect/heap-snapshot/number-array.js';
import type { Section } from '../../collect/heap-snapshot/section.js';
import { found, Sections } from '../../collect/heap-snapshot/sections.js';
import type { Header } from '../../collect/heap-snapshot/snapshot-header.js';
import { StringArray } from '../../collect/heap-snapshot/string-array.js';
import type { BadProfileError } from '../../errors.js';
import type { EdgeColumns, GraphColumns, HeapTraces, NodeColumns } from '../columns/graph-columns.js';
import { StringStore } from '../columns/string-store.js';
import { markEphemerons } from './ephemerons.js';
import { GraphEdges } from './graph-edges.js';
import { GraphNodes } from './graph-nodes.js';
import { Locations } from './locations.js';

/** Reads all that a heap snapshot says of its objects and of what refers to what. */
export class GraphSections extends Sections<GraphColumns> {
  protected readonly known = new Set(['nodes', 'edges', 'trace_function_infos', 'trace_tree', 'locations', 'strings']);
  #nodes: GraphNodes | null = null;
  readonly #edges = new EdgesAfterNodes((header, nodes: GraphNodes) => new GraphEdges(header, nodes));
  #locations: Locations | null = null;
  #strings: StringStore | null = null;

  complete(): GraphColumns {
    const header = this.header();
    const nodes = found(this.#nodes, 'nodes');
    const read = this.#edges.complete(header, nodes);
    const { highestName } = read;
    const edges = read.build();
    const strings = found(this.#strings, 'strings');
    if (nodes.highestName >= strings.length) throw damaged(`a node has the name ${nodes.highestName}, of ${strings.length} strings`);
    if (highestName >= strings.length) throw damaged(`an edge has the name ${highestName}, of ${strings.length} strings`);
    return this.#build(nodes.build(), edges, { strings, damage: null });
  }

  /**
   * What stands before the damage.
   * @throws BadProfileError if that is not even one node
   */
  salvage(damage: BadProfileError): GraphColumns {
    if (this.#nodes === null || this.#nodes.length === 0) throw damage;
    const edges = (this.#edges.soFar ?? new GraphEdges(this.header(), this.#nodes)).build();
    const nodes = this.#nodes.build();
    for (let node = 0; node <= nodes.length; node++) nodes.firstEdge[node] = Math.min(nodes.firstEdge[node]!, edges.length);
    return this.#build(nodes, edges, { strings: this.#strings ?? new StringStore(), damage: damage.message });
  }

  #build(nodes: NodeColumns, edges: EdgeColumns, { strings, damage }: Pick<GraphColumns, 'strings' | 'damage'>): GraphColumns {
    markEphemerons(nodes, edges, strings);
    return {
      nodes,
      edges,
      strings,
      locations: this.#locations?.build() ?? null,
      traces: this.#traces(strings),
      extraNativeBytes: this.header().extraNativeBytes,
      damage,
    };
  }

  protected begin(key: string, header: Header): Section {
    switch (key) {
      case 'nodes':
        this.#nodes = new GraphNodes(header);
        return new NumberArray(key, header.node.width, this.#nodes);
      case 'edges':
        return new NumberArray(key, header.edge.width, this.#edges.sink(header, this.#nodes));
      case 'locations':
        if (header.location === null) return new AnyValue();
        this.#locations = new Locations(header.location, header.node.width);
        return new NumberArray(key, header.location.width, this.#locations);
      default:
        this.#strings = new StringStore();
        return new StringArray(this.#strings);
    }
  }

  /** null if allocations were not tracked: the sections are then empty. */
  #traces(strings: StringStore): HeapTraces | null {
    if (this.functions === null || !this.tree?.done || this.functions.length === 0) return null;
    const text = (string: number): string => strings.text(string);
    return { tree: this.tree.build(this.functions.length), functions: this.functions.build(text) };
  }
}
