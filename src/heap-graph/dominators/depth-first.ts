import { type EdgeColumns, HOLDS_NOTHING, type NodeColumns, ROOT, TYPE_BITS } from '../columns/graph-columns.js';

/**
 * The order in which a depth-first search from the root meets the objects. It goes first where the root's shortcuts lead, to the global
 * objects.
 */
export interface DepthFirst {
  /** The number of objects that can be reached. */
  readonly reached: number;
  /** How many of them, from 1 on, are held by a global object. */
  readonly owned: number;
  /** By node: its place in the order plus one, or 0 if it cannot be reached. */
  readonly place: Uint32Array;
  /** By place: the node. */
  readonly node: Uint32Array;
  /** By place: the place of the object from which it was met. */
  readonly parent: Uint32Array;
}

/** @param cursor room for a number a node, with any content */
export function depthFirst(nodes: NodeColumns, edges: EdgeColumns, cursor: Uint32Array): DepthFirst {
  const search = new Search(nodes, edges, cursor);
  const { firstEdge } = nodes;
  const shortcut = edges.types.indexOf('shortcut');
  const end = firstEdge[ROOT + 1]!;
  let owned = 0;
  for (const isShortcut of [true, false]) {
    for (let edge = firstEdge[ROOT]!; edge < end; edge++) {
      const type = edges.type[edge]!;
      if (type < HOLDS_NOTHING && ((type & TYPE_BITS) === shortcut) === isShortcut) search.from(edges.to[edge]!);
    }
    if (isShortcut) owned = search.reached - 1;
  }
  return { reached: search.reached, owned, place: search.place, node: search.node, parent: search.parent };
}

class Search {
  reached = 1;
  readonly place: Uint32Array;
  readonly node: Uint32Array;
  readonly parent: Uint32Array;
  readonly #nodes: NodeColumns;
  readonly #edges: EdgeColumns;
  /** By place: the next edge to follow. */
  readonly #cursor: Uint32Array;

  constructor(nodes: NodeColumns, edges: EdgeColumns, cursor: Uint32Array) {
    this.place = new Uint32Array(nodes.length);
    this.node = new Uint32Array(nodes.length);
    this.parent = new Uint32Array(nodes.length);
    this.#nodes = nodes;
    this.#edges = edges;
    this.#cursor = cursor;
    this.place[ROOT] = 1;
  }

  /** Goes on from a node that the root holds. */
  from(start: number): void {
    const { place, node, parent } = this;
    const { firstEdge } = this.#nodes;
    const { type, to } = this.#edges;
    const cursor = this.#cursor;
    if (place[start] !== 0) return;
    let reached = this.reached;
    let at = reached;
    let current = start;
    let edge = firstEdge[start]!;
    node[at] = start;
    place[start] = ++reached;
    while (at !== 0) {
      const end = firstEdge[current + 1]!;
      while (edge < end && (type[edge]! >= HOLDS_NOTHING || place[to[edge]!] !== 0)) edge++;
      if (edge < end) {
        cursor[at] = edge + 1;
        current = to[edge]!;
        parent[reached] = at;
        node[reached] = current;
        at = reached;
        place[current] = ++reached;
        edge = firstEdge[current]!;
      } else {
        at = parent[at]!;
        if (at === 0) break;
        current = node[at]!;
        edge = cursor[at]!;
      }
    }
    this.reached = reached;
  }
}
