import type { Heap } from '../heap/heap.js';

const IS_BELOW = 0xffff_ffff;

/** Finds what alone keeps groups of nodes alive. One column serves all groups: there may be thousands. */
export class CommonDominators {
  readonly #heap: Heap;
  /** By node, for the present group: its place in the chain plus one; IS_BELOW if it hangs from the chain; otherwise 0. */
  readonly #place: Uint32Array;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#place = new Uint32Array(heap.nodeCount);
  }

  /** The nodes without each of which all of these would be gone, the nearest first. The root is left out. */
  of(nodes: readonly number[]): number[] {
    const [heap, place] = [this.#heap, this.#place];
    const chain: number[] = [];
    for (let at = heap.dominator(nodes[0]!); at !== -1; at = heap.dominator(at)) place[at] = chain.push(at);
    let lowest = 0;
    for (const node of nodes) {
      let at = heap.dominator(node);
      for (; at !== -1 && place[at] === 0; at = heap.dominator(at)) place[at] = IS_BELOW;
      if (at !== -1 && place[at] !== IS_BELOW) lowest = Math.max(lowest, place[at]! - 1);
    }
    // All that is above a cleared node is clear.
    for (const node of nodes) for (let at = heap.dominator(node); at !== -1 && place[at] !== 0; at = heap.dominator(at)) place[at] = 0;
    return chain.slice(lowest, -1);
  }
}
