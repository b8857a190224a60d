import { type EdgeColumns, type GraphColumns, hasIndex, type NodeColumns, TYPE_BITS } from '../columns/graph-columns.js';
import type { StringStore } from '../columns/string-store.js';

const NO_SCRIPT = 0xffff_ffff;

interface NodeScripts {
  /** By node: the index of the script in which the function, or the constructor of the object, stands. No index of `names` if there is none. */
  readonly scriptOf: Uint32Array;
  /** As V8 has them; empty if V8 does not know it any more. */
  readonly names: readonly string[];
}

/** A heap snapshot has the numbers of scripts. Their names hang on functions: closure → shared function → script. */
export function scriptOfNodes({ nodes, edges, strings, locations }: GraphColumns): NodeScripts {
  const scriptOf = new Uint32Array(nodes.length).fill(NO_SCRIPT);
  if (locations === null) return { scriptOf, names: [] };
  const links = new ScriptLinks(nodes, edges, strings);
  const closure = nodes.types.indexOf('closure');
  const places = new Map<number, number>();
  const names: string[] = [];
  locations.node.forEach((node, row) => {
    const id = locations.scriptId[row]!;
    let place = places.get(id);
    if (place === undefined) {
      place = names.push('') - 1;
      places.set(id, place);
    }
    scriptOf[node] = place;
    if (names[place] === '' && nodes.type[node] === closure) names[place] = links.nameOf(node);
  });
  return { scriptOf, names };
}

class ScriptLinks {
  readonly #nodes: NodeColumns;
  readonly #edges: EdgeColumns;
  readonly #strings: StringStore;
  readonly #isNamed: readonly boolean[];
  readonly #known = new Map<number, string>();

  constructor(nodes: NodeColumns, edges: EdgeColumns, strings: StringStore) {
    this.#nodes = nodes;
    this.#edges = edges;
    this.#strings = strings;
    this.#isNamed = edges.types.map((type) => !hasIndex(type));
  }

  nameOf(closure: number): string {
    const shared = this.#target(closure, ['shared']);
    // V8 of Node 18 and 20 calls the link `script_or_debug_info`.
    const script = shared === null ? null : this.#target(shared, ['script', 'script_or_debug_info']);
    const { types, type, name } = this.#nodes;
    return script === null || types[type[script]!] !== 'code' ? '' : this.#strings.text(name[script]!);
  }

  #target(node: number, names: readonly string[]): number | null {
    const { type, nameOrIndex, to } = this.#edges;
    const end = this.#nodes.firstEdge[node + 1]!;
    for (let edge = this.#nodes.firstEdge[node]!; edge < end; edge++) {
      if (this.#isNamed[type[edge]! & TYPE_BITS] && names.includes(this.#text(nameOrIndex[edge]!))) return to[edge]!;
    }
    return null;
  }

  #text(string: number): string {
    const text = this.#known.get(string) ?? this.#strings.text(string);
    this.#known.set(string, text);
    return text;
  }
}
