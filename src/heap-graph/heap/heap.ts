import type { HeapFunction } from '../../collect/heap-snapshot/function-table.js';
import { type GraphColumns, ROOT, sourceOf } from '../columns/graph-columns.js';
import { withMemory } from '../columns/memory.js';
import { type Dominators, findDominators, NO_NODE } from '../dominators/dominators.js';
import { type Distances, findDistances, NOT_REACHED } from './distances.js';
import { IdIndex } from './id-index.js';
import { LocationIndex } from './location-index.js';
import { findRetainers, type Retainers } from './retainers.js';

/** Where a function or the constructor of an object stands. */
export interface HeapLocation {
  readonly scriptId: number;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** The columns of a heap, and what is worked out about all nodes when somebody asks for it first. Nodes are not checked. */
export class Heap {
  readonly columns: GraphColumns;
  readonly nodeCount: number;
  #dominators: Dominators | null = null;
  #distances: Distances | null = null;
  #retainers: Retainers | null = null;
  #ids: IdIndex | null = null;
  #locations: LocationIndex | null = null;

  /** @param columns taken over, not copied */
  constructor(columns: GraphColumns) {
    this.columns = columns;
    this.nodeCount = columns.nodes.length;
  }

  type(node: number): string {
    const { nodes } = this.columns;
    return nodes.types[nodes.type[node]!]!;
  }

  name(node: number): string {
    return this.columns.strings.text(this.columns.nodes.name[node]!);
  }

  id(node: number): number {
    return this.columns.nodes.id[node]!;
  }

  /** -1 if there is none. */
  indexOfId(id: number): number {
    this.#ids ??= new IdIndex(this.columns.nodes.id);
    return this.#ids.find(id);
  }

  selfSize(node: number): number {
    const { small, large } = this.columns.nodes.selfSize;
    return large.get(node) ?? small[node]!;
  }

  /** null if the snapshot does not say. */
  location(node: number): HeapLocation | null {
    const { locations } = this.columns;
    if (locations === null) return null;
    this.#locations ??= new LocationIndex(locations);
    return this.#locations.find(node);
  }

  /** The most recent function first. */
  allocationStack(node: number): HeapFunction[] {
    const { nodes, traces } = this.columns;
    const stack: HeapFunction[] = [];
    if (traces === null || nodes.traceNode === null) return stack;
    const { parent, functionIndex } = traces.tree;
    for (let at = nodes.traceNode[node]!; at !== 0; at = parent[at] ?? 0) {
      const frame = traces.functions[functionIndex[at] ?? -1];
      if (frame !== undefined) stack.push(frame);
    }
    return stack;
  }

  /** The edges to the node, in V8's order. */
  edgesTo(node: number): Uint32Array {
    const { nodes, edges } = this.columns;
    this.#retainers ??= withMemory('for retainers', () => findRetainers(nodes, edges));
    const { first, edge } = this.#retainers;
    return edge.subarray(first[node]!, first[node + 1]!);
  }

  /** -1 for the root and for what cannot be reached from it. */
  dominator(node: number): number {
    const dominator = this.#dominatorsOfAll().dominator[node]!;
    return dominator === NO_NODE ? -1 : dominator;
  }

  retainedSize(node: number): number {
    return this.#dominatorsOfAll().retainedSize[node]!;
  }

  /** -1 if there is no path. */
  distance(node: number): number {
    const distance = this.#distancesOfAll().distance[node]!;
    return distance === NOT_REACHED ? -1 : distance;
  }

  /** The edges of the shortest path from the root. */
  shortestPath(node: number): number[] {
    const { distance, via } = this.#distancesOfAll();
    const path: number[] = [];
    if (distance[node] === NOT_REACHED) return path;
    for (let at = node; at !== ROOT; at = sourceOf(this.columns.nodes, via[at]!)) path.push(via[at]!);
    return path.reverse();
  }

  #dominatorsOfAll(): Dominators {
    const { nodes, edges } = this.columns;
    this.#dominators ??= withMemory('for retained sizes', () => findDominators(nodes, edges));
    return this.#dominators;
  }

  #distancesOfAll(): Distances {
    const { nodes, edges } = this.columns;
    this.#distances ??= withMemory('for paths', () => findDistances(nodes, edges));
    return this.#distances;
  }
}
