import { UsageError } from '../../errors.js';
import { csvLine } from '../../formats/csv.js';
import { linesAsBytes } from '../../formats/text-parts.js';
import { type HeapStatistic, heapStatistics } from '../../heap-graph/census/heap-statistics.js';
import { safeJson } from '../../text/printable.js';
import type { Console } from '../console/console.js';
import type { FilterValues } from '../options/filter-options.js';
import { checkHeapOptions, type PartialValues } from '../options/heap-options.js';
import { openHeap } from './open-heap.js';
import { selected } from './print-heap.js';

interface HeapExportValues extends FilterValues, PartialValues {
  readonly diff?: string;
}

const FIELDS = ['retained', 'size', 'count', 'type'];

/** @throws UsageError if heap snapshots cannot be written so */
export function checkHeapExport(format: string, { diff, ...values }: HeapExportValues): void {
  if (format !== 'csv' && format !== 'json')
    throw new UsageError(`a heap snapshot has no stacks, which ${format} needs; write its types as csv or json`);
  if (diff !== undefined) throw new UsageError('export writes one heap snapshot; compare two with diff --json');
  checkHeapOptions(values);
}

/** The types of a heap snapshot as a file: one line each, the one that retains most first. */
export async function heapParts(
  file: string,
  format: string,
  { values, console }: { readonly values: HeapExportValues; readonly console: Console },
): Promise<Iterable<Uint8Array>> {
  const heap = await openHeap(file, { values, console, notes: console.err });
  const rows = selected(heapStatistics(heap, 'type'), values, console.cwd).map(rowOf);
  if (format === 'json') return linesAsBytes(rows.map((row) => safeJson(row)));
  return linesAsBytes([FIELDS.join(','), ...rows.map(({ retained, size, count, type }) => csvLine([retained, size, count, type]))]);
}

function rowOf({ retained, size, count, traceback }: HeapStatistic) {
  return { retained, size, count, type: traceback.at(0)!.filename };
}
