import { UsageError } from '../../errors.js';
import { compareHeaps, type HeapComparison } from '../../heap-graph/comparison/compare-heaps.js';
import type { Heap } from '../../heap-graph/heap/heap.js';
import type { ComparedTotal } from '../../report/text/heap-changes.js';
import type { Console, Output } from '../console/console.js';
import type { FilterValues } from '../options/filter-options.js';
import { isHeapFile } from '../options/heap-argument.js';
import type { PartialValues } from '../options/heap-options.js';
import { openHeap } from './open-heap.js';
import { selected } from './print-heap.js';

interface Comparing {
  readonly values: FilterValues & PartialValues;
  readonly console: Console;
  readonly notes: Output;
}

interface ComparedFiles {
  readonly old: Heap;
  readonly now: Heap;
  /** Only the types that --include and --exclude leave. */
  readonly comparison: HeapComparison;
  /** Of these types. */
  readonly total: ComparedTotal;
}

/** @throws UsageError if one of them is no heap snapshot */
export function checkHeapPair(old: string, now: string): void {
  for (const [file, other] of [
    [old, now],
    [now, old],
  ] as const)
    if (!isHeapFile(file)) throw new UsageError(`${other} is a heap snapshot and ${file} is not; compare two of one kind`);
}

export async function compareHeapFiles(oldFile: string, file: string, options: Comparing): Promise<ComparedFiles> {
  const [old, now] = [await openHeap(oldFile, options), await openHeap(file, options)];
  const all = compareHeaps(old, now);
  const comparison = { ...all, types: selected(all.types, options.values, options.console.cwd) };
  return { old, now, comparison, total: totalOf(comparison) };
}

function totalOf({ types }: HeapComparison): ComparedTotal {
  const total = { size: 0, count: 0, sizeDiff: 0, countDiff: 0 };
  for (const { size, count, sizeDiff, countDiff } of types) {
    total.size += size;
    total.count += count;
    total.sizeDiff += sizeDiff;
    total.countDiff += countDiff;
  }
  return total;
}
