import { nodeKind } from '../../collect/heap-snapshot/type-table.js';
import { type EdgeColumns, HOLDS_NOTHING, type NodeColumns } from '../columns/graph-columns.js';

export const NO_OWNER = 0xffff_ffff;

/** By type of a node: 1 for memory outside of the heap. */
export function offHeapTypes({ types }: NodeColumns): Uint8Array {
  return Uint8Array.from(types, (type) => (nodeKind(type) === 'offHeap' ? 1 : 0));
}

/**
 * By node outside of the heap: the object that holds it, or `NO_OWNER`. As in object mode, it is the oldest if several objects hold it, and
 * what only other memory outside of the heap holds has the owner of that.
 */
export function offHeapOwners(nodes: NodeColumns, edges: EdgeColumns): Uint32Array {
  const isOffHeap = offHeapTypes(nodes);
  const owner = new Uint32Array(nodes.length).fill(NO_OWNER);
  const above = new Map<number, number>();
  for (let node = 0; node < nodes.length; node++) {
    const end = nodes.firstEdge[node + 1]!;
    const isOutside = isOffHeap[nodes.type[node]!] === 1;
    for (let edge = nodes.firstEdge[node]!; edge < end; edge++) {
      const held = edges.to[edge]!;
      if (isOffHeap[nodes.type[held]!] === 0 || edges.type[edge]! >= HOLDS_NOTHING) continue;
      if (isOutside) {
        if (!above.has(held)) above.set(held, node);
      } else if (owner[held] === NO_OWNER || nodes.id[node]! < nodes.id[owner[held]!]!) owner[held] = node;
    }
  }
  // Each is passed once: in Chrome, a hundred thousand DOM nodes may hold each other in sequence.
  const passed = new Set<number>();
  for (const start of above.keys()) {
    const chain: number[] = [];
    let at: number | undefined = start;
    for (; at !== undefined && owner[at] === NO_OWNER && !passed.has(at); at = above.get(at)) {
      passed.add(at);
      chain.push(at);
    }
    if (at === undefined) continue;
    for (const each of chain) owner[each] = owner[at]!;
  }
  return owner;
}
