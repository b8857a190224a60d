import { type EdgeColumns, HOLDS_NOTHING, type NodeColumns } from '../columns/graph-columns.js';
import { type DepthFirst, depthFirst } from './depth-first.js';

export const NO_NODE = 0xffff_ffff;

export interface Dominators {
  /** By node: the node without which it would be gone. `NO_NODE` for the root, and for what cannot be reached from it. */
  readonly dominator: Uint32Array;
  /** By node, in bytes: its own size and that of all it dominates. The own size alone if it cannot be reached. */
  readonly retainedSize: Float64Array;
}

/**
 * Semi-NCA (Georgiadis and Tarjan: "Finding dominators via disjoint set union", 2013), without recursion. Objects are identified by their
 * places in the depth-first order, so that neighbours in the heap are neighbours in memory.
 *
 * As in DevTools, an edge into what a global object holds counts only if it comes from something that a global object holds, or from the
 * root. Otherwise a handle of a debugger would dominate the program's own objects.
 */
export function findDominators(nodes: NodeColumns, edges: EdgeColumns): Dominators {
  const { length } = nodes;
  // One buffer serves as two columns here and as the retained sizes later: 8 bytes a node that V8 need not first find free.
  const room = new ArrayBuffer(8 * length);
  const semi = new Uint32Array(room, 0, length);
  const label = new Uint32Array(room, 4 * length, length);
  const search = depthFirst(nodes, edges, semi);
  const above = immediateDominators(nodes, edges, { search, semi, label });
  const retainedSize = new Float64Array(room);
  sumUp(nodes, { search, above, retainedSize });
  return { dominator: byNode(search, above), retainedSize };
}

interface Work {
  readonly search: DepthFirst;
  /** By place: the place of the semidominator. */
  readonly semi: Uint32Array;
  /** By place: the smallest `semi` on the compressed part of the path to the root. */
  readonly label: Uint32Array;
}

/** By place. Overwrites the parents. */
function immediateDominators(nodes: NodeColumns, edges: EdgeColumns, { search, semi, label }: Work): Uint32Array {
  const { reached, parent } = search;
  semi.set(parent);
  const { start, source } = laterSources(nodes, edges, { search, semi });
  label.set(semi);
  const ancestor = parent.slice(0, reached);
  const paths = new Paths(ancestor, label);
  for (let at = reached - 1; at > 0; at--) {
    let best = semi[at]!;
    const end = start[at + 1]!;
    for (let i = start[at]!; i < end; i++) {
      const candidate = paths.best(source[i]!, at);
      if (candidate < best) best = candidate;
    }
    semi[at] = best;
    label[at] = best;
  }
  for (let at = 1; at < reached; at++) {
    const limit = semi[at]!;
    let above = parent[at]!;
    while (above > limit) above = parent[above]!;
    parent[at] = above;
  }
  return parent;
}

/**
 * The sources of edges that come later in the order than what they lead to. All other edges come from an ancestor, which is at once a
 * candidate for the semidominator: they need no list, and are most of a heap's.
 */
function laterSources(nodes: NodeColumns, edges: EdgeColumns, { search, semi }: Pick<Work, 'search' | 'semi'>) {
  const { reached, owned, place, node } = search;
  const { firstEdge } = nodes;
  const { type, to } = edges;
  const start = new Uint32Array(reached + 1);
  for (let from = 0; from < reached; from++) {
    const origin = node[from]!;
    const end = firstEdge[origin + 1]!;
    for (let edge = firstEdge[origin]!; edge < end; edge++) {
      if (type[edge]! >= HOLDS_NOTHING) continue;
      const at = place[to[edge]!]! - 1;
      if (at < from) {
        if (from <= owned || at > owned) start[at]!++;
      } else if (from < semi[at]!) semi[at] = from;
    }
  }
  let sum = 0;
  for (let at = 0; at <= reached; at++) start[at] = sum += start[at]!;
  const source = new Uint32Array(sum);
  for (let from = 0; from < reached; from++) {
    const origin = node[from]!;
    const end = firstEdge[origin + 1]!;
    for (let edge = firstEdge[origin]!; edge < end; edge++) {
      if (type[edge]! >= HOLDS_NOTHING) continue;
      const at = place[to[edge]!]! - 1;
      if (at < from && (from <= owned || at > owned)) source[--start[at]!] = from;
    }
  }
  return { start, source };
}

/** Paths from an object towards the root, compressed as they are used. */
class Paths {
  readonly #ancestor: Uint32Array;
  readonly #label: Uint32Array;
  /** The objects of the current path. Such a path can be as long as the longest chain of the heap. */
  #path: Uint32Array = new Uint32Array(1 << 12);

  constructor(ancestor: Uint32Array, label: Uint32Array) {
    this.#ancestor = ancestor;
    this.#label = label;
  }

  /** The smallest label on the path from `from` to before the first object whose place is not above `limit`. */
  best(from: number, limit: number): number {
    const ancestor = this.#ancestor;
    const label = this.#label;
    if (ancestor[from]! <= limit) return label[from]!;
    let path = this.#path;
    let length = 0;
    let at = from;
    for (let next = ancestor[at]!; next > limit; next = ancestor[at]!) {
      if (length === path.length) path = this.#lengthen();
      path[length++] = at;
      at = next;
    }
    const top = ancestor[at]!;
    let best = label[at]!;
    while (length > 0) {
      const each = path[--length]!;
      if (label[each]! < best) best = label[each]!;
      else label[each] = best;
      ancestor[each] = top;
    }
    return best;
  }

  #lengthen(): Uint32Array {
    const path = new Uint32Array(this.#path.length * 2);
    path.set(this.#path);
    this.#path = path;
    return path;
  }
}

interface Sums {
  readonly search: DepthFirst;
  /** By place: the place of the dominator. */
  readonly above: Uint32Array;
  readonly retainedSize: Float64Array;
}

function sumUp({ selfSize, length }: NodeColumns, { search, above, retainedSize }: Sums): void {
  const { node, reached } = search;
  const { small, large } = selfSize;
  for (let i = 0; i < length; i++) retainedSize[i] = small[i]!;
  for (const [i, size] of large) retainedSize[i] = size;
  for (let at = reached - 1; at > 0; at--) retainedSize[node[above[at]!]!]! += retainedSize[node[at]!]!;
}

/** Overwrites the places. */
function byNode({ place, node }: DepthFirst, above: Uint32Array): Uint32Array {
  for (let i = 0; i < place.length; i++) {
    const at = place[i]!;
    place[i] = at <= 1 ? NO_NODE : node[above[at - 1]!]!;
  }
  return place;
}
