import type { Ledger } from '../../ledger/ledger.js';
import { LEDGER_KINDS, type LedgerKind, type LedgerRow } from '../../ledger/ledger-rows.js';
import { listed } from '../../text/listing.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { cutEnd, wrapped } from '../../text/text-width.js';
import { type Colours, changeStyle } from './colours.js';
import { type Column, columnLines } from './column-lines.js';

export interface LedgerTableOptions {
  /** Names the process. */
  readonly label: string;
  /** Available columns. */
  readonly width: number;
  readonly colours: Colours;
  /** Earlier ledgers of the process, to which changes are shown. */
  readonly since?: { readonly previous: Ledger; readonly first: Ledger };
}

/** What a row contains. */
const MEANINGS: Readonly<Record<LedgerKind, string>> = {
  heap: 'JavaScript heap',
  code: 'code that V8 has compiled',
  'array-buffers': 'ArrayBuffers and Buffers',
  'external-strings': 'strings outside of the heap',
  wasm: 'memories of WebAssembly',
  native: 'native objects that V8 knows of',
  binary: 'the node binary',
  libraries: 'shared libraries and addons',
  stacks: 'stacks of threads',
  'mapped-files': 'files and shared memory that the program has mapped',
  malloc: 'the rest: malloc (addons, OpenSSL, zlib, Node itself) and its fragmentation',
};
const OF_NO_THREAD: Readonly<Partial<Record<LedgerKind, string>>> = {
  heap: "V8's memory of no single thread: kept for later, or shared",
};

/** Rows of a ledger as aligned columns, then their sum, and what a reader must know. */
export function ledgerTable(ledger: Ledger, { width, colours, since }: LedgerTableOptions): string[] {
  const rows = shownRows(ledger, since);
  const isEstimated = rows.some(({ estimated }) => estimated);
  const changes = (old: Ledger) => {
    const column = [...rows.map(({ bytes, of }) => bytes - bytesIn(old, of)), ledger.rss - old.rss];
    return { cells: column.map((bytes) => formatSize(bytes, true)), style: (row: number) => changeStyle(column[row]!, colours) };
  };
  const columns: Column[] = [
    { title: 'resident', cells: [...rows.map(({ bytes }) => formatSize(bytes)), formatSize(ledger.rss)] },
    ...(isEstimated ? [{ title: '±', cells: [...rows.map(errorCell), ''], dispensable: 1 }] : []),
    ...(since ? [{ title: 'change', ...changes(since.previous), dispensable: 2 }] : []),
    ...(since && since.first !== since.previous ? [{ title: 'since start', ...changes(since.first) }] : []),
  ];
  const cells = [...rows.map(rowText), 'all of it (rss)'].map((text) => (room: number) => cutEnd(text, room));
  return [...columnLines(columns, { title: 'what', cells }, width), ...ledgerNotes(ledger).flatMap((note) => wrapped(note, width))];
}

/** What stands above the table. */
export function ledgerTitle({ pid, time, rss }: Ledger, { label, width }: LedgerTableOptions): string[] {
  const name = pid === null || label.includes(`${pid}`) ? label : `${label} (process ${pid})`;
  return wrapped(`${printable(name)} at ${time.slice(11, 19)} UTC: ${formatSize(rss)} resident`, width);
}

/** What stands below it: what grows since the first ledger. */
export function ledgerVerdictLines({ verdicts }: Ledger, { width, colours }: LedgerTableOptions): string[] {
  return verdicts.flatMap(({ kind, growth, advice }) =>
    wrapped(`${kind} ${formatSize(growth, true)}: ${advice}`, width).map((line) => colours.grown(line)),
  );
}

/** Of a kind, so many threads have a line of their own. */
const MOST_THREADS = 5;

/** A row, or several of one kind together. */
interface ShownRow extends LedgerRow {
  /** The rows that it stands for. */
  readonly of: readonly LedgerRow[];
}

/** Rows that have something, now or before. The threads with the least of a kind share one line. */
export function shownRows(ledger: Ledger, since?: LedgerTableOptions['since']): ShownRow[] {
  const had = (row: LedgerRow) => since !== undefined && bytesIn(since.previous, [row]) + bytesIn(since.first, [row]) > 0;
  const rows = [...ledger.rows, ...endedThreads(ledger, since)].filter((row) => row.bytes > 0 || (row.size ?? 0) > 0 || had(row));
  return LEDGER_KINDS.flatMap((kind) => {
    const own = rows.filter((row) => row.kind === kind);
    const least = own
      .filter(({ thread }) => thread !== null)
      .sort((a, b) => b.bytes - a.bytes)
      .slice(MOST_THREADS);
    const shown = own.filter((row) => !least.includes(row)).map((row) => ({ ...row, of: [row] }));
    return least.length > 1 ? [...shown, together(least)] : own.map((row) => ({ ...row, of: [row] }));
  });
}

/** Rows without bytes for threads that have ended since the last time, so that changes add up. */
function endedThreads(ledger: Ledger, since: LedgerTableOptions['since']): LedgerRow[] {
  const before = since?.previous.rows.filter(({ thread }) => thread !== null) ?? [];
  const ended = before.filter(({ thread }) => ledger.rows.every((row) => row.thread !== thread));
  return ended.map(({ kind, thread, estimated }) => ({ kind, thread, bytes: 0, estimated }));
}

function together(rows: readonly LedgerRow[]): ShownRow {
  const sum = (field: 'bytes' | 'used' | 'live' | 'size') => rows.reduce((total, row) => total + (row[field] ?? 0), 0);
  const { kind, used, size } = rows[0]!;
  const isLiveKnown = rows.every(({ live }) => live !== undefined);
  return {
    kind,
    thread: `${rows.length} more threads`,
    bytes: sum('bytes'),
    estimated: rows.some(({ estimated }) => estimated),
    ...(used !== undefined && { used: sum('used') }),
    ...(isLiveKnown && { live: sum('live') }),
    ...(size !== undefined && { size: sum('size') }),
    of: rows,
  };
}

/** The bytes of the same rows in another ledger. */
function bytesIn({ rows }: Ledger, of: readonly LedgerRow[]): number {
  const isAmong = ({ kind, thread }: LedgerRow) => of.some((row) => row.kind === kind && row.thread === thread);
  return rows.reduce((sum, row) => sum + (isAmong(row) ? row.bytes : 0), 0);
}

function errorCell({ estimated, error }: LedgerRow): string {
  if (!estimated) return '';
  return error === undefined ? '±' : `±${formatSize(error)}`;
}

function rowText(row: LedgerRow): string {
  const { kind, thread } = row;
  const owner = thread === null ? kind : `${kind}, ${printable(thread)}`;
  return `${owner}: ${rowMeaning(row)}`;
}

/** What a row contains, in words and figures. */
export function rowMeaning({ kind, thread, bytes, size, used, live, shared, count }: LedgerRow): string {
  const name = (thread === null && OF_NO_THREAD[kind]) || MEANINGS[kind];
  const details = [
    ...(used === undefined ? [] : heapDetails(bytes, used, live)),
    ...(size === undefined || size <= bytes ? [] : [`${formatSize(size - bytes)} ${kind === 'heap' ? 'reserved' : 'untouched'}`]),
    ...(shared === undefined || shared === 0 ? [] : [`${formatSize(shared)} shared with other processes`]),
    ...(count === undefined || count === 0 ? [] : [kind === 'stacks' ? `${count} stacks` : `${count} arenas beside the main one`]),
  ];
  return `${name}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}

/** What a heap has in memory. V8 may count objects in parts that nobody has touched. */
function heapDetails(bytes: number, used: number, live: number | undefined): string[] {
  const objects =
    live === undefined ? [`${formatSize(used)} live and garbage`] : [`${formatSize(live)} live`, `${formatSize(used - live)} garbage`];
  return [...objects, ...(used < bytes ? [`${formatSize(bytes - used)} free`] : [])];
}

/** What a reader must know about the figures. */
export function ledgerNotes({ notes, missing, swap }: Pick<Ledger, 'notes' | 'missing' | 'swap'>): string[] {
  return [
    ...(swap === null || swap === 0 ? [] : [`${formatSize(swap)} more are in swap, in none of the rows`]),
    ...(missing.length === 0 ? [] : [missingNote(missing)]),
    ...notes.map(printable),
  ];
}

function missingNote(missing: Ledger['missing']): string {
  const names = listed(
    missing.map(({ thread }) => printable(thread)),
    'and',
  );
  const [{ reason }] = missing as [Ledger['missing'][number]];
  return `what ${names} holds is in other rows: ${printable(reason)}`;
}
