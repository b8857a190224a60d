import { lowerBound } from '../../model/lower-bound.js';
import type { NodeTable } from './node-table.js';

const NONE = 0xffff_ffff;

export interface Origins {
  /** 0 if the owner has no trace. */
  readonly trace: Uint32Array;
  /**
   * The owner's id, or 0 if no object holds the memory. V8's own id for a node outside of the heap tells nothing about its age: it is new
   * in each snapshot (from Node 22 on), or about 2^31 (18, 20).
   */
  readonly owner: Uint32Array;
}

/**
 * Finds the owners of memory outside of the heap, because V8 gives such memory no trace. A backing store is held by its ArrayBuffer. A zlib
 * stream's memory is held by a native node, which is held by the stream's object. If several objects hold the same memory, the owner is the
 * oldest, with the lowest id: it had the memory allocated. The owner may be older than the tracking.
 */
export class OffHeapOwners {
  readonly #nodes: NodeTable;
  /** In ascending order. */
  readonly #node: Uint32Array;
  /** One bit for each node: whether it is memory outside of the heap. */
  readonly #bits: Uint8Array;
  readonly #trace: Uint32Array;
  /** The id of the oldest object that holds it. */
  readonly #ownerId: Float64Array;
  readonly #ownerTrace: Uint32Array;
  /** The first node outside of the heap that holds this one. */
  readonly #parent: Uint32Array;
  /** The traced objects before this index are done, since edges come in the order of their nodes. */
  #passed = 0;

  constructor(nodes: NodeTable) {
    const { node, trace } = nodes.offHeap;
    const { length } = node;
    this.#nodes = nodes;
    this.#node = node.values();
    this.#trace = trace.values();
    this.#bits = new Uint8Array((nodes.length >>> 3) + 1);
    for (const index of this.#node) this.#bits[index >>> 3]! |= 1 << (index & 7);
    this.#ownerId = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    this.#ownerTrace = new Uint32Array(length);
    this.#parent = new Uint32Array(length).fill(NONE);
  }

  has(node: number): boolean {
    return (this.#bits[node >>> 3]! & (1 << (node & 7))) !== 0;
  }

  /** @param held a node that is memory outside of the heap */
  hold(held: number, holder: number): void {
    const place = this.#placeOf(held);
    if (this.has(holder)) {
      if (this.#parent[place] === NONE) this.#parent[place] = this.#placeOf(holder);
      return;
    }
    const id = this.#nodes.id.at(holder);
    if (id >= this.#ownerId[place]!) return;
    this.#ownerId[place] = id;
    this.#ownerTrace[place] = this.#traceOf(holder);
  }

  /** The trace and the owner's id of each. */
  origins(): Origins {
    const trace = this.#trace;
    const known = Uint8Array.from(this.#ownerId, (id) => (id === Number.POSITIVE_INFINITY ? 0 : 1));
    const owner = Uint32Array.from(this.#ownerId, (id) => (id === Number.POSITIVE_INFINITY ? 0 : id));
    for (let place = 0; place < known.length; place++) if (trace[place] === 0) trace[place] = this.#ownerTrace[place]!;
    const chain: number[] = [];
    for (let place = 0; place < known.length; place++) {
      let at = place;
      while (known[at] === 0) {
        known[at] = 1; // marked as without an owner until the end of the chain is found, so that a circle ends
        chain.push(at);
        if (this.#parent[at] !== NONE) at = this.#parent[at]!;
      }
      for (let held = chain.pop(); held !== undefined; held = chain.pop()) {
        owner[held] = owner[at]!;
        if (trace[held] === 0) trace[held] = trace[at]!;
        at = held;
      }
    }
    return { trace, owner };
  }

  #traceOf(holder: number): number {
    const { node, trace } = this.#nodes.traced;
    while (this.#passed < node.length && node.at(this.#passed) < holder) this.#passed++;
    return this.#passed < node.length && node.at(this.#passed) === holder ? trace.at(this.#passed) : 0;
  }

  #placeOf(node: number): number {
    return lowerBound(this.#node, node);
  }
}
