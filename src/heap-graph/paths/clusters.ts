import type { Heap } from '../heap/heap.js';
import { type HolderTree, NOBODY } from './holder-tree.js';
import { findNesting } from './nesting.js';
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

export interface Clustered {
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

export function clusterByPath(heap: Heap, nodes: readonly number[], { paths, tree }: Held): Clustered {
  const held: number[] = [];
  const groups: number[] = [];
  const groupOfPath = new Map<number, number>();
  for (const node of nodes) {
    const path = paths.pathTo(node);
    if (path === NOBODY) continue;
    const group = groupOfPath.get(path) ?? groupOfPath.size;
    groupOfPath.set(path, group);
    held.push(node);
    groups.push(group);
  }
  const { isInside, isInsideGroup } = findNesting(heap, held, Uint32Array.from(groups));
  const clusters = Array.from(groupOfPath, (): Growing => ({ first: NOBODY, nodes: [], size: 0, retained: 0 }));
  let retained = 0;
  for (const [i, node] of held.entries()) {
    const cluster = clusters[groups[i]!]!;
    const size = heap.retainedSize(node);
    if (isInside[i] === 0) retained += size;
    if (isInsideGroup[i] === 0) cluster.retained += size;
    cluster.size += heap.selfSize(node);
    cluster.nodes.push(node);
    if (cluster.first === NOBODY || tree.rank[node]! < tree.rank[cluster.first]!) cluster.first = node;
  }
  return { clusters: clusters.sort(byRetained), retained, unheld: nodes.length - held.length };
}

type Growing = { -readonly [Key in keyof NodeCluster]: NodeCluster[Key] } & { readonly nodes: number[] };

function byRetained(a: NodeCluster, b: NodeCluster): number {
  return b.retained - a.retained || b.nodes.length - a.nodes.length;
}
