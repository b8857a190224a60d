import type { HeapGraph } from '../heap-graph.js';

const IS_BELOW = 0xffff_ffff;

/** Finds what alone keeps groups of nodes alive. One column serves all groups: there may be thousands. */
export class CommonDominators {
  readonly #graph: HeapGraph;
  /** By node, for the present group: its place in the chain plus one; IS_BELOW if it hangs from the chain; otherwise 0. */
  readonly #place: Uint32Array;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.#place = new Uint32Array(graph.nodeCount);
  }

  /** The nodes without each of which all of these would be gone, the nearest first. The root is left out. */
  of(nodes: readonly number[]): number[] {
    const [graph, place] = [this.#graph, this.#place];
    const chain: number[] = [];
    for (let at = graph.dominator(nodes[0]!); at !== -1; at = graph.dominator(at)) place[at] = chain.push(at);
    let lowest = 0;
    for (const node of nodes) {
      let at = graph.dominator(node);
      for (; at !== -1 && place[at] === 0; at = graph.dominator(at)) place[at] = IS_BELOW;
      if (at !== -1 && place[at] !== IS_BELOW) lowest = Math.max(lowest, place[at]! - 1);
    }
    // All that is above a cleared node is clear.
    for (const node of nodes) for (let at = graph.dominator(node); at !== -1 && place[at] !== 0; at = graph.dominator(at)) place[at] = 0;
    return chain.slice(lowest, -1);
  }
}
