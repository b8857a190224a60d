import { formatSize } from '../../text/size-format.js';
import { percent } from '../text/percent.js';
import { countMark, isNoise, ROUGH_NOTE } from '../text/table.js';
import { type Answer, type AnswerColumn, answerPage } from './answer-page.js';
import { code, shownName } from './markdown-text.js';
import { type AnswerContext, answerContext, type DocumentTraceback, placeText, type RowPlace, rowPlace } from './row-place.js';

/** What `stats --json` and `diff --json` print, of snapshots and of heap snapshots. */
export interface StatisticsDocument {
  readonly keyType: string;
  readonly cumulative: boolean;
  readonly total: { readonly size: number; readonly count: number; readonly sizeDiff?: number };
  /** How many groups there are. */
  readonly groups: number;
  readonly statistics: readonly DocumentRow[];
  readonly notes: readonly string[];
  /** Of a difference: whether it is growth. */
  readonly oneTracing?: boolean | null;
  /** In churn mode. */
  readonly churn?: object;
  /** Of two heap snapshots: what has more entries than before. */
  readonly collections?: readonly { readonly name: string; readonly kind: string; readonly before: number; readonly after: number }[];
}

interface DocumentRow {
  readonly size: number;
  readonly count: number;
  readonly standardError: number;
  /** Of a heap snapshot there is none: it has every object. */
  readonly countStandardError?: number;
  readonly traceback: DocumentTraceback;
  readonly ownCaller?: { readonly share: number; readonly frame: { readonly filename: string; readonly lineno: number } };
  readonly sizeDiff?: number;
  readonly countDiff?: number;
  readonly retained?: number;
}

/** Fields that a row does not need are left out. */
export interface StatisticRow extends RowPlace {
  /** Bytes that it holds now. */
  readonly bytes: number;
  readonly count: number;
  /** Bytes: the standard error of the change, or of the size if there is none. 0 if exact. */
  readonly error: number;
  readonly change?: number;
  readonly countChange?: number;
  /** The standard error of the change of the count, or of the count if there is none. */
  readonly countError?: number;
  /** `chance`: sampling alone may make such a change. `differs`: of two tracings, so it is no growth. */
  readonly verdict?: 'grew' | 'shrank' | 'chance' | 'differs';
  /** Bytes that would be free without it. */
  readonly retained?: number;
  /** The line of the program that led to it. */
  readonly calledBy?: string;
}

const errorCell = (error: number) => (error === 0 ? '' : formatSize(error));
const size = (bytes: number | undefined, sign = false) => (bytes === undefined ? '' : formatSize(bytes, sign));

function countCell({ count, countChange, countError = 0 }: StatisticRow): string {
  if (countChange === undefined) return `${countMark(count, countError)}${count}`;
  return countChange === 0 ? `${count}` : `${count} (${countMark(countChange, countError)}${countChange > 0 ? '+' : ''}${countChange})`;
}

export const STATISTIC_COLUMNS: readonly AnswerColumn<StatisticRow>[] = [
  { title: 'verdict', cell: ({ verdict = '' }) => verdict },
  { title: 'change', cell: ({ change }) => size(change, true) },
  { title: '±', cell: ({ change, error }) => (change === undefined ? '' : errorCell(error)) },
  { title: 'retained', cell: ({ retained }) => size(retained) },
  { title: 'size', cell: ({ bytes }) => formatSize(bytes) },
  { title: '±', cell: ({ change, error }) => (change === undefined ? errorCell(error) : '') },
  {
    title: 'count',
    cell: countCell,
  },
  { title: 'place', isName: true, cell: ({ place }) => code(place) },
  { title: 'function', isName: true, cell: ({ function: name = '' }) => (name === '' ? '' : code(name)) },
  { title: 'called by', isName: true, cell: ({ calledBy = '' }) => (calledBy === '' ? '' : code(calledBy)) },
  { title: 'source', isName: true, cell: ({ source = '' }) => (source === '' ? '' : code(source)) },
];

/** @param top at most so many rows */
export function statisticsAnswer(
  document: StatisticsDocument,
  { top, ...context }: AnswerContext & { readonly top: number },
): Answer<StatisticRow> {
  const { keyType, notes, collections = [] } = document;
  const changed = document.statistics.filter(({ sizeDiff, countDiff }) => sizeDiff !== 0 || (countDiff ?? 0) !== 0);
  const rows = changed.slice(0, top).map((row) => rowOf(row, document, context));
  return {
    finding: isDiff(document) ? changeFinding(rows, document) : sizeFinding(rows, document),
    rows,
    notes: [
      ...notes,
      ...(rows.some((row) => countCell(row).includes('~')) ? [ROUGH_NOTE] : []),
      ...collections.slice(0, top).map(({ name, kind, before, after }) => `${name} (${kind}) has ${after} entries, before ${before}`),
    ],
    leftOut: leftOut(rows, document, keyType),
  };
}

function isDiff({ total }: StatisticsDocument): boolean {
  return total.sizeDiff !== undefined;
}

function rowOf(row: DocumentRow, { keyType, oneTracing }: StatisticsDocument, context: AnswerContext): StatisticRow {
  const { size: bytes, count, standardError, countStandardError = 0, sizeDiff, countDiff, retained, ownCaller, traceback } = row;
  const called = ownCaller && `${placeText(ownCaller.frame, keyType, context.cwd)} (${percent(ownCaller.share, 1)})`;
  return {
    ...rowPlace(traceback, keyType, context),
    bytes,
    count,
    error: Math.round(standardError),
    ...(sizeDiff !== undefined && { change: sizeDiff, verdict: verdictOf({ sizeDiff, standardError }, oneTracing) }),
    ...(countDiff !== undefined && { countChange: countDiff }),
    ...(countStandardError > 0 && { countError: Math.round(countStandardError) }),
    ...(retained !== undefined && { retained }),
    ...(called !== undefined && { calledBy: shownName(called) }),
  };
}

function verdictOf(
  change: { sizeDiff: number; standardError: number },
  oneTracing: boolean | null | undefined,
): StatisticRow['verdict'] & string {
  if (oneTracing === false) return 'differs';
  if (isNoise(change)) return 'chance';
  return change.sizeDiff < 0 ? 'shrank' : 'grew';
}

/** `12 MiB ± 300 KiB` */
function withError(bytes: number, error: number, sign = false): string {
  return `${formatSize(bytes, sign)}${error === 0 ? '' : ` ± ${formatSize(error)}`}`;
}

function named({ place, function: name }: RowPlace): string {
  return `${code(place)}${name === undefined ? '' : ` (${code(name)})`}`;
}

function sizeFinding([first]: readonly StatisticRow[], { total, cumulative, churn }: StatisticsDocument): string {
  const doing = churn ? 'allocated' : 'holds';
  if (first === undefined)
    return churn
      ? 'Nothing was allocated in this time.'
      : 'Nothing is there: what was allocated in this time is not alive any more, or the filters leave it out.';
  if (first.retained !== undefined)
    return `${named(first)} retains most: without its ${first.count} objects ${formatSize(first.retained)} of ${formatSize(total.size)} would be free.`;
  const what = cumulative ? `${doing} with all that it called` : doing;
  return `${named(first)} ${what} ${withError(first.bytes, first.error)}, ${percent(first.bytes, total.size)} of ${formatSize(total.size)}.`;
}

function changeFinding(rows: readonly StatisticRow[], { total, oneTracing }: StatisticsDocument): string {
  const all = `all together changed by ${formatSize(total.sizeDiff ?? 0, true)} to ${formatSize(total.size)}`;
  const first = rows.find(({ verdict }) => verdict === 'grew') ?? rows[0];
  if (first === undefined) return `Nothing changed: ${formatSize(total.size)} before and after.`;
  const change = withError(first.change ?? 0, first.error, true);
  switch (first.verdict) {
    case 'grew':
      return `${named(first)} grew most, by ${change} to ${formatSize(first.bytes)}; ${all}.`;
    case 'shrank':
      return `Nothing grew; ${named(first)} shrank by ${change}; ${all}.`;
    case 'differs':
      return `The two are of different tracings, so a difference is no growth; the largest is ${change} at ${named(first)}.`;
    default:
      return `No change is larger than what sampling alone may make${oneTracing === null ? '' : ' (two standard errors)'}; the largest is ${change} at ${named(first)}.`;
  }
}

function leftOut(rows: readonly StatisticRow[], { groups, total, cumulative }: StatisticsDocument, keyType: string): string[] {
  const rest = groups - rows.length;
  if (rest <= 0) return [];
  const isChange = total.sizeDiff !== undefined;
  const sum = rows.reduce((all, { change, bytes }) => all + (isChange ? (change ?? 0) : bytes), 0);
  const bytes = cumulative ? '' : ` with ${formatSize((isChange ? (total.sizeDiff ?? 0) : total.size) - sum, isChange)}`;
  return [
    `${rest} more rows by ${keyType}${bytes} are left out; narrow them with include, exclude or another key, or take --top all of the command.`,
  ];
}

/** The answer as a page of Markdown. */
export function statisticsPage(document: StatisticsDocument, { top, cwd }: { readonly top: number; readonly cwd: string }): string {
  return answerPage(statisticsAnswer(document, { top, ...answerContext(cwd) }), STATISTIC_COLUMNS);
}
