import type { NodeTable } from './node-table.js';

const NONE = 0xffff_ffff;

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

  /** The trace of each, 0 where its owner has none. */
  traces(): Uint32Array {
    const known = Uint8Array.from(this.#trace, (trace, place) =>
      trace !== 0 || this.#ownerId[place] !== Number.POSITIVE_INFINITY ? 1 : 0,
    );
    for (let place = 0; place < known.length; place++) if (this.#trace[place] === 0) this.#trace[place] = this.#ownerTrace[place]!;
    const chain: number[] = [];
    for (let place = 0; place < known.length; place++) {
      let at = place;
      while (known[at] === 0) {
        known[at] = 1; // its trace is 0 until the end of the chain is found: that of a circle stays so
        chain.push(at);
        if (this.#parent[at] !== NONE) at = this.#parent[at]!;
      }
      const trace = this.#trace[at]!;
      while (chain.length > 0) this.#trace[chain.pop()!] = trace;
    }
    return this.#trace;
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
