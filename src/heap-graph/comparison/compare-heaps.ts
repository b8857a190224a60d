import { groupNodes } from '../census/heap-groups.js';
import { withMemory } from '../columns/memory.js';
import type { Heap } from '../heap/heap.js';
import { type GrowingCollection, growingCollections } from './growing-collections.js';
import { matchNodes, type TypedHeap } from './match-nodes.js';
import { type TypeChange, typeChanges } from './type-changes.js';

/** What changed between two heap snapshots. */
export interface HeapComparison {
  /** Whether ids mean the same objects in both. */
  readonly isOneProcess: boolean;
  /** The type that changed most comes first. */
  readonly types: readonly TypeChange[];
  /** The one with the most new entries comes first. Empty if ids do not match. */
  readonly collections: readonly GrowingCollection[];
}

/** @throws ProfileTooLargeError if there is not enough memory */
export function compareHeaps(old: Heap, now: Heap): HeapComparison {
  return withMemory('to compare heap snapshots', () => compared(old, now));
}

function compared(old: Heap, now: Heap): HeapComparison {
  const [before, after] = [typed(old), typed(now)];
  const match = matchNodes(before, after);
  return {
    isOneProcess: match.isOneProcess,
    types: typeChanges(before, after, match),
    collections: match.isOneProcess ? growingCollections(old, now, match.oldOf) : [],
  };
}

function typed({ columns }: Heap): TypedHeap {
  return { columns, groups: groupNodes(columns, 'type') };
}
