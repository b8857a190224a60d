import type { HeapStatistic } from '../../heap-graph/census/heap-statistics.js';
import type { Explanation } from '../../heap-graph/paths/explain.js';
import { formatSize } from '../../text/size-format.js';
import { heapDocument, tableParts, typeText } from './heap-document.js';

/** A row of the page. */
export interface HeapPageRow extends HeapStatistic {
  /** What holds the objects; null if that was not worked out. */
  readonly explanation: Explanation | null;
}

export interface HeapPage {
  readonly title: string;
  /** Bytes and objects of the whole heap. */
  readonly size: number;
  readonly count: number;
  /** The one that retains most comes first. */
  readonly rows: readonly HeapPageRow[];
  /** How many more types there are. */
  readonly more: number;
  /** What is wrong with the file, if this is only what stands before the damage. */
  readonly damage?: string;
}

/** The types of a heap snapshot as one page that needs nothing else, not even a script. */
export function heapPage({ title, size, count, rows, more, damage }: HeapPage): Uint8Array[] {
  const most = rows.reduce((highest, { retained }) => Math.max(highest, retained), 1);
  const lead = `${count} objects, ${formatSize(size)}. <b>Retained</b> is what would be free if all objects of a row were gone. A byte can be retained by several rows, so they do not add up. Open a row to see what holds its objects.`;
  return heapDocument({ title, damage, lead }, [
    ...tableParts(
      ['retained', 'size', 'count', 'type'],
      rows.map((row) => rowText(row, most)),
    ),
    ...(more > 0 ? [`<p>${more} more types retain less.</p>\n`] : []),
  ]);
}

function rowText({ traceback, size, count, retained, explanation }: HeapPageRow, most: number): string {
  const type = typeText(traceback.at(0)!.filename, explanation);
  const bar = `<meter aria-hidden="true" max="${most}" value="${retained}"></meter>`;
  return `<tr><td>${formatSize(retained)}${bar}</td><td>${formatSize(size)}</td><td>${count}</td><td>${type}</td></tr>\n`;
}
