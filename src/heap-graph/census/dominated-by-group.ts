import type { Heap } from '../heap/heap.js';
import { type HeapGroups, NO_GROUP } from './heap-groups.js';

const NOT_YET = 0xffff_fffe;

/**
 * By group, in bytes: its objects, and those of no group of their own whose nearest dominator with a group is of this one. Each byte counts once,
 * for one group, so that the groups add up to the heap.
 *
 * @param rest the group of objects that have none of their own
 */
export function dominatedByGroup(heap: Heap, { groupOf, frames }: HeapGroups, rest: number): Float64Array {
  const dominated = new Float64Array(frames.length);
  /** By node: the group for which it counts. */
  const found = groupOf.map((group) => (group === rest || group === NO_GROUP ? NOT_YET : group));
  const climbed: number[] = [];
  for (let node = 0; node < found.length; node++) {
    let at = node;
    for (; at !== -1 && found[at] === NOT_YET; at = heap.dominator(at)) climbed.push(at);
    const group = at === -1 ? rest : found[at]!;
    for (let each = climbed.pop(); each !== undefined; each = climbed.pop()) found[each] = group;
    dominated[found[node]!]! += heap.selfSize(node);
  }
  return dominated;
}
