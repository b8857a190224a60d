import { HOLDS_NOTHING, ROOT, TYPE_BITS } from '../columns/graph-columns.js';
import type { HeapView } from './heap-view.js';
import type { ProgramRoot } from './program-roots.js';

export const NOBODY = 0xffff_ffff;

/** By node: what holds it most closely, as a programmer sees it. */
export interface HolderTree {
  /** The node that holds this one; NOBODY for roots of the program and for what is not held. */
  readonly holder: Uint32Array;
  /** The edge from the holder. */
  readonly via: Uint32Array;
  /** Grows with the length of the path; NOBODY for what is not held. */
  readonly rank: Uint32Array;
  readonly roots: ReadonlyMap<number, ProgramRoot>;
}

/** Whether the edge is to be left out, as if it held nothing. */
export type IgnoresEdge = (holder: number, edge: number) => boolean;

/**
 * Breadth-first, from the roots of the program all at once. What they do not lead to comes later: first what V8's roots lead to, then what only V8's
 * descriptions of code and shapes hold, and last the variables of functions that run at the moment.
 */
export function findHolders(view: HeapView, roots: readonly ProgramRoot[], ignores: IgnoresEdge | null): HolderTree {
  const { length } = view.nodes;
  const search = new Search(view, ignores, {
    holder: new Uint32Array(length).fill(NOBODY),
    via: new Uint32Array(length),
    rank: new Uint32Array(length).fill(NOBODY),
  });
  for (const { node } of roots) search.add(node);
  search.spread('names');
  search.add(ROOT);
  search.spread('names');
  search.spread('all');
  search.addStackRoots();
  search.spread('all');
  return { ...search.found, roots: new Map(roots.map((root) => [root.node, root])) };
}

type Found = Omit<HolderTree, 'roots'>;

class Search {
  readonly found: Found;
  readonly #view: HeapView;
  readonly #ignores: IgnoresEdge | null;
  readonly #queue: Uint32Array;
  /** By type of a node: 1 for code and shapes. */
  readonly #isLate: Uint8Array;
  /** By type of an edge: 1 for what has a name in the program. */
  readonly #isOfProgram: Uint8Array;
  #length = 0;
  #next = 0;
  #reached: 'names' | 'all' = 'names';
  readonly #stackRoots: ReadonlySet<number>;
  #hasStackRoots = false;

  constructor(view: HeapView, ignores: IgnoresEdge | null, found: Found) {
    this.#view = view;
    this.#ignores = ignores;
    this.found = found;
    this.#queue = new Uint32Array(view.nodes.length);
    this.#isLate = Uint8Array.from(view.nodes.types, (type) => (type === 'code' || type === 'object shape' ? 1 : 0));
    this.#isOfProgram = Uint8Array.from(view.edges.types, (type) => (['property', 'context', 'element'].includes(type) ? 1 : 0));
    this.#stackRoots = stackRootsOf(view);
  }

  add(node: number): void {
    if (this.found.rank[node] !== NOBODY) return;
    this.found.rank[node] = this.#length;
    this.#queue[this.#length++] = node;
  }

  /** Lets what the stack holds be reached. */
  addStackRoots(): void {
    this.#hasStackRoots = true;
    this.#next = 0;
  }

  /** Goes on until nothing new is reached. With `all`, code and shapes are reached, too. */
  spread(reach: 'names' | 'all'): void {
    if (reach !== this.#reached) this.#next = 0; // what was left out until now
    this.#reached = reach;
    for (; this.#next < this.#length; this.#next++) {
      const node = this.#queue[this.#next]!;
      // Names of the program say more than V8's own edges to the same object.
      this.#follow(node, 1);
      this.#follow(node, 0);
    }
  }

  #follow(node: number, isOfProgram: 0 | 1): void {
    const { nodes, edges } = this.#view;
    const { holder, via, rank } = this.found;
    const end = nodes.firstEdge[node + 1]!;
    for (let edge = nodes.firstEdge[node]!; edge < end; edge++) {
      const type = edges.type[edge]!;
      const to = edges.to[edge]!;
      if (type >= HOLDS_NOTHING || this.#isOfProgram[type & TYPE_BITS] !== isOfProgram || rank[to] !== NOBODY) continue;
      if (this.#reached === 'names' && this.#isLate[nodes.type[to]!] === 1) continue;
      if (!this.#hasStackRoots && this.#stackRoots.has(to)) continue;
      if (this.#ignores?.(node, edge)) continue;
      holder[to] = node;
      via[to] = edge;
      rank[to] = this.#length;
      this.#queue[this.#length++] = to;
    }
  }
}

/** Two edges below the root. */
function stackRootsOf(view: HeapView): Set<number> {
  const found = new Set<number>();
  for (const first of view.edgesOf(ROOT)) {
    for (const second of view.edgesOf(view.edges.to[first]!)) {
      const node = view.edges.to[second]!;
      if (view.nodeType(node) === 'synthetic' && view.nodeWord(node) === '(Stack roots)') found.add(node);
    }
  }
  return found;
}
