import type { NodeTable } from './node-table.js';

const NONE = 0xffff_ffff;

export interface Origins {
  /** 0 where the owner has none. */
  readonly trace: Uint32Array;
  /** The owner's id, 0 where no object holds it. V8's own id of a node outside of the heap says nothing of its age: it is new at each snapshot (from 22 on), or about 2^31 (18, 20). */
  readonly owner: Uint32Array;
}

/**
 * To whom memory outside of the heap belongs. V8 gives it no trace of its own: a backing store hangs on its ArrayBuffer, a zlib stream's
 * memory on a native node that hangs on the stream's object. Of several objects that hold one thing the oldest counts, the one with
 * the lowest id: it had the memory allocated, and it may be one from before the tracking.
 */
export class OffHeapOwners {
  readonly #nodes: NodeTable;
  /** In ascending order. */
  readonly #node: Uint32Array;
  /** One bit for each node: whether it is outside of the heap. */
  readonly #bits: Uint8Array;
  readonly #trace: Uint32Array;
  /** Of the oldest object that holds it. */
  readonly #ownerId: Float64Array;
  readonly #ownerTrace: Uint32Array;
  /** The first node outside of the heap that holds this one. */
  readonly #parent: Uint32Array;
  /** How far the traced objects are passed: edges come in the order of their nodes. */
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

  /** @param held a node outside of the heap */
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

  /** What each has from its owner. */
  origins(): Origins {
    const trace = this.#trace;
    const known = Uint8Array.from(this.#ownerId, (id) => (id === Number.POSITIVE_INFINITY ? 0 : 1));
    const owner = Uint32Array.from(this.#ownerId, (id) => (id === Number.POSITIVE_INFINITY ? 0 : id));
    for (let place = 0; place < known.length; place++) if (trace[place] === 0) trace[place] = this.#ownerTrace[place]!;
    const chain: number[] = [];
    for (let place = 0; place < known.length; place++) {
      let at = place;
      while (known[at] === 0) {
        known[at] = 1; // it has no owner until the end of the chain is found: that of a circle has none
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
    let low = 0;
    let high = this.#node.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#node[middle]! < node) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
