import type { HeapFunction } from '../collect/heap-snapshot/function-table.js';
import { UsageError } from '../errors.js';
import type { HeapKeyType } from './census/heap-keys.js';
import { type HeapStatistic, heapStatistics } from './census/heap-statistics.js';
import { type GraphColumns, HOLDS_NOTHING, hasIndex, ROOT, sourceOf, TYPE_BITS } from './columns/graph-columns.js';
import { withMemory } from './columns/memory.js';
import { type Distances, findDistances, NOT_REACHED } from './distances.js';
import { type Dominators, findDominators, NO_NODE } from './dominators/dominators.js';
import { IdIndex } from './id-index.js';
import { LocationIndex } from './location-index.js';
import { type HeapReadOptions, type HeapSource, readColumns } from './reading/read-graph.js';
import { findRetainers, type Retainers } from './retainers.js';

/** A reference from one object to another. */
export interface HeapEdge {
  /** Its place among all edges. */
  readonly index: number;
  /** V8's kind: `context`, `element`, `property`, `internal`, `hidden`, `shortcut` or `weak`. */
  readonly type: string;
  /** The name of the property or variable. The index for the types `element` and `hidden`. */
  readonly name: string | number;
  /** The node from which it comes. */
  readonly from: number;
  /** The node to which it leads. */
  readonly to: number;
  /** Whether it keeps `to` alive. */
  readonly holds: boolean;
}

/** Where a function or the constructor of an object stands. */
export interface HeapLocation {
  readonly scriptId: number;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** For the passes over all objects in other files of this layer. */
export let columnsOf: (graph: HeapGraph) => GraphColumns;

/** The objects of a heap snapshot and what refers to what. A node is the number of an object, from 0 on; node 0 is the root. */
export class HeapGraph {
  /**
   * Reads a heap snapshot (`.heapsnapshot`, `.heaptimeline`), also one compressed by gzip or zstd. The text is never in memory as a whole.
   *
   * @param source the path of a file, or the text in chunks
   * @throws SnapshotFileError if the file cannot be read, BadProfileError if it is no heap snapshot or a damaged one, UnsupportedError if this
   * Node cannot decompress it, ProfileTooLargeError if there is not enough memory
   */
  static async read(source: HeapSource, options: HeapReadOptions = {}): Promise<HeapGraph> {
    return new HeapGraph(await readColumns(source, options));
  }

  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Bytes outside of the heap that V8 knows but attributes to no object; null if V8 does not report them (before Node 24). */
  readonly extraNativeBytes: number | null;
  /** null, or what is wrong with the snapshot: with `partial` the graph is then only what stands before the damage. */
  readonly damage: string | null;
  readonly #columns: GraphColumns;
  static {
    columnsOf = (graph) => graph.#columns;
  }
  #dominators: Dominators | null = null;
  #distances: Distances | null = null;
  #retainers: Retainers | null = null;
  #ids: IdIndex | null = null;
  #locations: LocationIndex | null = null;

  /** @param columns taken over, not copied */
  constructor(columns: GraphColumns) {
    this.#columns = columns;
    this.nodeCount = columns.nodes.length;
    this.edgeCount = columns.edges.length;
    this.extraNativeBytes = columns.extraNativeBytes;
    this.damage = columns.damage;
  }

  /** V8's kind of the node: `object`, `closure`, `string`, `array`, `code`, `native`, `hidden`, `synthetic` … */
  type(node: number): string {
    const { nodes } = this.#columns;
    return nodes.types[nodes.type[this.#checked(node)]!]!;
  }

  /** The name of the constructor or function, the text of a string, or what V8 calls the node. V8 cuts long strings off. */
  name(node: number): string {
    return this.#columns.strings.text(this.#columns.nodes.name[this.#checked(node)]!);
  }

  /** V8's id of the object, which it keeps as long as it lives. */
  id(node: number): number {
    return this.#columns.nodes.id[this.#checked(node)]!;
  }

  /** The node with this id, or -1. The first call indexes all nodes. */
  indexOfId(id: number): number {
    this.#ids ??= new IdIndex(this.#columns.nodes.id);
    return this.#ids.find(id);
  }

  /** Bytes of the object itself. */
  selfSize(node: number): number {
    const { small, large } = this.#columns.nodes.selfSize;
    return large.get(node) ?? small[this.#checked(node)]!;
  }

  /** 0 unknown, 1 attached, 2 detached: whether a DOM node is part of its document. */
  detachedness(node: number): number {
    return this.#columns.nodes.detachedness?.[this.#checked(node)] ?? 0;
  }

  /** Where the function or the constructor of the object stands; null if the snapshot does not say. */
  location(node: number): HeapLocation | null {
    const { locations } = this.#columns;
    if (locations === null) return null;
    this.#locations ??= new LocationIndex(locations);
    return this.#locations.find(this.#checked(node));
  }

  /**
   * The stack at which the object was allocated, the most recent function first. Empty if the snapshot has no stacks, or if the object is
   * older than the tracking.
   */
  allocationStack(node: number): HeapFunction[] {
    const { nodes, traces } = this.#columns;
    const stack: HeapFunction[] = [];
    if (traces === null || nodes.traceNode === null) return stack;
    const { parent, functionIndex } = traces.tree;
    for (let at = nodes.traceNode[this.#checked(node)]!; at !== 0; at = parent[at] ?? 0) {
      const frame = traces.functions[functionIndex[at] ?? -1];
      if (frame !== undefined) stack.push(frame);
    }
    return stack;
  }

  /** What the object refers to. */
  edgesOf(node: number): HeapEdge[] {
    const { firstEdge } = this.#columns.nodes;
    const first = firstEdge[this.#checked(node)]!;
    return Array.from({ length: firstEdge[node + 1]! - first }, (_, i) => this.#edge(first + i, node));
  }

  /** What refers to the object. The first call sorts all edges by what they lead to. */
  retainersOf(node: number): HeapEdge[] {
    const { nodes, edges } = this.#columns;
    this.#retainers ??= withMemory('for retainers', () => findRetainers(nodes, edges));
    const { first, edge } = this.#retainers;
    return Array.from(edge.subarray(first[this.#checked(node)]!, first[node + 1]!), (each) => this.#edge(each, sourceOf(nodes, each)));
  }

  /** The node without which this one would be gone; -1 for the root and for what cannot be reached from it. */
  dominator(node: number): number {
    const dominator = this.#dominatorsOfAll().dominator[this.#checked(node)]!;
    return dominator === NO_NODE ? -1 : dominator;
  }

  /** Bytes that would be free without the node: its own and those of all that it dominates. Its own if it cannot be reached. */
  retainedSize(node: number): number {
    return this.#dominatorsOfAll().retainedSize[this.#checked(node)]!;
  }

  /** The number of edges of the shortest path from the root; -1 if there is none. */
  distance(node: number): number {
    const distance = this.#distancesOfAll().distance[this.#checked(node)]!;
    return distance === NOT_REACHED ? -1 : distance;
  }

  /** The shortest path of edges that hold, from the root to the node. Empty for the root and for what cannot be reached from it. */
  pathTo(node: number): HeapEdge[] {
    const { distance, via } = this.#distancesOfAll();
    const path: HeapEdge[] = [];
    if (distance[this.#checked(node)] === NOT_REACHED) return path;
    for (let at = node; at !== ROOT; at = path.at(-1)!.from) path.push(this.#edge(via[at]!, sourceOf(this.#columns.nodes, via[at]!)));
    return path.reverse();
  }

  /**
   * Groups all objects; the group that retains most comes first.
   *
   * @throws UsageError for `lineno` if the snapshot does not say where objects were allocated, ProfileTooLargeError if there is not enough memory
   */
  statistics(keyType: HeapKeyType): HeapStatistic[] {
    return withMemory('for statistics', () => heapStatistics(this.#columns, keyType));
  }

  #edge(index: number, from: number): HeapEdge {
    const { edges, strings } = this.#columns;
    const type = edges.types[edges.type[index]! & TYPE_BITS]!;
    const nameOrIndex = edges.nameOrIndex[index]!;
    return {
      index,
      type,
      name: hasIndex(type) ? nameOrIndex : strings.text(nameOrIndex),
      from,
      to: edges.to[index]!,
      holds: edges.type[index]! < HOLDS_NOTHING,
    };
  }

  #dominatorsOfAll(): Dominators {
    const { nodes, edges } = this.#columns;
    this.#dominators ??= withMemory('for retained sizes', () => findDominators(nodes, edges));
    return this.#dominators;
  }

  #distancesOfAll(): Distances {
    const { nodes, edges } = this.#columns;
    this.#distances ??= withMemory('for paths', () => findDistances(nodes, edges));
    return this.#distances;
  }

  #checked(node: number): number {
    if (!(node >= 0 && node < this.nodeCount && Number.isInteger(node)))
      throw new UsageError(`there is no node ${node}: the heap has ${this.nodeCount}`);
    return node;
  }
}
