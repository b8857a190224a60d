import type { Ledger } from '../../ledger/ledger.js';
import { formatSize } from '../../text/size-format.js';
import { ledgerNotes, rowMeaning, shownRows } from '../text/ledger-table.js';
import { percent } from '../text/percent.js';
import type { Answer, AnswerColumn } from './answer-page.js';
import { code, shownName } from './markdown-text.js';

export interface MemoryRow {
  readonly kind: string;
  /** Left out for what belongs to no single thread. */
  readonly thread?: string;
  readonly bytes: number;
  /** Bytes by which an estimate may be wrong. Left out if it is exact, or not known. */
  readonly error?: number;
  readonly estimated: boolean;
  /** What it contains. */
  readonly meaning: string;
}

export const MEMORY_COLUMNS: readonly AnswerColumn<MemoryRow>[] = [
  { title: 'resident', cell: ({ bytes }) => formatSize(bytes) },
  { title: '±', cell: ({ estimated, error }) => (error !== undefined ? formatSize(error) : estimated ? '±' : '') },
  { title: 'kind', isName: true, cell: ({ kind }) => kind },
  { title: 'thread', isName: true, cell: ({ thread = '' }) => (thread === '' ? '' : code(thread)) },
  { title: 'what', isName: true, cell: ({ meaning }) => meaning },
];

/** @param top at most so many rows */
export function ledgerAnswer(ledger: Ledger, { top, label }: { readonly top: number; readonly label: string }): Answer<MemoryRow> {
  const all = shownRows(ledger).sort((a, b) => b.bytes - a.bytes);
  const rows = all.slice(0, top).map(
    (row): MemoryRow => ({
      kind: row.kind,
      ...(row.thread !== null && { thread: shownName(row.thread) }),
      bytes: row.bytes,
      ...(row.error !== undefined && { error: Math.round(row.error) }),
      estimated: row.estimated,
      meaning: rowMeaning(row),
    }),
  );
  const rest = all.slice(top);
  const bytes = rest.reduce((sum, row) => sum + row.bytes, 0);
  return {
    finding: finding(rows, ledger, label),
    rows,
    notes: ledgerNotes(ledger),
    leftOut: rest.length === 0 ? [] : [`${rest.length} more rows with ${formatSize(bytes)} are left out; memory --json has all.`],
  };
}

function finding([first]: readonly MemoryRow[], { rss, verdicts }: Ledger, label: string): string {
  const largest =
    first === undefined ? '' : `; the largest part is ${first.kind} with ${formatSize(first.bytes)}, ${percent(first.bytes, rss)}`;
  const grows = verdicts.map(({ kind, growth, advice }) => ` **${kind} grows** by ${formatSize(growth)}: ${advice}.`);
  return [`${code(label)} has ${formatSize(rss)} resident${largest}.`, ...grows].join('');
}
