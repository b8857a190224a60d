import { LEAST_ROUNDS } from '../../series/growth.js';
import { formatSize } from '../../text/size-format.js';
import type { Answer, AnswerColumn } from './answer-page.js';
import { code } from './markdown-text.js';
import { type AnswerContext, type DocumentTraceback, type RowPlace, rowPlace } from './row-place.js';

/** What `leaks --json` prints. */
export interface GrowthDocument {
  readonly keyType: string;
  readonly rounds: readonly { readonly time: string; readonly traced: number }[];
  readonly warmup: number;
  readonly leaks: number;
  readonly growth: readonly {
    readonly verdict: string;
    readonly slope: number;
    readonly standardError: number;
    readonly sizes: readonly number[];
    readonly ages: readonly number[];
    readonly traceback: DocumentTraceback;
  }[];
}

export interface GrowthRow extends RowPlace {
  /** `leaks`, `grows`: it may be a leak, but is not sure. */
  readonly verdict: string;
  /** Bytes a round. */
  readonly slope: number;
  /** Bytes a round: the standard error of the slope; 0 if exact. */
  readonly error: number;
  /** Bytes in the last round. */
  readonly alive: number;
  /** Of the rounds that count, so many left something that was not freed. */
  readonly roundsKept: number;
}

export const GROWTH_COLUMNS: readonly AnswerColumn<GrowthRow>[] = [
  { title: 'verdict', cell: ({ verdict }) => verdict },
  { title: 'a round', cell: ({ slope }) => formatSize(slope, true) },
  { title: '±', cell: ({ error }) => (error === 0 ? '' : formatSize(error)) },
  { title: 'alive', cell: ({ alive }) => formatSize(alive) },
  { title: 'rounds kept', cell: ({ roundsKept }) => `${roundsKept}` },
  { title: 'place', isName: true, cell: ({ place }) => code(place) },
  { title: 'function', isName: true, cell: ({ function: name = '' }) => (name === '' ? '' : code(name)) },
  { title: 'source', isName: true, cell: ({ source = '' }) => (source === '' ? '' : code(source)) },
];

/** @param top at most so many rows */
export function growthAnswer(document: GrowthDocument, { top, ...context }: AnswerContext & { readonly top: number }): Answer<GrowthRow> {
  const { keyType, growth, warmup } = document;
  const growing = growth.filter(({ verdict }) => verdict === 'leaks' || verdict === 'grows');
  const rows = growing.slice(0, top).map(
    ({ verdict, slope, standardError, sizes, ages, traceback }): GrowthRow => ({
      ...rowPlace(traceback, keyType, context),
      verdict,
      slope: Math.round(slope),
      error: Math.round(standardError),
      alive: sizes.at(-1) ?? 0,
      roundsKept: ages.slice(warmup + 1).filter((bytes) => bytes > 0).length,
    }),
  );
  const others = growth.length - growing.length;
  const rest = growing.length - rows.length;
  return {
    finding: finding(rows, document),
    rows,
    notes: [],
    leftOut: [
      ...(rest > 0 ? [`${rest} more rows that grow are left out; take --top all of the command.`] : []),
      ...(others > 0 ? [`${others} rows by ${keyType} are left out because they did not grow, or by chance only.`] : []),
    ],
  };
}

function finding(rows: readonly GrowthRow[], { leaks, rounds, warmup, keyType }: GrowthDocument): string {
  const counted = rounds.length - 1 - warmup;
  const [first] = rows;
  if (leaks > 0 && first !== undefined) {
    const error = first.error === 0 ? '' : ` ± ${formatSize(first.error)}`;
    const name = first.function === undefined ? '' : ` (${code(first.function)})`;
    const others = leaks === 1 ? '' : leaks === 2 ? ' Another one leaks, too.' : ` ${leaks - 1} others leak, too.`;
    return `**Leak:** ${code(first.place)}${name} keeps ${formatSize(first.slope)}${error} of every round: of ${counted} rounds, ${first.roundsKept} left something that was not freed.${others}`;
  }
  if (rounds.length < warmup + LEAST_ROUNDS)
    return `**No verdict:** there are ${rounds.length} rounds, and it takes ${warmup + LEAST_ROUNDS} to tell a leak.`;
  if (first !== undefined)
    return `**No certain leak** by ${keyType} in ${rounds.length} rounds; ${code(first.place)} grows by ${formatSize(first.slope, true)} a round, but what it keeps may be freed later. More rounds can tell.`;
  return `**No leak:** nothing grew in every one of ${rounds.length} rounds.`;
}
