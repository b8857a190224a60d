/** Kinds that V8 tells apart by how a string is stored. */
const STRINGS: ReadonlySet<string> = new Set(['string', 'concatenated string', 'sliced string']);

/** What kind of node it is: `named` ones are told apart by their names, `offHeap` ones are memory outside of V8's heap, by their names too. */
export type NodeKind = 'plain' | 'named' | 'offHeap';

/**
 * Kinds of nodes by V8's own names. The nodes of an embedder are `native`, or `synthetic` where they are roots of their own (as Node's zlib
 * streams in use are); V8's own synthetic roots have no size.
 */
export function nodeKind(type: string): NodeKind {
  if (type === 'object') return 'named';
  return type === 'native' || type === 'synthetic' ? 'offHeap' : 'plain';
}

/** Numbers the types of the objects: one for each name of a named node, one for each kind of the others. */
export class TypeTable {
  readonly #byName = new Map<number, number>();
  readonly #byKind: readonly string[];

  /** @param nodeTypes the kinds that the snapshot has; they have the first numbers */
  constructor(nodeTypes: readonly string[]) {
    this.#byKind = nodeTypes.map((type) => `(${STRINGS.has(type) ? 'string' : type})`);
  }

  /** The number of the type with that name. */
  named(string: number): number {
    let type = this.#byName.get(string);
    if (type === undefined) {
      type = this.#byKind.length + this.#byName.size;
      this.#byName.set(string, type);
    }
    return type;
  }

  /** The strings that are types' names. */
  names(): Iterable<number> {
    return this.#byName.keys();
  }

  /** The types' texts, each once, and which of them each number stands for. */
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
