import type { CaptureInfo, HeapTotals, ProcessTotals } from '../../model/trace-columns.js';
import { formatSize } from '../../text/size-format.js';

/** The process when the tracing began, and at the snapshot. */
export interface BeforeAfter {
  readonly before: ProcessTotals;
  readonly after: ProcessTotals;
  /** Whether garbage was collected just before `before`, as it is before `after`. */
  readonly isCollected: boolean;
}

/** null if the snapshot does not tell how the process was when the tracing began. */
export function beforeAfter({ start, heap, running }: CaptureInfo): BeforeAfter | null {
  return start === undefined ? null : { before: start, after: totals(heap, running), isCollected: false };
}

/** The same between two snapshots; null if one of them tells nothing. */
export function betweenSnapshots(old: CaptureInfo, now: CaptureInfo): BeforeAfter | null {
  if (old.heap === null || now.heap === null) return null;
  return { before: totals(old.heap, old.running), after: totals(now.heap, now.running), isCollected: true };
}

function totals(heap: HeapTotals | null, running: number | undefined): ProcessTotals {
  return { heap, ...(running !== undefined && { running }) };
}

/** The line below a table: what grew, inside and outside of the JavaScript heap. None if nothing is known. */
export function beforeAfterLines({ before, after, isCollected }: BeforeAfter): string[] {
  const of = (key: keyof HeapTotals) => [before.heap?.[key] ?? null, after.heap?.[key] ?? null] as const;
  const external = of('external');
  const isExternalKnown = external[0] !== null && external[1] !== null;
  const ofHeap = isCollected ? sizes : sizesWithGarbage;
  const parts = [
    ofHeap('heap', of('heapUsed')),
    ofHeap('external', external),
    isExternalKnown || of('arrayBuffers').includes(null) ? '' : ofHeap('array buffers', of('arrayBuffers')),
    sizes('rss', of('rss')),
    threads(before.running, after.running),
  ].filter((part) => part !== '');
  return parts.length === 0 ? [] : [`before → after: ${parts.join(', ')}`];
}

type Pair = readonly [before: number | null, after: number | null];

function sizes(name: string, [before, after]: Pair): string {
  if (before === null && after === null) return '';
  const text = (bytes: number | null) => (bytes === null ? 'unknown' : formatSize(bytes));
  const change = before === null || after === null ? '' : ` (${formatSize(after - before, true)})`;
  return `${name} ${text(before)} → ${text(after)}${change}`;
}

/**
 * Garbage counts before and not after, so what is alive grew by the difference or more. If the difference is negative, nobody knows whether what is
 * alive shrank.
 */
function sizesWithGarbage(name: string, [before, after]: Pair): string {
  if (before === null || after === null || after >= before) return sizes(name, [before, after]);
  return `${name} ${formatSize(before)} with garbage → ${formatSize(after)}`;
}

function threads(before: number | undefined, after: number | undefined): string {
  return before === undefined || after === undefined ? '' : `threads ${before} → ${after}`;
}

/** The same for a JSON document; null where something is unknown. */
export function beforeAfterJson({ before, after }: BeforeAfter) {
  return { before: totalsJson(before), after: totalsJson(after) };
}

function totalsJson({ heap, running }: ProcessTotals) {
  return {
    heapUsed: heap?.heapUsed ?? null,
    external: heap?.external ?? null,
    arrayBuffers: heap?.arrayBuffers ?? null,
    rss: heap?.rss ?? null,
    threads: running ?? null,
  };
}
