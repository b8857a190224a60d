import type { HeapGraph } from '../heap-graph.js';
import { type HolderTree, NOBODY } from './holder-tree.js';
import type { PathTable } from './path-table.js';

/** Objects whose paths are alike. */
export interface NodeCluster {
  /** The one whose path is the shortest. */
  readonly first: number;
  readonly nodes: readonly number[];
  /** Bytes of the objects themselves. */
  readonly size: number;
  /** Bytes that would be free without them, each counted once. */
  readonly retained: number;
}

interface Clustered {
  /** The largest first. */
  readonly clusters: readonly NodeCluster[];
  /** Bytes that would be free without all of them. */
  readonly retained: number;
  /** How many nodes nothing holds: garbage at the moment of the snapshot. */
  readonly unheld: number;
}

interface Held {
  readonly paths: PathTable;
  readonly tree: HolderTree;
}

export function clusterByPath(graph: HeapGraph, nodes: readonly number[], { paths, tree }: Held): Clustered {
  const groupOf = new Uint32Array(graph.nodeCount).fill(NOBODY);
  const members = new Map<number, number[]>();
  for (const node of nodes) {
    const path = paths.pathTo(node);
    groupOf[node] = path;
    if (path === NOBODY) continue;
    const same = members.get(path);
    if (same === undefined) members.set(path, [node]);
    else same.push(node);
  }
  const nesting = findNesting(graph, [...members.values()].flat(), groupOf);
  const clusters = [...members.values()].map((group) => clusterOf(graph, group, { tree, nesting }));
  let [held, retained] = [0, 0];
  for (const group of members.values()) {
    held += group.length;
    for (const node of group) if (nesting.outer[node] === NOBODY) retained += graph.retainedSize(node);
  }
  return { clusters: clusters.sort(byRetained), retained, unheld: nodes.length - held };
}

function byRetained(a: NodeCluster, b: NodeCluster): number {
  return b.retained - a.retained || b.nodes.length - a.nodes.length;
}

/** Which of the wanted nodes retain others of them. */
interface Nesting {
  /** By node: its cluster; NOBODY if it is not wanted. */
  readonly groupOf: Uint32Array;
  /** By wanted node: the nearest wanted one that dominates it, or NOBODY. */
  readonly outer: Uint32Array;
}

function clusterOf(
  graph: HeapGraph,
  nodes: readonly number[],
  { tree, nesting }: { readonly tree: HolderTree; readonly nesting: Nesting },
): NodeCluster {
  let size = 0;
  let retained = 0;
  let first = nodes[0]!;
  for (const node of nodes) {
    size += graph.selfSize(node);
    if (!isInside(node, nesting)) retained += graph.retainedSize(node);
    if (tree.rank[node]! < tree.rank[first]!) first = node;
  }
  return { first, nodes, size, retained };
}

/** Whether another object of its cluster retains it. */
function isInside(node: number, { groupOf, outer }: Nesting): boolean {
  const group = groupOf[node];
  for (let at = outer[node]!; at !== NOBODY; at = outer[at]!) if (groupOf[at] === group) return true;
  return false;
}

/** Every dominator is climbed over once. */
function findNesting(graph: HeapGraph, nodes: readonly number[], groupOf: Uint32Array): Nesting {
  const NOT_YET = 0xffff_fffe;
  // For a wanted node the nearest wanted one above it; for others on the way, the nearest at or above them.
  const outer = new Uint32Array(graph.nodeCount).fill(NOT_YET);
  const climbed: number[] = [];
  for (const node of nodes) {
    let at = graph.dominator(node);
    for (; at !== -1 && groupOf[at] === NOBODY && outer[at] === NOT_YET; at = graph.dominator(at)) climbed.push(at);
    const found = at === -1 ? NOBODY : groupOf[at] === NOBODY ? outer[at]! : at;
    for (let each = climbed.pop(); each !== undefined; each = climbed.pop()) outer[each] = found;
    outer[node] = found;
  }
  return { groupOf, outer };
}

/** The nodes without each of which all of these would be gone, the nearest first. The root is left out. */
export function commonDominators(graph: HeapGraph, nodes: readonly number[]): number[] {
  const chain: number[] = [];
  const IS_BELOW = 0xffff_ffff;
  /** By node: its place in the chain plus one; IS_BELOW if it hangs from the chain; 0 if that is not known yet. */
  const place = new Uint32Array(graph.nodeCount);
  for (let at = graph.dominator(nodes[0]!); at !== -1; at = graph.dominator(at)) place[at] = chain.push(at);
  let lowest = 0;
  for (const node of nodes) {
    let at = graph.dominator(node);
    for (; at !== -1 && place[at] === 0; at = graph.dominator(at)) place[at] = IS_BELOW;
    if (at !== -1 && place[at] !== IS_BELOW) lowest = Math.max(lowest, place[at]! - 1);
  }
  return chain.slice(lowest, -1);
}
