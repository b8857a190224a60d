import type { GrowingCollection } from '../../heap-graph/comparison/growing-collections.js';
import type { TypeChange } from '../../heap-graph/comparison/type-changes.js';
import type { Explanation } from '../../heap-graph/paths/explain.js';
import { formatSize } from '../../text/size-format.js';
import { type ComparedTotal, signed } from '../text/heap-changes.js';
import { heapDocument, tableParts, text, typeText } from './heap-document.js';

/** A row of the page. */
export interface HeapChangesRow extends TypeChange {
  /** What holds the objects in the newer snapshot; null if that was not worked out. */
  readonly explanation: Explanation | null;
}

export interface HeapChangesPage {
  readonly title: string;
  readonly total: ComparedTotal;
  readonly isOneProcess: boolean;
  /** The one that changed most comes first. */
  readonly rows: readonly HeapChangesRow[];
  /** How many more types changed. */
  readonly more: number;
  readonly collections: readonly GrowingCollection[];
  readonly damage?: string;
}

/** What changed between two heap snapshots as one page that needs nothing else, not even a script. */
export function heapChangesPage({ title, total, isOneProcess, rows, more, collections, damage }: HeapChangesPage): Uint8Array[] {
  const { size, count, sizeDiff, countDiff } = total;
  const ids = isOneProcess ? '' : ' The ids of objects do not match, so only the types are compared.';
  const lead = `${count} objects (${signed(countDiff)}), ${formatSize(size)} (${formatSize(sizeDiff, true)}).${ids} Open a row to see what holds its objects in the newer snapshot.`;
  const columns = isOneProcess ? ['change', 'size', 'new', 'gone', 'count', 'type'] : ['change', 'size', 'change', 'count', 'type'];
  return heapDocument({ title, damage, lead }, [
    ...tableParts(columns, rows.map(rowText)),
    ...(more > 0 ? [`<p>${more} more types changed less.</p>\n`] : []),
    ...(collections.length > 0 ? collectionParts(collections) : []),
  ]);
}

function rowText({ traceback, size, count, sizeDiff, countDiff, newCount, goneCount, explanation }: HeapChangesRow): string {
  const changes = newCount === null ? [signed(countDiff)] : [`${newCount}`, `${goneCount}`];
  const type = typeText(traceback.at(0)!.filename, explanation);
  return rowOf([formatSize(sizeDiff, true), formatSize(size), ...changes, `${count}`, type]);
}

function collectionParts(collections: readonly GrowingCollection[]): string[] {
  const rows = collections.map(({ name, kind, count, before, after, atMost, id, retained }) => {
    const most = atMost ? '≤ ' : '';
    const more = count === 1 ? '' : ` (${count} of them; id and retained are those of the one that grew most)`;
    const place = `<code>${text(name)}</code>: ${kind}${more}`;
    return rowOf([`+${after - before}`, most + before, most + after, formatSize(retained), `@${id}`, place]);
  });
  return [
    '<h2>Collections that have more entries than before</h2>\n',
    ...tableParts(['entries', 'before', 'after', 'retained', 'id', 'collection'], rows),
  ];
}

function rowOf(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>\n`;
}
