import { NO_OWNER, offHeapOwners, offHeapTypes } from '../census/off-heap-owners.js';
import { withMemory } from '../columns/memory.js';
import { columnsOf, type HeapGraph } from '../heap-graph.js';
import { clusterByPath, type NodeCluster } from '../paths/clusters.js';
import { CommonDominators } from '../paths/common-dominators.js';
import { type ExplainOptions, FOR_PATHS, type PathLink, pathTo, type Showing } from '../paths/explain.js';
import { HeapView } from '../paths/heap-view.js';
import { findHolders } from '../paths/holder-tree.js';
import { LinkReader } from '../paths/links.js';
import { PathTable } from '../paths/path-table.js';
import { findProgramRoots } from '../paths/program-roots.js';

/** Memory outside of the heap whose holders have paths that are alike. */
export interface BufferCluster {
  /** The class of the nearest object of the path that is more than a container or a view; else the name of the path's root. */
  readonly owner: string;
  /** Stores; one that several objects share counts once. */
  readonly count: number;
  /** Bytes outside of the heap. */
  readonly size: number;
  /** Bytes that would be free without their holders: those, the stores that nobody else holds, and what else the holders hold. */
  readonly retained: number;
  /** The shortest path from a root to an object that holds such memory. */
  readonly path: readonly PathLink[];
}

interface Stores {
  /** Bytes outside of the heap. */
  readonly size: number;
  readonly count: number;
}

/** Who holds the memory outside of the heap. */
export interface BufferHolders extends Stores {
  /** What no object holds: V8 or Node itself, or what is free and not yet collected. */
  readonly unheld: Stores;
  readonly clusterCount: number;
  /** The largest first; at most as many as were asked for. */
  readonly clusters: readonly BufferCluster[];
}

const NONE: Stores = { size: 0, count: 0 };
/** Types that hold memory for somebody else. */
const FOR_OTHERS = /^(?:(?:Shared)?ArrayBuffer|Buffer|DataView|(?:Big)?(?:Ui|I)nt\w*Array|Float\w*Array|Array|Map|Set|Object)$/;

/**
 * One plain heap snapshot tells: an ArrayBuffer holds its backing store, a zlib stream its memory.
 *
 * @throws ProfileTooLargeError if there is not enough memory
 */
export function explainBuffers(graph: HeapGraph, options: ExplainOptions): BufferHolders {
  return withMemory(FOR_PATHS, () => holdersOf(graph, options));
}

function holdersOf(graph: HeapGraph, { placeOf, originalOf = (place) => place, top }: ExplainOptions): BufferHolders {
  const { held, unowned } = storesByOwner(graph);
  const view = new HeapView(columnsOf(graph));
  const tree = findHolders(view, findProgramRoots(view), null);
  const { clusters } = clusterByPath(graph, [...held.keys()], { paths: new PathTable(view, tree), tree });
  const sums = clusters.map((cluster) => ({ cluster, ...sumOf(cluster.nodes.map((node) => held.get(node)!)) }));
  const all = sumOf([...held.values(), unowned]);
  const reached = sumOf(sums);
  const showing: Showing = {
    graph,
    common: new CommonDominators(graph),
    reader: new LinkReader(view, tree, { locationOf: (node) => graph.location(node), originalOf }),
    placeOf: (node) => {
      const place = placeOf(node);
      return place === null ? null : originalOf(place);
    },
  };
  return {
    ...all,
    unheld: { size: all.size - reached.size, count: all.count - reached.count },
    clusterCount: clusters.length,
    clusters: sums
      .sort((a, b) => b.size - a.size)
      .slice(0, top)
      .map(({ cluster, size, count }) => ({ ...shownCluster(cluster, showing), size, count })),
  };
}

/** Each store counts for the oldest of its owners. */
function storesByOwner(graph: HeapGraph): { held: Map<number, Stores>; unowned: Stores } {
  const { nodes, edges } = columnsOf(graph);
  const owners = offHeapOwners(nodes, edges);
  const isOffHeap = offHeapTypes(nodes);
  const held = new Map<number, Stores>();
  let unowned = NONE;
  for (let node = 0; node < nodes.length; node++) {
    if (isOffHeap[nodes.type[node]!] === 0) continue;
    const size = graph.selfSize(node);
    if (size === 0) continue;
    const owner = owners[node]!;
    if (owner === NO_OWNER) unowned = sumOf([unowned, { size, count: 1 }]);
    else held.set(owner, sumOf([held.get(owner) ?? NONE, { size, count: 1 }]));
  }
  return { held, unowned };
}

function sumOf(stores: Iterable<Stores>): Stores {
  let [size, count] = [0, 0];
  for (const each of stores) {
    size += each.size;
    count += each.count;
  }
  return { size, count };
}

function shownCluster(cluster: NodeCluster, showing: Showing): Omit<BufferCluster, keyof Stores> {
  const path = pathTo(cluster.first, new Set(showing.common.of(cluster.nodes)), showing);
  const owner = path.findLast(({ type, edge }) => edge !== '' && !FOR_OTHERS.test(type));
  return { owner: owner?.type ?? path[0]?.name ?? '', retained: cluster.retained, path };
}
