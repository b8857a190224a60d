import { UsageError } from '../../errors.js';
import { csvLine } from '../../formats/csv.js';
import { linesAsBytes } from '../../formats/text-parts.js';
import { heapStatistics } from '../../heap-graph/census/heap-statistics.js';
import type { Traceback } from '../../model/traceback.js';
import { safeJson } from '../../text/printable.js';
import type { Console } from '../console/console.js';
import type { FilterValues } from '../options/filter-options.js';
import { checkHeapOptions, type PartialValues } from '../options/heap-options.js';
import { checkHeapPair, compareHeapFiles } from './compare-heap-files.js';
import { openHeap } from './open-heap.js';
import { selected } from './print-heap.js';

interface HeapExportValues extends FilterValues, PartialValues {
  readonly diff?: string;
}

const FIELDS = ['retained', 'size', 'count', 'type'] as const;
const CHANGES = ['sizeDiff', 'countDiff', 'size', 'count', 'newSize', 'newCount', 'goneSize', 'goneCount', 'grown', 'type'] as const;

/** @throws UsageError if heap snapshots cannot be written so */
export function checkHeapExport(file: string, format: string, { diff, ...values }: HeapExportValues): void {
  if (format !== 'csv' && format !== 'json')
    throw new UsageError(`a heap snapshot has no stacks, which ${format} needs; write its types as csv or json`);
  if (diff !== undefined) checkHeapPair(diff, file);
  checkHeapOptions(values);
}

/**
 * The types of a heap snapshot as a file: one line each, the one that retains most first. With `diff`, what changed since the earlier one: the type
 * that changed most first.
 */
export async function heapParts(
  file: string,
  format: string,
  { values, console }: { readonly values: HeapExportValues; readonly console: Console },
): Promise<Iterable<Uint8Array>> {
  const options = { values, console, notes: console.err };
  if (values.diff !== undefined) {
    const { comparison } = await compareHeapFiles(values.diff, file, options);
    return linesOf(CHANGES, comparison.types.map(withType), format);
  }
  const heap = await openHeap(file, options);
  return linesOf(FIELDS, selected(heapStatistics(heap, 'type'), values, console.cwd).map(withType), format);
}

function withType<Row extends { readonly traceback: Traceback }>(row: Row): Row & { readonly type: string } {
  return { ...row, type: row.traceback.at(0)!.filename };
}

/** What is not known is null in JSON and empty in CSV. */
function linesOf<Field extends string>(
  fields: readonly Field[],
  rows: readonly Readonly<Record<Field, number | string | null>>[],
  format: string,
): Iterable<Uint8Array> {
  if (format === 'json') return linesAsBytes(rows.map((row) => safeJson(Object.fromEntries(fields.map((field) => [field, row[field]])))));
  const head = fields.map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join(',');
  return linesAsBytes([head, ...rows.map((row) => csvLine(fields.map((field) => row[field] ?? '')))]);
}
