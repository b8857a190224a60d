import { basename } from 'node:path';
import { UsageError } from '../../errors.js';
import { heapStatistics } from '../../heap-graph/census/heap-statistics.js';
import type { Heap } from '../../heap-graph/heap/heap.js';
import { type Explanation, explainer } from '../../heap-graph/paths/explain.js';
import { nodesOfType, placeInSnapshot } from '../../heap-graph/paths/find-nodes.js';
import type { Traceback } from '../../model/traceback.js';
import { heapChangesPage } from '../../report/html/heap-changes-page.js';
import { heapPage } from '../../report/html/heap-page.js';
import { isChanged } from '../../report/text/heap-changes.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import type { Console } from '../console/console.js';
import type { FilterValues } from '../options/filter-options.js';
import { checkHeapOptions, type PartialValues } from '../options/heap-options.js';
import { checkHeapPair, compareHeapFiles } from './compare-heap-files.js';
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

/** @throws UsageError for options that need stacks or rounds */
export function checkHeapReport(file: string, { diff, own, embedSources, warmup, ...filters }: HeapReportValues): void {
  if (diff !== undefined) checkHeapPair(diff, file);
  if (own || embedSources || warmup !== undefined)
    throw new UsageError('a heap snapshot has no stacks and no rounds; leave --own, --embed-sources and --warmup out');
  checkHeapOptions(filters);
}

/** The page of a heap snapshot, or of what changed since an earlier one. */
export function heapReport(file: string, options: Reporting): Promise<Uint8Array[]> {
  const { diff } = options.values;
  return diff === undefined ? pageOf(file, options) : pageOfChanges(diff, file, options);
}

/** Its types, what they retain, and what holds them. */
async function pageOf(file: string, { values, mapper, console }: Reporting): Promise<Uint8Array[]> {
  const heap = await openHeap(file, { values, console, notes: console.err });
  const all = selected(heapStatistics(heap, 'type'), values, console.cwd);
  const rows = all.slice(0, MOST_ROWS).map(withPaths(heap, mapper));
  const [size, count] = [all.reduce((sum, row) => sum + row.size, 0), all.reduce((sum, row) => sum + row.count, 0)];
  return heapPage({ title: basename(file), size, count, rows, more: all.length - rows.length, ...damageOf([heap]) });
}

async function pageOfChanges(oldFile: string, file: string, { values, mapper, console }: Reporting): Promise<Uint8Array[]> {
  const { old, now, comparison, total } = await compareHeapFiles(oldFile, file, { values, console, notes: console.err });
  const changed = comparison.types.filter(isChanged);
  const rows = changed.slice(0, MOST_ROWS).map(withPaths(now, mapper));
  return heapChangesPage({
    title: `${basename(oldFile)} → ${basename(file)}`,
    total,
    isOneProcess: comparison.isOneProcess,
    rows,
    more: changed.length - rows.length,
    collections: comparison.collections.slice(0, MOST_ROWS),
    ...damageOf([old, now]),
  });
}

interface Typed {
  readonly traceback: Traceback;
  readonly count: number;
}

/** Works out what holds the objects of the first types. */
function withPaths(heap: Heap, mapper: SourceMapper | null): <Row extends Typed>(row: Row) => Row & { explanation: Explanation | null } {
  const ask = explainer(heap, { placeOf: placeInSnapshot(heap), originalOf: originalPlaces(mapper), top: MOST_PATHS });
  let explained = 0;
  return (row) => {
    const type = row.traceback.at(0)!.filename;
    // What is in parentheses has no class: its objects have little in common.
    if (row.count === 0 || type.startsWith('(') || explained++ >= MOST_EXPLAINED) return { ...row, explanation: null };
    const nodes = nodesOfType(heap, type);
    return { ...row, explanation: nodes.length === row.count ? ask(nodes) : null };
  };
}
