import { type GraphColumns, HOLDS_NOTHING, ROOT, TYPE_BITS } from '../columns/graph-columns.js';
import type { HeapGroups } from './heap-groups.js';

/** Groups of one search: one bit for each. */
const BATCH = 32;

/**
 * By group, in bytes: what would be free if all objects of the group were gone. Each byte counts once, however the objects hold each other.
 * What only several objects of the group hold together counts, too; the sum of what each of them retains alone would lack it.
 *
 * The heap is searched from its root without the group, 32 groups at a time: each object collects the groups without which it is still
 * reached. The edges that count are those that count for dominators.
 */
export function retainedByGroup(columns: GraphColumns, { groupOf, frames }: Pick<HeapGroups, 'groupOf' | 'frames'>): Float64Array {
  const search = new GroupSearch(columns, groupOf);
  const retained = new Float64Array(frames.length);
  for (let first = 0; first < frames.length; first += BATCH) search.addTo(retained, first);
  return retained;
}

class GroupSearch {
  readonly #columns: GraphColumns;
  readonly #groupOf: Uint32Array;
  /** By node: 0 not reached, 1 reached, 2 reached from a global object. */
  readonly #reach: Uint8Array;
  /** By node: a bit for each group of the batch without which it is reached. */
  readonly #without: Uint32Array;
  readonly #queue: Uint32Array;
  readonly #isQueued: Uint8Array;

  constructor(columns: GraphColumns, groupOf: Uint32Array) {
    const { length } = columns.nodes;
    this.#columns = columns;
    this.#groupOf = groupOf;
    this.#without = new Uint32Array(length);
    this.#queue = new Uint32Array(length);
    this.#isQueued = new Uint8Array(length);
    this.#reach = this.#reachable();
  }

  /** @param first the first group of the batch */
  addTo(retained: Float64Array, first: number): void {
    const { nodes } = this.#columns;
    const { small, large } = nodes.selfSize;
    this.#search(first);
    const all = ~0 >>> 0;
    for (let node = 0; node < nodes.length; node++) {
      const group = this.#groupOf[node]!;
      if (this.#reach[node] === 0) {
        if (group - first >= 0 && group - first < BATCH) retained[group]! += large.get(node) ?? small[node]!;
        continue;
      }
      const without = this.#without[node]!;
      if (without === all) continue;
      const size = large.get(node) ?? small[node]!;
      for (let missing = ~without; missing !== 0; missing &= missing - 1) {
        const lost = first + 31 - Math.clz32(missing & -missing);
        if (lost < retained.length) retained[lost]! += size;
      }
    }
  }

  #search(first: number): void {
    const { nodes, edges } = this.#columns;
    const { firstEdge } = nodes;
    const { type, to } = edges;
    const [groupOf, reach, without, queue, isQueued] = [this.#groupOf, this.#reach, this.#without, this.#queue, this.#isQueued];
    without.fill(0);
    without[ROOT] = ~0;
    queue[0] = ROOT;
    let [head, length] = [0, 1];
    while (length > 0) {
      const node = queue[head]!;
      head = head + 1 === nodes.length ? 0 : head + 1;
      length--;
      isQueued[node] = 0;
      const mask = without[node]!;
      const isFromAnywhere = node === ROOT || reach[node] === 2;
      const end = firstEdge[node + 1]!;
      for (let edge = firstEdge[node]!; edge < end; edge++) {
        if (type[edge]! >= HOLDS_NOTHING) continue;
        const target = to[edge]!;
        if (!isFromAnywhere && reach[target] === 2) continue;
        const had = without[target]!;
        if ((mask & ~had) === 0) continue;
        const bit = groupOf[target]! - first;
        const has = (had | (bit >= 0 && bit < BATCH ? mask & ~(1 << bit) : mask)) >>> 0;
        if (has === had) continue;
        without[target] = has;
        if (isQueued[target] === 1) continue;
        isQueued[target] = 1;
        const tail = head + length++;
        queue[tail >= nodes.length ? tail - nodes.length : tail] = target;
      }
    }
  }

  #reachable(): Uint8Array {
    const { nodes, edges } = this.#columns;
    const shortcut = edges.types.indexOf('shortcut');
    const reach = new Uint8Array(nodes.length);
    const end = nodes.firstEdge[ROOT + 1]!;
    reach[ROOT] = 1;
    for (const isShortcut of [true, false]) {
      for (let edge = nodes.firstEdge[ROOT]!; edge < end; edge++) {
        const type = edges.type[edge]!;
        if (type < HOLDS_NOTHING && ((type & TYPE_BITS) === shortcut) === isShortcut)
          this.#reachFrom(edges.to[edge]!, reach, isShortcut ? 2 : 1);
      }
    }
    return reach;
  }

  #reachFrom(start: number, reach: Uint8Array, mark: number): void {
    const { nodes, edges } = this.#columns;
    const queue = this.#queue;
    if (reach[start] !== 0) return;
    reach[start] = mark;
    queue[0] = start;
    let length = 1;
    while (length > 0) {
      const node = queue[--length]!;
      const end = nodes.firstEdge[node + 1]!;
      for (let edge = nodes.firstEdge[node]!; edge < end; edge++) {
        const target = edges.to[edge]!;
        if (edges.type[edge]! >= HOLDS_NOTHING || reach[target] !== 0) continue;
        reach[target] = mark;
        queue[length++] = target;
      }
    }
  }
}
