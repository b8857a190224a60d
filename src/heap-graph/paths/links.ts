import { ROOT } from '../columns/graph-columns.js';
import { type HeapView, NONE } from './heap-view.js';
import { type HolderTree, NOBODY } from './holder-tree.js';
import { ENTRY, emitterOf, KEY, nameBehind, propertyName, rootName, type Step, stepName } from './link-names.js';
import { type HeapPlace, NodeText, type NodeTextOptions } from './node-text.js';
import { LONGEST_PERIOD } from './path-table.js';

/** A link of a path as a programmer sees it: what V8 and Node put in between is left out. */
export interface Link {
  /** The object to which the link leads. */
  readonly node: number;
  /** The name of the edge in the heap snapshot; `[]` for indexes and keys. Empty for the root of the path. */
  readonly edge: string;
  /** `global.cache`, `Session.user`, `variable seen`, `entry`, `EventEmitter 'message' listener`. */
  readonly name: string;
  /** The class of the object; for a function its name and place. */
  readonly type: string;
  readonly function: HeapPlace | null;
  /** How often a group of links that ends here stands in the path in sequence. */
  readonly repeats: number;
}

/** A path keeps so many links of its beginning and of its end. */
const MOST_AT_END = 50;
/** Nodes that no program sees. */
const UNSEEN = new Set(['array', 'hidden', 'code', 'object shape', 'synthetic']);

/** The links from a root to the node. Without recursion: a list may have ten million nodes. */
export class LinkReader {
  readonly #view: HeapView;
  readonly #tree: HolderTree;
  readonly #text: NodeText;

  constructor(view: HeapView, tree: HolderTree, options: NodeTextOptions) {
    this.#view = view;
    this.#tree = tree;
    this.#text = new NodeText(view, options);
  }

  linksTo(node: number): Link[] {
    const { holder } = this.#tree;
    let length = 0;
    for (let at = node; at !== NOBODY; at = holder[at]!) length++;
    const chain = new Uint32Array(length);
    for (let at = node; at !== NOBODY; at = holder[at]!) chain[--length] = at;
    const links: Link[] = [];
    const path = new PathInMaking(this.#view, this.#text, this.#tree);
    path.begin(chain[0]!, chain.length === 1, (link) => keep(links, link));
    for (let i = 1; i < chain.length; i++) path.add(chain[i]!, i === chain.length - 1, (link) => keep(links, link));
    return links;
  }

  typeOf(node: number): string {
    return this.#text.type(node);
  }
}

type Keep = (link: Link) => void;

/** Walks along a path and remembers what the nodes that no program sees say about the next one. */
class PathInMaking {
  readonly #view: HeapView;
  readonly #text: NodeText;
  readonly #tree: HolderTree;
  #previous = ROOT;
  /** What the next link is called. */
  #behind: string | undefined;
  /** The event emitter whose listeners come next, and the event. */
  #emitter = NONE;
  #event: string | undefined;

  constructor(view: HeapView, text: NodeText, tree: HolderTree) {
    this.#view = view;
    this.#text = text;
    this.#tree = tree;
  }

  begin(node: number, isLast: boolean, keep: Keep): void {
    this.#previous = node;
    const root = this.#tree.roots.get(node);
    if (!isLast && (root === undefined || root.kind === 'global')) return;
    keep(this.#link(node, { edge: '', name: root === undefined ? '' : rootName(root) }));
  }

  add(node: number, isLast: boolean, keep: Keep): void {
    const step: Step = { holder: this.#previous, edge: this.#tree.via[node]!, node };
    this.#previous = node;
    const emitter = emitterOf(this.#view, step);
    if (emitter !== NONE && !isLast) {
      this.#emitter = emitter;
      return;
    }
    // A table of V8's that is itself asked for is no entry of the Map that owns it.
    const name = isLast && UNSEEN.has(this.#view.nodeType(node)) ? stepName(this.#view, this.#text, step) : this.#nameOf(step);
    if (!isLast && this.#isUnseen(step)) return;
    this.#behind = undefined;
    this.#emitter = NONE;
    this.#event = undefined;
    keep(this.#link(node, { edge: edgeText(this.#view, step.edge), name }));
  }

  #nameOf(step: Step): string {
    const { holder, edge } = step;
    if (this.#tree.roots.get(holder)?.kind === 'global') return propertyName('global', this.#view.edgeName(edge));
    if (this.#emitter !== NONE) {
      this.#event ??= this.#view.edgeName(edge);
      return `${this.#text.owner(this.#emitter)} '${this.#event}' listener`;
    }
    this.#behind = nameBehind(this.#view, step) ?? this.#behind;
    if (this.#behind === ENTRY && this.#view.isKeyOfMap(holder, edge)) this.#behind = KEY;
    return this.#behind ?? this.#rootOfV8(step) ?? stepName(this.#view, this.#text, step);
  }

  /** What V8 itself holds. */
  #rootOfV8({ holder }: Step): string | undefined {
    if (this.#view.nodeType(holder) !== 'synthetic') return undefined;
    return this.#view.nodeWord(holder) === '(Stack roots)'
      ? 'a function that is running'
      : this.#view.nodeName(holder).replace(/^\((.*)\)$/, '$1');
  }

  #isUnseen({ node }: Step): boolean {
    if (UNSEEN.has(this.#view.nodeType(node))) return true;
    if (this.#emitter !== NONE && this.#view.nodeName(node) === 'Array') return true;
    const word = this.#view.nodeWord(node);
    return word === 'system / Context' || word === 'AsyncContextFrame' || this.#text.isContinuation(node);
  }

  #link(node: number, { edge, name }: Pick<Link, 'edge' | 'name'>): Link {
    const type = this.#text.type(node);
    return { node, edge, name: name || type, type, function: this.#text.placeOf(node), repeats: 1 };
  }
}

/** Adds the link. If the last links only repeat those before them, they take their place. */
function keep(links: Link[], link: Link): void {
  links.push(link);
  for (let period = 1; period <= LONGEST_PERIOD && 2 * period <= links.length; period++) {
    if (!isRepeated(links, period)) continue;
    const { repeats } = links[links.length - period - 1]!;
    links.splice(links.length - 2 * period, period);
    links[links.length - 1] = { ...link, repeats: repeats + 1 };
    break;
  }
  if (links.length > 2 * MOST_AT_END + 1) links.splice(MOST_AT_END, 1);
}

function isRepeated(links: readonly Link[], period: number): boolean {
  for (let i = 1; i <= period; i++) {
    const [a, b] = [links[links.length - i]!, links[links.length - i - period]!];
    if (a.name !== b.name || a.type !== b.type) return false;
  }
  return true;
}

function edgeText(view: HeapView, edge: number): string {
  const type = view.edgeType(edge);
  return type === 'element' || view.edgeWord(edge) === 'index' || view.edgeWord(edge) === 'ephemeron' ? '[]' : view.edgeName(edge);
}
