import { type EdgeColumns, HOLDS_NOTHING, type NodeColumns } from '../columns/graph-columns.js';
import type { StringStore } from '../columns/string-store.js';

const TABLE = /^\d+ \/ part of key \(.* @\d+\) -> value \(.* @\d+\) pair in WeakMap \(table @(\d+)\)$/;

/**
 * A WeakMap's value lives as long as its key and the map's table. V8 writes an edge of type `internal` from each of the two, both with a name
 * such as `2 / part of key (Key @7) -> value (Value @9) pair in WeakMap (table @5)`. As in DevTools, the key alone holds the value, so the
 * table's edge is marked as one that holds nothing.
 */
export function markEphemerons(nodes: NodeColumns, edges: EdgeColumns, strings: StringStore): void {
  const tables = tablesByName(strings);
  if (tables === null) return;
  const internal = edges.types.indexOf('internal');
  const { type, nameOrIndex } = edges;
  for (let node = 0; node < nodes.length; node++) {
    const end = nodes.firstEdge[node + 1]!;
    for (let edge = nodes.firstEdge[node]!; edge < end; edge++) {
      if (type[edge] === internal && tables[nameOrIndex[edge]!] === nodes.id[node]) type[edge]! |= HOLDS_NOTHING;
    }
  }
}

/** For each string that names an ephemeron, the id of the table; null if there is none. 0 is no object's id. */
function tablesByName(strings: StringStore): Uint32Array | null {
  let tables: Uint32Array | null = null;
  for (let index = 0; index < strings.length; index++) {
    if (!strings.mayNameEphemeron(index)) continue;
    const table = TABLE.exec(strings.raw(index))?.[1];
    if (table === undefined) continue;
    tables ??= new Uint32Array(strings.length);
    tables[index] = Number(table);
  }
  return tables;
}
