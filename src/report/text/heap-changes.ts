import type { HeapComparison } from '../../heap-graph/comparison/compare-heaps.js';
import type { GrowingCollection } from '../../heap-graph/comparison/growing-collections.js';
import type { TypeChange } from '../../heap-graph/comparison/type-changes.js';
import { tracebackJson } from '../../model/traceback-json.js';
import { visible } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { cutEnd, wrapped } from '../../text/text-width.js';
import { type Column, columnLines } from './column-lines.js';
import type { HeapTotal } from './heap-table.js';
import { placeColumn } from './table.js';

interface ChangeOptions {
  /** The number of rows of each table. */
  readonly top: number;
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
  /** Available columns. */
  readonly width: number;
}

const OF_TWO =
  'The ids of objects do not match: the snapshots are of two processes, or a debugger left in between, after which V8 gives new ids. So only the types are compared.';
const NUMBERS = '≤ the room for entries: small numbers leave no trace in a heap snapshot';

/** The types that changed most, then the collections that have more entries than before. */
export function heapChangeLines({ isOneProcess, types, collections }: HeapComparison, options: ChangeOptions): string[] {
  const { top, width } = options;
  const changed = types.filter(isChanged);
  if (changed.length === 0) return ['nothing changed'];
  const shown = changed.slice(0, top);
  const rest = changed.slice(top);
  const left = rest.reduce((sum, { sizeDiff }) => sum + sizeDiff, 0);
  return [
    ...isOneProcessNote({ isOneProcess }).flatMap((note) => [...wrapped(note, width), '']),
    ...columnLines(changeColumns(shown, isOneProcess), placeColumn(shown, { ...options, keyType: 'type' }), width),
    ...(rest.length > 0 ? [`${rest.length} more: ${formatSize(left, true)}`] : []),
    ...(collections.length > 0 ? ['', ...collectionLines(collections, options)] : []),
  ];
}

/** What a reader must know if objects could not be told apart. */
export function isOneProcessNote({ isOneProcess }: Pick<HeapComparison, 'isOneProcess'>): string[] {
  return isOneProcess ? [] : [OF_TWO];
}

export function isChanged({ sizeDiff, newCount, goneCount, countDiff }: TypeChange): boolean {
  return [sizeDiff, newCount, goneCount, countDiff].some(Boolean);
}

function changeColumns(shown: readonly TypeChange[], isOneProcess: boolean): Column[] {
  const changes: Column[] = [
    { title: 'change', cells: shown.map(({ sizeDiff }) => formatSize(sizeDiff, true)) },
    { title: 'size', cells: shown.map(({ size }) => formatSize(size)), dispensable: 2 },
  ];
  const counts = { title: 'count', cells: shown.map(({ count }) => `${count}`), dispensable: 3 };
  if (!isOneProcess)
    return [...changes, { title: 'change', cells: shown.map(({ countDiff }) => signed(countDiff)), dispensable: 1 }, counts];
  return [
    ...changes,
    { title: 'new', cells: shown.map(({ newCount }) => `${newCount}`) },
    { title: 'gone', cells: shown.map(({ goneCount }) => `${goneCount}`) },
    ...(shown.some(({ grown }) => grown !== 0)
      ? [{ title: 'grown', cells: shown.map(({ grown }) => formatSize(grown ?? 0, true)), dispensable: 1 }]
      : []),
    counts,
  ];
}

function collectionLines(collections: readonly GrowingCollection[], { top, width }: ChangeOptions): string[] {
  const shown = collections.slice(0, top);
  const columns: Column[] = [
    { title: 'entries', cells: shown.map(({ before, after }) => `+${after - before}`) },
    { title: 'before', cells: shown.map(({ before, atMost }) => `${atMost ? '≤ ' : ''}${before}`), dispensable: 2 },
    { title: 'after', cells: shown.map(({ after, atMost }) => `${atMost ? '≤ ' : ''}${after}`) },
    { title: 'retained', cells: shown.map(({ retained }) => formatSize(retained)), dispensable: 3 },
    { title: 'id', cells: shown.map(({ id }) => `@${id}`), dispensable: 1 },
  ];
  const cells = shown.map(({ name, kind, count }) => (room: number) => {
    const text = visible(`${name}: ${kind}`);
    return cutEnd(count === 1 ? text : `${text} (${count} of them; id and retained are those of the one that grew most)`, room);
  });
  const rest = collections.length - shown.length;
  return [
    'collections that have more entries than before:',
    ...columnLines(columns, { title: 'collection', cells }, width),
    ...(rest > 0 ? [`${rest} more`] : []),
    ...(shown.some(({ atMost }) => atMost) ? wrapped(NUMBERS, width) : []),
  ];
}

/** `+5` */
export function signed(count: number): string {
  return count >= 0 ? `+${count}` : `${count}`;
}

export interface ComparedTotal extends HeapTotal {
  readonly sizeDiff: number;
  readonly countDiff: number;
}

/** The document that `diff --json` prints for heap snapshots. Sizes are bytes. */
export function heapChangesJson({ isOneProcess, types, collections }: HeapComparison, total: ComparedTotal) {
  return {
    keyType: 'type',
    cumulative: false,
    oneProcess: isOneProcess,
    total,
    statistics: types.map(({ traceback, ...figures }) => ({
      standardError: 0,
      countStandardError: 0,
      ...figures,
      traceback: tracebackJson(traceback),
    })),
    collections,
  };
}
