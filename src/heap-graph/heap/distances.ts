import { type EdgeColumns, HOLDS_NOTHING, type NodeColumns, ROOT, TYPE_BITS } from '../columns/graph-columns.js';

export const NOT_REACHED = 0xffff_ffff;

export interface Distances {
  /** By node: the number of edges from the root; `NOT_REACHED` if there is no path. */
  readonly distance: Uint32Array;
  /** By node: the last edge of the shortest path. Undefined for the root and for what has no path. */
  readonly via: Uint32Array;
}

/**
 * Breadth-first. As in DevTools, what a global object holds has its path from there, even if V8's own roots lead to it by a shorter one: a
 * path through a program's own names says more than one through a handle.
 */
export function findDistances(nodes: NodeColumns, edges: EdgeColumns): Distances {
  const distance = new Uint32Array(nodes.length).fill(NOT_REACHED);
  const via = new Uint32Array(nodes.length);
  const queue = new Uint32Array(nodes.length);
  const shortcut = edges.types.indexOf('shortcut');
  const end = nodes.firstEdge[ROOT + 1]!;
  distance[ROOT] = 0;
  let length = 0;
  for (const isShortcut of [true, false]) {
    const from = length;
    for (let edge = nodes.firstEdge[ROOT]!; edge < end; edge++) {
      const type = edges.type[edge]!;
      const to = edges.to[edge]!;
      if (type >= HOLDS_NOTHING || ((type & TYPE_BITS) === shortcut) !== isShortcut || distance[to] !== NOT_REACHED) continue;
      distance[to] = 1;
      via[to] = edge;
      queue[length++] = to;
    }
    length = spread(nodes, edges, { distance, via, queue, from, length });
  }
  return { distance, via };
}

interface Queue extends Distances {
  readonly queue: Uint32Array;
  readonly from: number;
  readonly length: number;
}

/** Returns the new length of the queue. */
function spread({ firstEdge }: NodeColumns, { type, to }: EdgeColumns, { distance, via, queue, from, length: filled }: Queue): number {
  let length = filled;
  for (let at = from; at < length; at++) {
    const node = queue[at]!;
    const next = distance[node]! + 1;
    const end = firstEdge[node + 1]!;
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const target = to[edge]!;
      if (type[edge]! >= HOLDS_NOTHING || distance[target] !== NOT_REACHED) continue;
      distance[target] = next;
      via[target] = edge;
      queue[length++] = target;
    }
  }
  return length;
}
