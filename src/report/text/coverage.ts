import { canRecoverCounts, mayFold } from '../../model/count-precision.js';
import type { CaptureInfo, HeapTotals } from '../../model/trace-columns.js';
import { NOT_OWN } from '../../snapshot/statistics/package-name.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { churnLine } from './churn-notes.js';
import { residentLine } from './resident-line.js';
import { threadNotes } from './thread-notes.js';

const ROUGH_COUNTS = 'Counts and averages are rough at this interval, sizes are not: the default interval tells block sizes apart.';
const PACKED = ', but minified code is all on one line: there only columns tell functions apart, as with --group-by function';
const INLINED =
  'Each row is the function that allocated; what V8 inlined into it counts for it: trace with --no-inline or --lines to tell them apart.';

const FOLDED = 'Optimized code may make several blocks at once, which count as one: --no-inline, --lines or --mode exact count each.';

/**
 * The lines above a table: how much of the process the traces cover, and how they were recorded. If most memory is outside of the
 * JavaScript heap, that comes first.
 */
export function coverageLines(capture: CaptureInfo, tracedBytes: number, subject: Subject = {}): string[] {
  return [...reachNotes(capture), coverage(capture, tracedBytes), ...residentLine(capture, subject), ...methodNotes(capture, subject)];
}

/** What stands below the lines, and how they look. */
export interface Subject {
  /** Rows are places of JavaScript functions, some of which may be hot. */
  readonly ofFunctions?: boolean;
  /** Some rows are on lines that hold much of a program. */
  readonly ofPackedLines?: boolean;
  /** A bar for each part of the resident memory. */
  readonly bars?: boolean;
}

/** A note if most memory is where traces do not reach. */
export function reachNotes({ mode, heap }: CaptureInfo): string[] {
  return mode !== 'objects' && outsideHeap(heap) ? [mostlyOutside(heap!)] : [];
}

/** Below a table by `own`: what may be from own code all the same. @param bytes see `cutBeforeOwn` */
export function cutStacksNote(bytes: number, tracebackLimit: number): string[] {
  if (bytes === 0) return [];
  return [
    `${formatSize(bytes)} of ${NOT_OWN} have stacks of more than ${tracebackLimit} frames, which were cut; trace with a larger --nframe`,
  ];
}

/** How the traces were recorded, and what this means for the figures. */
export function methodNotes(capture: CaptureInfo, { ofFunctions = false, ofPackedLines = false }: Subject = {}): string[] {
  const { mode, interval } = capture;
  const inlined = ofFunctions && mayHoldInlined(capture) ? ` ${INLINED}` : '';
  const areCountsRough = (mode === 'sampling' || mode === 'churn') && interval !== null && !canRecoverCounts(interval);
  const packed = ofPackedLines ? PACKED : '';
  const folded = mayFold(capture) ? ` ${FOLDED}` : '';
  return [`${method(capture)}${packed}.${inlined}${folded}`, ...(areCountsRough ? [ROUGH_COUNTS] : []), ...gapNotes(capture)];
}

/**
 * V8 walks only physical frames: bytes of an inlined function are its caller's. If a file does not tell whether V8 inlined, it did, as it does by default.
 */
function mayHoldInlined({ mode, interval, precision, inlining }: CaptureInfo): boolean {
  return inlining ?? (precision === 'function' && (mode === 'sampling' || interval !== null));
}

/** What is not in the snapshot although it was traced, or is older than the rest. */
export function gapNotes(capture: CaptureInfo): string[] {
  return [...(capture.resumed === undefined ? [] : [resumedNote(capture.resumed)]), ...threadNotes(capture)];
}

function coverage({ heap, mode, churn }: CaptureInfo, tracedBytes: number): string {
  const parts = [mode === 'churn' ? churnLine(churn, tracedBytes) : `traced ${formatSize(tracedBytes)}`];
  if (heap) {
    parts.push(`heap used ${formatSize(heap.heapUsed)}`);
    if (heap.external !== null) parts.push(`external ${formatSize(heap.external)}`);
    if (heap.arrayBuffers !== null) parts.push(`array buffers ${formatSize(heap.arrayBuffers)}`);
    if (heap.rss !== null) parts.push(`rss ${formatSize(heap.rss)}`);
  }
  return parts.join(', ');
}

function method({ mode, interval, precision }: CaptureInfo): string {
  const lines = precision === 'line' ? 'lines are where memory is allocated' : 'lines are where functions start';
  switch (mode) {
    case 'sampling':
      return interval === null
        ? `sampled, interval unknown; ${lines}`
        : `sampled, one block in ${formatSize(interval)} on average; ${lines}`;
    case 'exact':
      return `exact, every block; ${lines}`;
    case 'churn':
      return `all that was allocated, dead or alive, ${interval === 1 ? 'every block' : `one block in ${formatSize(interval ?? 0)} on average`}; ${lines}`;
    case 'objects':
      return `every object; ${lines}`;
  }
}

function resumedNote(time: string): string {
  return `What was allocated before ${printable(time)} is not in it: the program seemed to have ended, as during a long job outside of JavaScript, and tracing began anew when it went on.`;
}

/** `external` already includes ArrayBuffers. */
function outsideHeap(heap: HeapTotals | null): boolean {
  return heap !== null && heap.external !== null && heap.external > heap.heapUsed;
}

function mostlyOutside(heap: HeapTotals): string {
  return `Most memory is outside the JavaScript heap, where these traces do not reach: external ${formatSize(heap.external!)} against ${formatSize(heap.heapUsed)} in the heap.`;
}
