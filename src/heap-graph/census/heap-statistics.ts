import { Traceback } from '../../model/traceback.js';
import { withMemory } from '../columns/memory.js';
import type { Heap } from '../heap/heap.js';
import { dominatedByGroup } from './dominated-by-group.js';
import { retainedByGroup } from './group-retained.js';
import { groupNodes, NO_GROUP } from './heap-groups.js';
import type { HeapKeyType } from './heap-keys.js';

/** The objects of one group. */
export interface HeapStatistic {
  /** One frame: the type, package or domain as its file, or the place where the objects were allocated. */
  readonly traceback: Traceback;
  /** Bytes of the objects themselves. */
  readonly size: number;
  /** Objects. */
  readonly count: number;
  /** Bytes that would be free without all of these objects. */
  readonly retained: number;
  /**
   * Of a package: bytes of its objects, and of what has no script of its own and hangs from one of them alone, each counted for the nearest
   * one. The packages add up to the heap. null for other keys.
   */
  readonly dominated: number | null;
}

/**
 * The group that retains most comes first.
 *
 * @throws UsageError for `lineno` if the snapshot does not say where objects were allocated, ProfileTooLargeError if there is not enough memory
 */
export function heapStatistics(heap: Heap, keyType: HeapKeyType): HeapStatistic[] {
  return withMemory('for statistics', () => statisticsOf(heap, keyType));
}

function statisticsOf(heap: Heap, keyType: HeapKeyType): HeapStatistic[] {
  const { columns } = heap;
  const groups = groupNodes(columns, keyType);
  const { groupOf, frames, rest } = groups;
  const { small, large } = columns.nodes.selfSize;
  const size = new Float64Array(frames.length);
  const count = new Uint32Array(frames.length);
  for (let node = 0; node < groupOf.length; node++) {
    const group = groupOf[node]!;
    if (group === NO_GROUP) continue;
    size[group]! += large.get(node) ?? small[node]!;
    count[group]!++;
  }
  const retained = retainedByGroup(columns, groups);
  const dominated = rest === undefined ? null : dominatedByGroup(heap, groups, rest);
  return frames
    .map((frame, group) => ({
      traceback: new Traceback([frame]),
      size: size[group]!,
      count: count[group]!,
      retained: retained[group]!,
      dominated: dominated?.[group] ?? null,
    }))
    .filter((each) => each.count > 0)
    .sort((a, b) => b.retained - a.retained || b.size - a.size);
}
