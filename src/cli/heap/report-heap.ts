import { basename } from 'node:path';
import { UsageError } from '../../errors.js';
import { heapStatistics } from '../../heap-graph/census/heap-statistics.js';
import { explainer } from '../../heap-graph/paths/explain.js';
import { nodesOfType, placeInSnapshot } from '../../heap-graph/paths/find-nodes.js';
import { heapPage } from '../../report/html/heap-page.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import type { Console } from '../console/console.js';
import type { FilterValues } from '../options/filter-options.js';
import { checkHeapOptions, type PartialValues } from '../options/heap-options.js';
import { originalPlaces } from './map-places.js';
import { damageOf, openHeap } from './open-heap.js';
import { selected } from './print-heap.js';

interface HeapReportValues extends FilterValues, PartialValues {
  readonly diff?: string;
  readonly own: boolean;
  readonly embedSources: boolean;
  readonly warmup?: number;
}

interface Reporting {
  readonly values: HeapReportValues;
  readonly mapper: SourceMapper | null;
  readonly console: Console;
}

const MOST_ROWS = 200;
/** Paths are worked out for so many types; each takes a part of a second in a large heap. */
const MOST_EXPLAINED = 30;
const MOST_PATHS = 5;

/** @throws UsageError for options that need stacks, rounds or a second snapshot */
export function checkHeapReport({ diff, own, embedSources, warmup, ...filters }: HeapReportValues): void {
  if (diff !== undefined) throw new UsageError('report shows one heap snapshot; compare two with diff');
  if (own || embedSources || warmup !== undefined)
    throw new UsageError('a heap snapshot has no stacks and no rounds; leave --own, --embed-sources and --warmup out');
  checkHeapOptions(filters);
}

/** The page of a heap snapshot: its types, what they retain, and what holds them. */
export async function heapReport(file: string, { values, mapper, console }: Reporting): Promise<Uint8Array[]> {
  const heap = await openHeap(file, { values, console, notes: console.err });
  const all = selected(heapStatistics(heap, 'type'), values, console.cwd);
  const ask = explainer(heap, { placeOf: placeInSnapshot(heap), originalOf: originalPlaces(mapper), top: MOST_PATHS });
  let explained = 0;
  const rows = all.slice(0, MOST_ROWS).map((row) => {
    const type = row.traceback.at(0)!.filename;
    // What is in parentheses has no class: its objects have little in common.
    if (type.startsWith('(') || explained++ >= MOST_EXPLAINED) return { ...row, explanation: null };
    const nodes = nodesOfType(heap, type);
    return { ...row, explanation: nodes.length === row.count ? ask(nodes) : null };
  });
  const [size, count] = [all.reduce((sum, row) => sum + row.size, 0), all.reduce((sum, row) => sum + row.count, 0)];
  return heapPage({ title: basename(file), size, count, rows, more: all.length - rows.length, ...damageOf([heap]) });
}
