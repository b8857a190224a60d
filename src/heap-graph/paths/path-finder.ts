import { compilePattern } from '../../text/fnmatch.js';
import type { Heap } from '../heap/heap.js';
import { type Clustered, clusterByPath, type NodeCluster } from './clusters.js';
import { CommonDominators } from './common-dominators.js';
import type { PlaceOf } from './find-nodes.js';
import { HeapView } from './heap-view.js';
import { findHolders, type HolderTree, type IgnoresEdge } from './holder-tree.js';
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

/** An object that alone keeps others alive. */
export interface Dominator {
  readonly type: string;
  readonly id: number;
  readonly retained: number;
}

interface ShownCluster {
  readonly path: readonly PathLink[];
  readonly dominators: readonly Dominator[];
}

export interface PathOptions {
  readonly placeOf?: PlaceOf;
  /** The place in the source from which a script was compiled. */
  readonly originalOf?: (place: HeapPlace) => HeapPlace;
  /** Patterns for names of links that are to be left out as if they held nothing: `cache`, `Session.user`, `*History*`. */
  readonly ignoreEdges?: readonly string[];
}

const MOST_DOMINATORS = 5;
/** Nodes of V8's own, which nobody could change. */
const OF_V8 = new Set(['hidden', 'code', 'object shape', 'synthetic', 'array']);

/** Finds the paths to the objects of a heap. What all questions need is worked out once, in time proportional to the heap. */
export class PathFinder {
  readonly #heap: Heap;
  readonly #tree: HolderTree;
  readonly #paths: PathTable;
  readonly #reader: LinkReader;
  readonly #placeOf: PlaceOf;
  #common: CommonDominators | null = null;

  constructor(heap: Heap, { placeOf = () => null, originalOf = (place) => place, ignoreEdges = [] }: PathOptions = {}) {
    const view = new HeapView(heap.columns);
    this.#heap = heap;
    this.#tree = findHolders(view, findProgramRoots(view), ignoreEdges.length === 0 ? null : ignoring(view, ignoreEdges));
    this.#paths = new PathTable(view, this.#tree);
    this.#reader = new LinkReader(view, this.#tree, { locationOf: (node) => heap.location(node), originalOf });
    this.#placeOf = (node) => {
      const place = placeOf(node);
      return place === null ? null : originalOf(place);
    };
  }

  /** A number that is the same for all objects whose paths are alike. */
  kindOfPath(node: number): number {
    return this.#paths.pathTo(node);
  }

  linksTo(node: number): Link[] {
    return this.#reader.linksTo(node);
  }

  clusters(nodes: readonly number[]): Clustered {
    return clusterByPath(this.#heap, nodes, { paths: this.#paths, tree: this.#tree });
  }

  /** The shortest path of a cluster, and what alone keeps all of it alive, the nearest first. */
  show({ nodes, first }: NodeCluster): ShownCluster {
    this.#common ??= new CommonDominators(this.#heap);
    const heap = this.#heap;
    const dominators = this.#common.of(nodes);
    return {
      path: this.#pathTo(first, new Set(dominators)),
      dominators: dominators
        .filter((node) => !OF_V8.has(heap.type(node)))
        .slice(0, MOST_DOMINATORS)
        .map((node) => ({ type: this.#reader.typeOf(node), id: heap.id(node), retained: heap.retainedSize(node) })),
    };
  }

  #pathTo(node: number, dominating: ReadonlySet<number>): PathLink[] {
    const heap = this.#heap;
    return this.#reader.linksTo(node).map(
      ({ node: linked, ...link }: Link): PathLink => ({
        ...link,
        id: heap.id(linked),
        size: heap.selfSize(linked),
        retained: heap.retainedSize(linked),
        place: this.#placeOf(linked),
        dominates: dominating.has(linked),
      }),
    );
  }
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
