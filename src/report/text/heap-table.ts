import type { HeapKeyType } from '../../heap-graph/census/heap-keys.js';
import type { HeapStatistic } from '../../heap-graph/census/heap-statistics.js';
import { tracebackJson } from '../../model/traceback-json.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';
import { type Column, columnLines } from './column-lines.js';
import { placeColumn } from './table.js';

export interface HeapTableOptions {
  readonly keyType: HeapKeyType;
  /** The number of rows to print. */
  readonly top: number;
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
  /** Available columns. */
  readonly width: number;
}

/** All objects that are counted. */
export interface HeapTotal {
  /** Bytes. */
  readonly size: number;
  readonly count: number;
}

const DOMINATED =
  'dominated: the objects of the row, and what has no script and hangs from them alone, for the nearest package; this adds up.';
const MEANING =
  'retained: what would be free if all objects of the row were gone. A byte can be retained by several rows, so they do not add up.';

/** The groups that retain most as aligned columns, then one line for the rest. */
export function heapTable(statistics: readonly HeapStatistic[], options: HeapTableOptions): string[] {
  const { top, width } = options;
  const shown = statistics.slice(0, top);
  const hasDominated = shown.some(({ dominated }) => dominated !== null);
  const columns: Column[] = [
    { title: 'retained', cells: shown.map(({ retained }) => formatSize(retained)) },
    ...(hasDominated ? [{ title: 'dominated', cells: shown.map(({ dominated }) => formatSize(dominated ?? 0)) }] : []),
    { title: 'size', cells: shown.map(({ size }) => formatSize(size)) },
    { title: 'count', cells: shown.map(({ count }) => `${count}`), dispensable: 1 },
  ];
  const rest = statistics.slice(top);
  const size = rest.reduce((sum, each) => sum + each.size, 0);
  const more = rest.length > 0 ? wrapped(`${rest.length} more, of ${formatSize(size)} themselves`, width) : [];
  return [
    ...columnLines(columns, placeColumn(shown, options), width),
    ...more,
    '',
    ...wrapped(MEANING, width),
    ...(hasDominated ? wrapped(DOMINATED, width) : []),
  ];
}

/** The document that `--json` prints: that of other snapshots, and `retained` with each group. Sizes are bytes. */
export function heapJson(statistics: readonly HeapStatistic[], { keyType, total }: { keyType: HeapKeyType; total: HeapTotal }) {
  return {
    keyType,
    cumulative: false,
    total,
    statistics: statistics.map(({ size, count, retained, dominated, traceback }) => ({
      size,
      count,
      standardError: 0,
      countStandardError: 0,
      retained,
      ...(dominated !== null && { dominated }),
      traceback: tracebackJson(traceback),
    })),
  };
}
