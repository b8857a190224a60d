import type { Heap } from '../heap/heap.js';

const NOBODY = 0xffff_ffff;

type Dominated = Pick<Heap, 'nodeCount' | 'dominator'>;

/** Which of the wanted nodes retain others of them. Both columns are by the place of a node among the wanted ones: 1 or 0. */
export interface Nesting {
  /** Whether another wanted node retains it. */
  readonly isInside: Uint8Array;
  /** Whether one of its own group does. */
  readonly isInsideGroup: Uint8Array;
}

/**
 * In time proportional to the heap and without recursion: each node of a list is inside all those before it.
 *
 * @param groupOf by place among the wanted nodes: the number of a group, from 0 on
 */
export function findNesting(heap: Dominated, wanted: readonly number[], groupOf: Uint32Array): Nesting {
  const outer = outerOf(heap, wanted);
  const [firstInner, nextInner] = [new Uint32Array(wanted.length).fill(NOBODY), new Uint32Array(wanted.length).fill(NOBODY)];
  outer.forEach((parent, place) => {
    if (parent === NOBODY) return;
    nextInner[place] = firstInner[parent]!;
    firstInner[parent] = place;
  });
  const isInside = Uint8Array.from(outer, (parent) => (parent === NOBODY ? 0 : 1));
  const isInsideGroup = new Uint8Array(wanted.length);
  /** By group: how many of its nodes are around the present one. */
  const around = new Uint32Array(wanted.length);
  for (let root = 0; root < wanted.length; root++) {
    if (isInside[root] === 1) continue;
    for (let at = root; at !== NOBODY; ) {
      isInsideGroup[at] = around[groupOf[at]!]!++ === 0 ? 0 : 1;
      if (firstInner[at] !== NOBODY) {
        at = firstInner[at]!;
        continue;
      }
      around[groupOf[at]!]!--;
      while (nextInner[at] === NOBODY && outer[at] !== NOBODY) {
        at = outer[at]!;
        around[groupOf[at]!]!--;
      }
      at = nextInner[at]!;
    }
  }
  return { isInside, isInsideGroup };
}

/** By place: that of the nearest wanted node that dominates it, or NOBODY. Every dominator is climbed over once. */
function outerOf(heap: Dominated, wanted: readonly number[]): Uint32Array {
  const NOT_YET = 0xffff_fffe;
  /** By node: its place if it is wanted. For others on the way, that of the nearest wanted one above them. */
  const found = new Uint32Array(heap.nodeCount).fill(NOT_YET);
  wanted.forEach((node, place) => {
    found[node] = place;
  });
  const climbed: number[] = [];
  return Uint32Array.from(wanted, (node) => {
    let at = heap.dominator(node);
    for (; at !== -1 && found[at] === NOT_YET; at = heap.dominator(at)) climbed.push(at);
    const outer = at === -1 ? NOBODY : found[at]!;
    for (let each = climbed.pop(); each !== undefined; each = climbed.pop()) found[each] = outer;
    return outer;
  });
}
