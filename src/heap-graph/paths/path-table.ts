import { RowInterner } from '../../model/row-interner.js';
import type { HeapView } from './heap-view.js';
import { type HolderTree, NOBODY } from './holder-tree.js';

/** The longest group of links that is recognised when it repeats: the links of a list, or from a node of a tree to its child. */
export const LONGEST_PERIOD = 6;
const ANY = 0;
/** Instead of the name of an edge. */
const KEY = 0xffff_ffff;
const NOT_YET = 0xffff_fffe;

/**
 * Numbers for paths, the same for paths that are alike: the same types and the same names of edges, with all indexes and keys taken as one, and each
 * repeated group of links as one link. Nothing is made per object but a number.
 */
export class PathTable {
  readonly #view: HeapView;
  readonly #tree: HolderTree;
  /** By node. */
  readonly #path: Uint32Array;
  readonly #links = new RowInterner();
  readonly #steps = new RowInterner();
  /** By step, which is a path and one more link: the path that results. */
  readonly #results: number[] = [];
  /** By path. */
  readonly #before: number[] = [];
  readonly #last: number[] = [];
  readonly #row = new Uint32Array(5);
  readonly #plain: Uint8Array;

  constructor(view: HeapView, tree: HolderTree) {
    this.#view = view;
    this.#tree = tree;
    this.#path = new Uint32Array(view.nodes.length).fill(NOT_YET);
    this.#plain = Uint8Array.from(view.nodes.types, (type) => (isValue(type) ? 1 : 0));
  }

  /** The number of the path to this node; NOBODY if nothing holds it. */
  pathTo(node: number): number {
    const { holder, rank } = this.#tree;
    if (rank[node] === NOBODY) return NOBODY;
    const open: number[] = [];
    let at = node;
    for (; this.#path[at] === NOT_YET; at = holder[at]!) {
      open.push(at);
      if (holder[at] === NOBODY) break;
    }
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const parent = holder[next]!;
      const before = parent === NOBODY ? NOBODY : this.#path[parent]!;
      this.#path[next] = this.#append(before, this.#linkTo(next));
    }
    return this.#path[node]!;
  }

  #append(before: number, link: number): number {
    this.#row[0] = before;
    this.#row[1] = link;
    const step = this.#steps.intern(this.#row, 0, 2);
    if (step === this.#results.length) this.#results.push(this.#repeated(before, link) ?? this.#newPath(before, link));
    return this.#results[step]!;
  }

  #newPath(before: number, link: number): number {
    this.#before.push(before);
    return this.#last.push(link) - 1;
  }

  /** If the last links would be a repetition of those before them, the path that ends with the first occurrence; otherwise null. */
  #repeated(before: number, link: number): number | null {
    const links = [link];
    const paths: number[] = [];
    for (let at = before; at !== NOBODY && links.length < 2 * LONGEST_PERIOD; at = this.#before[at]!) {
      links.push(this.#last[at]!);
      paths.push(at);
    }
    for (let period = 1; 2 * period <= links.length; period++) {
      let same = 0;
      while (same < period && links[same] === links[same + period]) same++;
      if (same === period) return paths[period - 1]!;
    }
    return null;
  }

  /** The number of the kind of the last link of the path to this node. */
  #linkTo(node: number): number {
    const { nodes } = this.#view;
    const row = this.#row;
    row[0] = nodes.type[node]!;
    row[1] = this.#classOf(node);
    row[2] = ANY;
    row[3] = ANY;
    const holder = this.#tree.holder[node]!;
    row[4] = holder === NOBODY ? this.#startOf(node) : NOBODY;
    if (holder !== NOBODY) this.#nameEdge(holder, node);
    return this.#links.intern(row, 0, 5);
  }

  /** All timers are alike, and all handles of a class. Of modules and their scopes, each is one of its own. */
  #startOf(node: number): number {
    const kind = this.#tree.roots.get(node)?.kind;
    return kind === 'timer' || kind === 'immediate' || kind === 'handle' ? NOBODY - 1 : node;
  }

  #nameEdge(holder: number, node: number): void {
    const { nodes, edges } = this.#view;
    const edge = this.#tree.via[node]!;
    const type = this.#view.edgeType(edge);
    this.#row[2] = 1 + edges.types.indexOf(type);
    // A left or a right child, a parent or a sibling: links between objects of one class are one kind of link.
    if (nodes.name[holder] === nodes.name[node] && nodes.type[holder] === nodes.type[node] && this.#view.nodeWord(node) === 'other') return;
    if (!this.#view.isNamed(edge)) {
      if (type === 'hidden' && this.#view.nodeWord(holder) === 'system / Context') this.#row[3] = 1 + edges.nameOrIndex[edge]!; // a variable of a block
      return;
    }
    const word = this.#view.edgeWord(edge);
    if (word === 'index') {
      if (this.#view.isKeyOfMap(holder, edge)) this.#row[3] = KEY;
      return;
    }
    if (word === 'ephemeron' || (type === 'property' && this.#view.isDictionary(holder))) return;
    this.#row[3] = 1 + edges.nameOrIndex[edge]!;
  }

  /** Functions are alike if their code is the same, contexts if their variables are. Strings and numbers all are. */
  #classOf(node: number): number {
    const { nodes } = this.#view;
    if (this.#plain[nodes.type[node]!] === 1) return ANY;
    const type = this.#view.nodeType(node);
    if (type === 'closure') return 1 + Math.max(0, this.#view.target(node, 'shared'));
    if (type === 'object' && this.#view.nodeWord(node) === 'system / Context')
      return 1 + Math.max(0, this.#view.target(node, 'scope_info'));
    return 1 + nodes.name[node]!;
  }
}

/** Types of nodes whose name is their value. */
function isValue(type: string): boolean {
  return type.endsWith('string') || type === 'number' || type === 'bigint' || type === 'symbol' || type === 'regexp';
}
