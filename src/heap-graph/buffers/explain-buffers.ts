import { NO_OWNER, offHeapOwners, offHeapTypes } from '../census/off-heap-owners.js';
import { withMemory } from '../columns/memory.js';
import type { Heap } from '../heap/heap.js';
import { type ExplainOptions, FOR_PATHS } from '../paths/explain.js';
import { placeInSnapshot } from '../paths/find-nodes.js';
import { PathFinder, type PathLink } from '../paths/path-finder.js';

/** Memory outside of the heap whose holders have paths that are alike. */
export interface BufferCluster {
  /** `main`, or the worker thread. Left out if the heap is that of a file. */
  readonly thread?: string;
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

/** Only the shortest paths are shown. */
export type BufferOptions = Omit<ExplainOptions, 'ignoreEdges'>;

const NONE: Stores = { size: 0, count: 0 };
/** Types that hold memory for somebody else. */
const FOR_OTHERS = /^(?:(?:Shared)?ArrayBuffer|Buffer|DataView|(?:Big)?(?:Ui|I)nt\w*Array|Float\w*Array|Array|Map|Set|Object)$/;

/**
 * One plain heap snapshot tells: an ArrayBuffer holds its backing store, a zlib stream its memory.
 *
 * @throws ProfileTooLargeError if there is not enough memory
 */
export function explainBuffers(heap: Heap, options: BufferOptions): BufferHolders {
  return withMemory(FOR_PATHS, () => holdersOf(heap, options));
}

function holdersOf(heap: Heap, { placeOf = placeInSnapshot(heap), top, ...options }: BufferOptions): BufferHolders {
  const { held, unowned } = storesByOwner(heap);
  const finder = new PathFinder(heap, { ...options, placeOf });
  const { clusters } = finder.clusters([...held.keys()]);
  const sums = clusters.map((cluster) => ({ cluster, ...sumOf(cluster.nodes.map((node) => held.get(node)!)) }));
  const all = sumOf([...held.values(), unowned]);
  const reached = sumOf(sums);
  return {
    ...all,
    unheld: { size: all.size - reached.size, count: all.count - reached.count },
    clusterCount: clusters.length,
    clusters: sums
      .sort((a, b) => b.size - a.size)
      .slice(0, top)
      .map(({ cluster, size, count }) => {
        const { path } = finder.show(cluster);
        return { owner: ownerOf(path), retained: cluster.retained, path, size, count };
      }),
  };
}

/** Each store counts for the oldest of its owners. */
function storesByOwner(heap: Heap): { held: Map<number, Stores>; unowned: Stores } {
  const { nodes, edges } = heap.columns;
  const owners = offHeapOwners(nodes, edges);
  const isOffHeap = offHeapTypes(nodes);
  const held = new Map<number, Stores>();
  let unowned = NONE;
  for (let node = 0; node < nodes.length; node++) {
    if (isOffHeap[nodes.type[node]!] === 0) continue;
    const size = heap.selfSize(node);
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

function ownerOf(path: readonly PathLink[]): string {
  return path.findLast(({ type, edge }) => edge !== '' && !FOR_OTHERS.test(type))?.type ?? path[0]?.name ?? '';
}
