import { compilePattern } from '../../text/fnmatch.js';
import { withMemory } from '../columns/memory.js';
import { columnsOf, type HeapGraph } from '../heap-graph.js';
import { clusterByPath, type NodeCluster } from './clusters.js';
import { CommonDominators } from './common-dominators.js';
import type { PlaceOf } from './find-nodes.js';
import { HeapView } from './heap-view.js';
import { findHolders, type IgnoresEdge } from './holder-tree.js';
import { type Link, LinkReader } from './links.js';
import type { HeapPlace } from './node-text.js';
import { PathTable } from './path-table.js';
import { findProgramRoots } from './program-roots.js';

/** One link of a path, and the object to which it leads. */
export interface PathLink {
  /** The name in the heap snapshot of what leads to the object; `[]` for indexes and keys. Empty at the root of the path. */
  readonly edge: string;
  /** As a programmer names it: `global.cache`, `Session.user`, `variable seen`, `EventEmitter 'message' listener`, `module app.js`. */
  readonly name: string;
  /** The class of the object; for a function its name, file and line. */
  readonly type: string;
  /** V8's id of the object: `@id` finds it in DevTools. */
  readonly id: number;
  /** Bytes of the object itself. */
  readonly size: number;
  /** Bytes that would be free without it. */
  readonly retained: number;
  /** Where the object was allocated; null if that was not traced. */
  readonly place: HeapPlace | null;
  /** Where the function stands, if the object is one; otherwise null. */
  readonly function: HeapPlace | null;
  /** How often the links that end here stand in the path in sequence: a list of 5,000 nodes is one link with 5,000 repeats. */
  readonly repeats: number;
  /** Whether all objects of the cluster would be gone without this one. */
  readonly dominates: boolean;
}

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

export interface Dominator {
  readonly type: string;
  readonly id: number;
  readonly retained: number;
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

export interface WhyOptions {
  /** At most so many clusters. All if it is left out. */
  readonly top?: number;
  /** Patterns for names of links that are to be left out as if they held nothing: `cache`, `Session.user`, `*History*`. */
  readonly ignoreEdges?: readonly string[];
}

export interface ExplainOptions extends WhyOptions {
  readonly placeOf: PlaceOf;
  /** The place in the source from which a script was compiled. */
  readonly originalOf?: (place: HeapPlace) => HeapPlace;
}

/** For the message that there is not enough memory. */
export const FOR_PATHS = 'for paths';
const MOST_DOMINATORS = 5;
/** Nodes of V8's own, which nobody could change. */
const OF_V8 = new Set(['hidden', 'code', 'object shape', 'synthetic', 'array']);

/** Finds what holds the nodes. The work is proportional to the size of the heap, whatever the number of nodes. */
export function explain(graph: HeapGraph, nodes: readonly number[], options: ExplainOptions): Explanation {
  return explainer(graph, options)(nodes);
}

type Explain = (nodes: readonly number[]) => Explanation;

/**
 * `explain` for several questions about one heap: what they share is worked out once.
 *
 * @throws ProfileTooLargeError if there is not enough memory; so does the function that it returns
 */
export function explainer(graph: HeapGraph, options: ExplainOptions): Explain {
  const explainNodes = withMemory(FOR_PATHS, () => madeExplainer(graph, options));
  return (nodes) => withMemory(FOR_PATHS, () => explainNodes(nodes));
}

function madeExplainer(graph: HeapGraph, { placeOf, originalOf = (place) => place, top, ignoreEdges = [] }: ExplainOptions): Explain {
  const view = new HeapView(columnsOf(graph));
  const tree = findHolders(view, findProgramRoots(view), ignoreEdges.length === 0 ? null : ignoring(view, ignoreEdges));
  const paths = new PathTable(view, tree);
  const reader = new LinkReader(view, tree, { locationOf: (node) => graph.location(node), originalOf });
  const showing = { graph, reader, common: new CommonDominators(graph), placeOf: originalPlaceOf(placeOf, originalOf) };
  return (nodes) => {
    const { clusters, retained, unheld } = clusterByPath(graph, nodes, { paths, tree });
    let size = 0;
    for (const node of nodes) size += graph.selfSize(node);
    return {
      count: nodes.length,
      size,
      retained,
      unheld,
      clusterCount: clusters.length,
      clusters: clusters.slice(0, top).map((cluster) => shownCluster(cluster, showing)),
    };
  };
}

/** What it takes to show a path. */
export interface Showing {
  readonly graph: HeapGraph;
  readonly reader: LinkReader;
  readonly common: CommonDominators;
  readonly placeOf: PlaceOf;
}

function shownCluster(cluster: NodeCluster, showing: Showing): HeldCluster {
  const { graph, reader, common } = showing;
  const dominators = common.of(cluster.nodes);
  const path = pathTo(cluster.first, new Set(dominators), showing);
  return {
    count: cluster.nodes.length,
    size: cluster.size,
    retained: cluster.retained,
    path,
    dominators: dominators
      .filter((node) => !OF_V8.has(graph.type(node)))
      .slice(0, MOST_DOMINATORS)
      .map((node) => ({ type: reader.typeOf(node), id: graph.id(node), retained: graph.retainedSize(node) })),
  };
}

/** @param dominating what alone keeps all objects of the cluster alive */
export function pathTo(node: number, dominating: ReadonlySet<number>, { graph, reader, placeOf }: Showing): PathLink[] {
  return reader.linksTo(node).map(
    ({ node: linked, ...link }: Link): PathLink => ({
      ...link,
      id: graph.id(linked),
      size: graph.selfSize(linked),
      retained: graph.retainedSize(linked),
      place: placeOf(linked),
      dominates: dominating.has(linked),
    }),
  );
}

function originalPlaceOf(placeOf: PlaceOf, originalOf: (place: HeapPlace) => HeapPlace): PlaceOf {
  return (node) => {
    const place = placeOf(node);
    return place === null ? null : originalOf(place);
  };
}

/** A pattern with a dot is for the class and the name. */
function ignoring(view: HeapView, patterns: readonly string[]): IgnoresEdge {
  const matchers = patterns.map(compilePattern);
  const known = new Map<string, boolean>();
  const isIgnored = (name: string) => {
    const ignored = known.get(name) ?? matchers.some((matches) => matches(name));
    known.set(name, ignored);
    return ignored;
  };
  return (holder, edge) => {
    const type = view.edgeType(edge);
    if (type !== 'property' && type !== 'context') return false;
    const name = view.edgeName(edge);
    return isIgnored(name) || isIgnored(`${view.nodeName(holder)}.${name}`);
  };
}
