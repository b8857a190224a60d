import { type EdgeColumns, type GraphColumns, type NodeColumns, TYPE_BITS } from '../columns/graph-columns.js';
import type { StringStore } from '../columns/string-store.js';
import { hashTableOf } from '../paths/hash-tables.js';

/** How many entries a collection has. */
export interface CollectionSize {
  readonly kind: 'Map' | 'Set' | 'Array' | 'Object';
  /** Entries with at least one reference. V8 writes no edges for small integers. */
  readonly entries: number;
  /** The entries for which it has room; for an object those that it has. */
  readonly room: number;
}

/** Bytes of a slot of an array, unless a table of the same heap tells that pointers are compressed. */
const SLOT = 8;

/** Counts the entries of Maps, Sets, arrays and objects. A class that extends Map is a Map. */
export class CollectionReader {
  readonly #nodes: NodeColumns;
  readonly #edges: EdgeColumns;
  readonly #strings: StringStore;
  readonly #property: number;
  readonly #element: number;
  readonly #internal: number;
  readonly #object: number;
  readonly #array: number;
  /** By string: its place in WORDS plus one, or 0. */
  readonly #word: Uint8Array;
  /** Bytes. */
  #slot = SLOT;

  constructor({ nodes, edges, strings }: GraphColumns) {
    this.#nodes = nodes;
    this.#edges = edges;
    this.#strings = strings;
    [this.#property, this.#element, this.#internal] = ['property', 'element', 'internal'].map((type) => edges.types.indexOf(type)) as [
      number,
      number,
      number,
    ];
    this.#object = nodes.types.indexOf('object');
    this.#array = nodes.types.indexOf('array');
    this.#word = Uint8Array.from({ length: strings.length }, (_, string) => WORDS.indexOf(strings.raw(string)) + 1);
  }

  isObject(node: number): boolean {
    return this.#nodes.type[node] === this.#object;
  }

  sizeOf(node: number): CollectionSize {
    const { type, nameOrIndex, to } = this.#edges;
    const end = this.#nodes.firstEdge[node + 1]!;
    let [elements, properties] = [0, 0];
    const parts: (number | undefined)[] = [];
    for (let edge = this.#nodes.firstEdge[node]!; edge < end; edge++) {
      const kind = type[edge]! & TYPE_BITS;
      if (kind === this.#element) elements++;
      else if (kind === this.#property && this.#word[nameOrIndex[edge]!] !== PROTO) properties++;
      else if (kind === this.#internal && this.#nodes.type[to[edge]!] === this.#array) parts[this.#word[nameOrIndex[edge]!]!] = to[edge]!;
    }
    const table = parts[TABLE] === undefined ? null : this.#tableSize(parts[TABLE]);
    if (table !== null) return table;
    const named = Math.max(properties, parts[PROPERTIES] === undefined ? 0 : this.#keysOf(parts[PROPERTIES]));
    if (this.#strings.text(this.#nodes.name[node]!) !== 'Array')
      return { kind: 'Object', entries: named + elements, room: named + elements };
    const room = parts[ELEMENTS] === undefined ? 0 : Math.floor((this.#bytesOf(parts[ELEMENTS]) - 2 * this.#slot) / this.#slot);
    return { kind: 'Array', entries: elements, room: Math.max(room, elements) };
  }

  /** null if the array is no hash table of a Map or a Set. */
  #tableSize(table: number): CollectionSize | null {
    const shape = hashTableOf(this.#bytesOf(table));
    if (shape === null) return null;
    const { kind, room, first, width, slot } = shape;
    this.#slot = slot;
    return { kind, entries: this.#entriesOf(table, first, width), room };
  }

  /** The entries in which a slot holds something. */
  #entriesOf(table: number, first: number, width: number): number {
    const found = new Set<number>();
    for (const index of this.#indexesOf(table)) if (index >= first) found.add(Math.floor((index - first) / width));
    return found.size;
  }

  /** A dictionary of properties has keys, values and details in turn. Keys are never small integers, so theirs are the most edges. */
  #keysOf(dictionary: number): number {
    const counts = [0, 0, 0];
    for (const index of this.#indexesOf(dictionary)) counts[index % 3]!++;
    return Math.max(...counts);
  }

  /** The slots of an array that lead to something. V8 of Node 22 writes edges for deleted entries, to what it calls a hole. */
  *#indexesOf(array: number): Generator<number> {
    const { type, nameOrIndex, to } = this.#edges;
    const end = this.#nodes.firstEdge[array + 1]!;
    for (let edge = this.#nodes.firstEdge[array]!; edge < end; edge++) {
      if ((type[edge]! & TYPE_BITS) !== this.#internal || this.#word[this.#nodes.name[to[edge]!]!] === HOLE) continue;
      const index = Number(this.#strings.raw(nameOrIndex[edge]!));
      if (Number.isInteger(index)) yield index;
    }
  }

  #bytesOf(node: number): number {
    const { small, large } = this.#nodes.selfSize;
    return large.get(node) ?? small[node]!;
  }
}

const WORDS = ['table', 'elements', 'properties', '__proto__', 'system / Hole'];
const [TABLE, ELEMENTS, PROPERTIES, PROTO, HOLE] = [1, 2, 3, 4, 5] as const;
