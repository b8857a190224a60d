import { withMemory } from '../columns/memory.js';
import type { Heap } from '../heap/heap.js';
import { placeInSnapshot } from './find-nodes.js';
import { type Dominator, PathFinder, type PathLink, type PathOptions } from './path-finder.js';
import { findWhat, type WhatInHeap } from './what.js';

/** Objects whose paths are alike: the same types and the same names, whatever the indexes and keys. */
export interface HeldCluster {
  /** `main`, or the worker thread. Left out if the heap is that of a file. */
  readonly thread?: string;
  readonly count: number;
  /** Bytes of the objects themselves. */
  readonly size: number;
  /** Bytes that would be free without them. */
  readonly retained: number;
  /** The shortest of their paths, from a root to the object. */
  readonly path: readonly PathLink[];
  /** What alone keeps all of them alive, the nearest first: one of these would have to let go. */
  readonly dominators: readonly Dominator[];
}

/** Why objects are alive. */
export interface Explanation {
  readonly count: number;
  readonly size: number;
  readonly retained: number;
  /** Objects that nothing holds: garbage that V8 has not collected yet. */
  readonly unheld: number;
  /** How many clusters there are. */
  readonly clusterCount: number;
  /** The largest first; at most as many as were asked for. */
  readonly clusters: readonly HeldCluster[];
}

export interface WhyOptions extends Pick<PathOptions, 'ignoreEdges'> {
  /** At most so many clusters. All if it is left out. */
  readonly top?: number;
}

export interface HeapWhyOptions extends WhyOptions, Pick<PathOptions, 'originalOf'> {}

export interface ExplainOptions extends HeapWhyOptions, Pick<PathOptions, 'placeOf'> {}

/** For the message that there is not enough memory. */
export const FOR_PATHS = 'for paths';

/** @throws UsageError if there is no such object, ProfileTooLargeError if there is not enough memory */
export function explainWhat(heap: Heap, what: WhatInHeap, options: ExplainOptions): Explanation {
  const { placeOf = placeInSnapshot(heap) } = options;
  return explainer(heap, { ...options, placeOf })(findWhat(heap, what, placeOf));
}

type Explain = (nodes: readonly number[]) => Explanation;

/**
 * For several questions about one heap: what they share is worked out once. The work is proportional to the size of the heap, whatever the number
 * of nodes.
 *
 * @throws ProfileTooLargeError if there is not enough memory; so does the function that it returns
 */
export function explainer(heap: Heap, { top, ...options }: ExplainOptions): Explain {
  const finder = withMemory(FOR_PATHS, () => new PathFinder(heap, options));
  return (nodes) => withMemory(FOR_PATHS, () => explained(nodes, { heap, finder, top }));
}

interface Explaining {
  readonly heap: Heap;
  readonly finder: PathFinder;
  readonly top: number | undefined;
}

function explained(nodes: readonly number[], { heap, finder, top }: Explaining): Explanation {
  const { clusters, retained, unheld } = finder.clusters(nodes);
  let size = 0;
  for (const node of nodes) size += heap.selfSize(node);
  return {
    count: nodes.length,
    size,
    retained,
    unheld,
    clusterCount: clusters.length,
    clusters: clusters.slice(0, top).map((cluster) => ({
      count: cluster.nodes.length,
      size: cluster.size,
      retained: cluster.retained,
      ...finder.show(cluster),
    })),
  };
}
