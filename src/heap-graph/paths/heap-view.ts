import { type EdgeColumns, type GraphColumns, HOLDS_NOTHING, hasIndex, type NodeColumns, TYPE_BITS } from '../columns/graph-columns.js';
import { hashTableOf } from './hash-tables.js';
import { type HeapWord, HeapWords } from './heap-words.js';

export const NONE = -1;
/** An object with more edges than this is taken for a dictionary. */
const MOST_NAMES = 40;

/** A heap as V8 and Node build it: functions, their variables, their files. */
export class HeapView {
  readonly nodes: NodeColumns;
  readonly edges: EdgeColumns;
  readonly words: HeapWords;
  readonly #columns: GraphColumns;
  /** By type of an edge: 1 if it has an index instead of a name. */
  readonly #isIndexed: Uint8Array;

  constructor(columns: GraphColumns) {
    this.#columns = columns;
    this.nodes = columns.nodes;
    this.edges = columns.edges;
    this.words = new HeapWords(columns.strings);
    this.#isIndexed = Uint8Array.from(columns.edges.types, (type) => (hasIndex(type) ? 1 : 0));
  }

  text(string: number): string {
    return this.#columns.strings.text(string);
  }

  nodeType(node: number): string {
    return this.nodes.types[this.nodes.type[node]!]!;
  }

  nodeName(node: number): string {
    return this.text(this.nodes.name[node]!);
  }

  nodeWord(node: number): HeapWord {
    return this.words.of(this.nodes.name[node]!);
  }

  edgeType(edge: number): string {
    return this.edges.types[this.edges.type[edge]! & TYPE_BITS]!;
  }

  isNamed(edge: number): boolean {
    return this.#isIndexed[this.edges.type[edge]! & TYPE_BITS] === 0;
  }

  /** The name of the property or variable; the index of an element as text. */
  edgeName(edge: number): string {
    const name = this.edges.nameOrIndex[edge]!;
    return this.isNamed(edge) ? this.text(name) : `${name}`;
  }

  edgeWord(edge: number): HeapWord {
    return this.isNamed(edge) ? this.words.of(this.edges.nameOrIndex[edge]!) : 'index';
  }

  /** Edges that hold nothing are among them. */
  *edgesOf(node: number): Generator<number> {
    const end = this.nodes.firstEdge[node + 1]!;
    for (let edge = this.nodes.firstEdge[node]!; edge < end; edge++) yield edge;
  }

  holds(edge: number): boolean {
    return this.edges.type[edge]! < HOLDS_NOTHING;
  }

  /** The node to which the first edge with this name leads, or NONE. */
  target(node: number, word: HeapWord): number {
    const end = this.nodes.firstEdge[node + 1]!;
    for (let edge = this.nodes.firstEdge[node]!; edge < end; edge++) if (this.edgeWord(edge) === word) return this.edges.to[edge]!;
    return NONE;
  }

  /** Whether the edge leads from the hash table of a Map to a key. */
  isKeyOfMap(table: number, edge: number): boolean {
    if (this.nodeType(table) !== 'array' || this.edgeWord(edge) !== 'index') return false;
    const { small, large } = this.nodes.selfSize;
    const shape = hashTableOf(large.get(table) ?? small[table]!);
    return shape?.kind === 'Map' && (Number(this.edgeName(edge)) - shape.first) % shape.width === 0;
  }

  /** Whether the keys of a plain object are data, as those of a Map, and not names in a program. */
  isDictionary(node: number): boolean {
    const { firstEdge } = this.nodes;
    return firstEdge[node + 1]! - firstEdge[node]! > MOST_NAMES && this.nodeWord(node) === 'Object';
  }

  /** The script of a function, by its file; null for V8's own functions. */
  scriptOf(closure: number): string | null {
    const shared = this.target(closure, 'shared');
    if (shared === NONE) return null;
    const script = this.target(shared, 'script');
    // V8 11 (Node 18) calls it so.
    const node = script === NONE ? this.target(shared, 'script_or_debug_info') : script;
    return node === NONE || this.nodeType(node) !== 'code' ? null : this.nodeName(node) || null;
  }

  /**
   * The names of the variables of a context, in V8's order; after them that of the function to which it belongs, which a block has not. The name of
   * a module's function is empty.
   */
  namesOf(context: number): string[] {
    const info = this.target(context, 'scope_info');
    if (info === NONE) return [];
    const isString = (edge: number) => this.edgeType(edge) === 'hidden' && this.nodeType(this.edges.to[edge]!) === 'string';
    return [...this.edgesOf(info)].filter(isString).map((edge) => this.nodeName(this.edges.to[edge]!));
  }
}
