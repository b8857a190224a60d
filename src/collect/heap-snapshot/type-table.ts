/** Node types that differ only in how V8 stores a string. */
const STRINGS: ReadonlySet<string> = new Set(['string', 'concatenated string', 'sliced string']);

/** `named` nodes are distinguished by their names. So are `offHeap` nodes, which are memory outside of V8's heap. */
export type NodeKind = 'plain' | 'named' | 'offHeap';

/**
 * The kind of a node by V8's name of its type. Nodes of an embedder are `native`, or `synthetic` if they are roots (as Node's zlib streams
 * are while in use). V8's own synthetic roots have no size.
 */
export function nodeKind(type: string): NodeKind {
  if (type === 'object') return 'named';
  return type === 'native' || type === 'synthetic' ? 'offHeap' : 'plain';
}

/** Numbers the types of the objects: one for each name of a named node, and one for each type of other nodes. */
export class TypeTable {
  readonly #byName = new Map<number, number>();
  readonly #byKind: readonly string[];

  /** @param nodeTypes the types in the snapshot, which get the first numbers */
  constructor(nodeTypes: readonly string[]) {
    this.#byKind = nodeTypes.map((type) => `(${STRINGS.has(type) ? 'string' : type})`);
  }

  /** The number of the type with this name. */
  named(string: number): number {
    let type = this.#byName.get(string);
    if (type === undefined) {
      type = this.#byKind.length + this.#byName.size;
      this.#byName.set(string, type);
    }
    return type;
  }

  /** The strings that are names of types. */
  names(): Iterable<number> {
    return this.#byName.keys();
  }

  /** The distinct texts of the types, and for each number the index of its text. */
  build(text: (string: number) => string): { types: string[]; final: Uint32Array } {
    const all = [...this.#byKind, ...Array.from(this.#byName.keys(), text)];
    const places = new Map<string, number>();
    const final = Uint32Array.from(all, (name) => {
      if (!places.has(name)) places.set(name, places.size);
      return places.get(name)!;
    });
    return { types: [...places.keys()], final };
  }
}
