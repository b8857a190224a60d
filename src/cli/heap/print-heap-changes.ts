import { UsageError } from '../../errors.js';
import { compareHeaps, type HeapComparison } from '../../heap-graph/comparison/compare-heaps.js';
import { type ComparedTotal, heapChangeLines, heapChangesJson } from '../../report/text/heap-changes.js';
import { jsonText } from '../../report/text/json.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';
import { type Console, writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { isHeapFile } from '../options/heap-argument.js';
import { checkHeapOptions, type HeapTableValues, heapKeyType } from '../options/heap-options.js';
import { damageOf, openHeap } from './open-heap.js';
import { DEFAULT_ROWS, selected } from './print-heap.js';

interface ComparingHeaps {
  readonly values: HeapTableValues & { readonly survivors: boolean };
  readonly console: Console;
}

/** Writes what changed between two heap snapshots. @returns the growth in bytes @throws UsageError if they cannot be compared */
export async function printHeapChanges(old: string, now: string | undefined, { values, console }: ComparingHeaps): Promise<number> {
  check([old, now], values);
  const { out, err, cwd } = console;
  const opening = { values, console, notes: values.json ? err : out };
  const [before, after] = [await openHeap(old, opening), await openHeap(now!, opening)];
  const all = compareHeaps(before, after);
  const comparison = { ...all, types: selected(all.types, values, cwd) };
  const total = totalOf(comparison);
  if (values.json) {
    const top = values.top ?? Number.POSITIVE_INFINITY;
    const rows = { ...comparison, types: comparison.types.slice(0, top), collections: comparison.collections.slice(0, top) };
    out.write(jsonText({ ...heapChangesJson(rows, total), ...damageOf([before, after]) }));
    return total.sizeDiff;
  }
  const width = widthOfTerminal(out);
  const head = `from ${printable(old)} to ${printable(now!)}: ${total.count} objects, ${formatSize(total.size)} (${formatSize(total.sizeDiff, true)})`;
  writeLines(out, [...wrapped(head, width), '', ...heapChangeLines(comparison, { top: values.top ?? DEFAULT_ROWS, cwd, width })]);
  return total.sizeDiff;
}

function check([old, now]: readonly (string | undefined)[], values: ComparingHeaps['values']): void {
  if (now === undefined) throw new UsageError(`${old} is one heap snapshot; give a later one of the same process to compare it with`);
  for (const [file, other] of [
    [old!, now],
    [now, old!],
  ] as const)
    if (!isHeapFile(file)) throw new UsageError(`${other} is a heap snapshot and ${file} is not; compare two of one kind`);
  if (values.survivors) throw new UsageError('heap snapshots are compared by the ids of objects; leave --survivors out');
  const keyType = heapKeyType(values);
  if (keyType !== 'type') throw new UsageError(`two heap snapshots are compared by type, not by ${keyType}`);
  checkHeapOptions(values);
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
