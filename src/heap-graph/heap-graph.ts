import type { HeapFunction } from '../collect/heap-snapshot/function-table.js';
import { UsageError } from '../errors.js';
import { type BufferHolders, explainBuffers } from './buffers/explain-buffers.js';
import type { HeapKeyType } from './census/heap-keys.js';
import { type HeapStatistic, heapStatistics } from './census/heap-statistics.js';
import { HOLDS_NOTHING, hasIndex, sourceOf, TYPE_BITS } from './columns/graph-columns.js';
import { compareHeaps, type HeapComparison } from './comparison/compare-heaps.js';
import type { Heap, HeapLocation } from './heap/heap.js';
import { type Explanation, explainWhat, type HeapWhyOptions } from './paths/explain.js';
import { whatInFile } from './paths/what.js';
import { readHeap } from './reading/heap-reader.js';
import type { HeapReadOptions, HeapSource } from './reading/read-graph.js';

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
    return new HeapGraph(await readHeap(source, options));
  }

  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Bytes outside of the heap that V8 knows but attributes to no object; null if V8 does not report them (before Node 24). */
  readonly extraNativeBytes: number | null;
  /** null, or what is wrong with the snapshot: with `partial` the graph is then only what stands before the damage. */
  readonly damage: string | null;
  readonly #heap: Heap;

  constructor(heap: Heap) {
    const { edges, extraNativeBytes, damage } = heap.columns;
    this.#heap = heap;
    this.nodeCount = heap.nodeCount;
    this.edgeCount = edges.length;
    this.extraNativeBytes = extraNativeBytes;
    this.damage = damage;
  }

  /** V8's kind of the node: `object`, `closure`, `string`, `array`, `code`, `native`, `hidden`, `synthetic` … */
  type(node: number): string {
    return this.#heap.type(this.#checked(node));
  }

  /** The name of the constructor or function, the text of a string, or what V8 calls the node. V8 cuts long strings off. */
  name(node: number): string {
    return this.#heap.name(this.#checked(node));
  }

  /** V8's id of the object, which it keeps as long as it lives. */
  id(node: number): number {
    return this.#heap.id(this.#checked(node));
  }

  /** The node with this id, or -1. The first call indexes all nodes. */
  indexOfId(id: number): number {
    return this.#heap.indexOfId(id);
  }

  /** Bytes of the object itself. */
  selfSize(node: number): number {
    return this.#heap.selfSize(this.#checked(node));
  }

  /** 0 unknown, 1 attached, 2 detached: whether a DOM node is part of its document. */
  detachedness(node: number): number {
    return this.#heap.columns.nodes.detachedness?.[this.#checked(node)] ?? 0;
  }

  /** Where the function or the constructor of the object stands; null if the snapshot does not say. */
  location(node: number): HeapLocation | null {
    return this.#heap.location(this.#checked(node));
  }

  /**
   * The stack at which the object was allocated, the most recent function first. Empty if the snapshot has no stacks, or if the object is
   * older than the tracking.
   */
  allocationStack(node: number): HeapFunction[] {
    return this.#heap.allocationStack(this.#checked(node));
  }

  /** What the object refers to. */
  edgesOf(node: number): HeapEdge[] {
    const { firstEdge } = this.#heap.columns.nodes;
    const first = firstEdge[this.#checked(node)]!;
    return Array.from({ length: firstEdge[node + 1]! - first }, (_, i) => this.#edge(first + i, node));
  }

  /** What refers to the object. The first call sorts all edges by what they lead to. */
  retainersOf(node: number): HeapEdge[] {
    return Array.from(this.#heap.edgesTo(this.#checked(node)), (edge) => this.#edge(edge));
  }

  /** The node without which this one would be gone; -1 for the root and for what cannot be reached from it. */
  dominator(node: number): number {
    return this.#heap.dominator(this.#checked(node));
  }

  /** Bytes that would be free without the node: its own and those of all that it dominates. Its own if it cannot be reached. */
  retainedSize(node: number): number {
    return this.#heap.retainedSize(this.#checked(node));
  }

  /** The number of edges of the shortest path from the root; -1 if there is none. */
  distance(node: number): number {
    return this.#heap.distance(this.#checked(node));
  }

  /** The shortest path of edges that hold, from the root to the node. Empty for the root and for what cannot be reached from it. */
  pathTo(node: number): HeapEdge[] {
    return this.#heap.shortestPath(this.#checked(node)).map((edge) => this.#edge(edge));
  }

  /**
   * Groups all objects; the group that retains most comes first.
   *
   * @throws UsageError for `lineno` if the snapshot does not say where objects were allocated, ProfileTooLargeError if there is not enough memory
   */
  statistics(keyType: HeapKeyType): HeapStatistic[] {
    return heapStatistics(this.#heap, keyType);
  }

  /**
   * What keeps objects alive: those of a type (`Session`), of a place where they were allocated (`app.js:15`), or the object with an id (`@61511`).
   *
   * @throws UsageError if there is no such object, ProfileTooLargeError if there is not enough memory
   */
  why(what: string, options: HeapWhyOptions = {}): Explanation {
    return explainWhat(this.#heap, whatInFile(what), options);
  }

  /** Who holds the memory outside of the heap. @throws ProfileTooLargeError if there is not enough memory */
  whyBuffers(options: Omit<HeapWhyOptions, 'ignoreEdges'> = {}): BufferHolders {
    return explainBuffers(this.#heap, options);
  }

  /** What changed since an older snapshot, object by object if both are of one process. @throws ProfileTooLargeError if there is not enough memory */
  compareTo(old: HeapGraph): HeapComparison {
    return compareHeaps(old.#heap, this.#heap);
  }

  #edge(index: number, from = sourceOf(this.#heap.columns.nodes, index)): HeapEdge {
    const { edges, strings } = this.#heap.columns;
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

  #checked(node: number): number {
    if (!(node >= 0 && node < this.nodeCount && Number.isInteger(node)))
      throw new UsageError(`there is no node ${node}: the heap has ${this.nodeCount}`);
    return node;
  }
}
