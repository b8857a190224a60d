import type { EdgeColumns, NodeColumns } from '../columns/graph-columns.js';

/** The edges by what they lead to. */
export interface Retainers {
  /** The edges to node i are `edge[first[i]]` to before `edge[first[i + 1]]`, in V8's order. */
  readonly first: Uint32Array;
  readonly edge: Uint32Array;
}

export function findRetainers(nodes: NodeColumns, edges: EdgeColumns): Retainers {
  const first = new Uint32Array(nodes.length + 1);
  const { to, length } = edges;
  for (let edge = 0; edge < length; edge++) first[to[edge]!]!++;
  let sum = 0;
  for (let node = 0; node <= nodes.length; node++) first[node] = sum += first[node]!;
  const edge = new Uint32Array(length);
  for (let each = length - 1; each >= 0; each--) edge[--first[to[each]!]!] = each;
  return { first, edge };
}
