import type { IsPacked } from '../../snapshot/packed-lines.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import type { Statistic, StatisticDiff } from '../../snapshot/statistics/statistic.js';
import { formatSize } from '../../text/size-format.js';
import { widthOf, wrapped } from '../../text/text-width.js';
import { rateOf } from './churn-notes.js';
import { type Colours, changeStyle, PLAIN } from './colours.js';
import { type Column, columnLines, type LastColumn } from './column-lines.js';
import { percent } from './percent.js';
import { callerOf, placeOf } from './place.js';
import { placeNotes } from './place-notes.js';

export interface TableOptions {
  readonly keyType: KeyType;
  /** Whether groups overlap, so that their sum has no meaning. */
  readonly cumulative: boolean;
  /** The number of rows to print. */
  readonly top: number;
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
  /** Columns of the terminal; Infinity if the output is not a terminal. */
  readonly width: number;
  readonly colours: Colours;
  /** Which lines hold much of a program; default: none. */
  readonly isPacked?: IsPacked;
  /** In churn mode: the time in which everything was allocated, and how much it was before any filter. */
  readonly churn?: { readonly seconds: number; readonly total: number };
}

export interface DiffOptions extends TableOptions {
  /** Whether the difference is known not to be growth: then it has no colours, and the columns are named for the two sides. */
  readonly isOfTwoTracings?: boolean;
}

/** Differences of at most this many standard errors are marked. One in twenty exceeds it although nothing changed. */
const NOISE = 2;
const BEFORE_CALLER = '  ';
/** A count is marked unless two standard errors below and above it are within a factor of two. */
const ROUGH = 4;
export const ROUGH_NOTE = '~ before a count: not known within a factor of two';
const NOISE_NOTE = '~ within two standard errors (±): sampling alone may make such a change';

/** The largest groups as aligned columns, then one line for the rest. Sampled sizes have their standard error beside them. */
export function statisticsTable(statistics: readonly Statistic[], options: TableOptions): string[] {
  const { cumulative, top, width, churn } = options;
  if (statistics.length === 0) return [churn ? 'nothing was allocated in this time' : 'nothing allocated in this time is still alive'];
  const shown = statistics.slice(0, top);
  const columns: Column[] = [
    { title: 'size', cells: shown.map(({ size }) => formatSize(size)) },
    ...errorColumn(shown),
    ...(churn ? churnColumns(shown, churn) : []),
    { title: 'count', cells: shown.map((one) => `${countMark(one.count, one.countStandardError)}${one.count}`), dispensable: 2 },
    { title: 'average', cells: shown.map(({ size, count }) => average(size, count)), dispensable: 3 },
  ];
  const rest = statistics.slice(top);
  const lines = columnLines(columns, placeColumn(shown, options), width);
  if (rest.length > 0)
    lines.push(...wrapped(restLine(rest.length, cumulative ? '' : formatSize(sum(rest.map(({ size }) => size)))), width));
  const rough = shown.some((one) => isRough(one.count, one.countStandardError)) ? [ROUGH_NOTE] : [];
  return [...lines, ...[...rough, ...placeNotes(shown)].flatMap((line) => wrapped(line, width))];
}

/**
 * The groups that changed most, then one line for the rest. Changes that sampling alone may have made are marked. Other changes are
 * coloured by their direction.
 */
export function diffTable(diffs: readonly StatisticDiff[], options: DiffOptions): string[] {
  const changed = diffs.filter(isChanged);
  if (changed.length === 0) return ['nothing changed'];
  const { cumulative, top, width, isOfTwoTracings } = options;
  const shown = changed.slice(0, top);
  const columns = isOfTwoTracings ? columnsOfTwo(shown) : columnsOfGrowth(shown, options);
  const rest = changed.slice(top);
  const lines = columnLines(columns, placeColumn(shown, options), width);
  if (rest.length > 0)
    lines.push(...wrapped(restLine(rest.length, cumulative ? '' : formatSize(sum(rest.map(({ sizeDiff }) => sizeDiff)), true)), width));
  const rough = !isOfTwoTracings && shown.some((one) => isRough(one.countDiff, one.countStandardError)) ? [ROUGH_NOTE] : [];
  return [...lines, ...[...noiseNote(shown), ...rough, ...placeNotes(shown)].flatMap((line) => wrapped(line, width))];
}

function churnColumns(shown: readonly Statistic[], { seconds, total }: NonNullable<TableOptions['churn']>): Column[] {
  return [
    { title: 'rate', cells: shown.map(({ size }) => rateOf(size, seconds)) },
    { title: 'share', cells: shown.map(({ size }) => percent(size, total)), dispensable: 4 },
  ];
}

function columnsOfGrowth(shown: readonly StatisticDiff[], { colours }: TableOptions): Column[] {
  return [
    { title: 'change', ...changeCells(shown, colours) },
    ...errorColumn(shown),
    { title: 'size', cells: shown.map(({ size }) => formatSize(size)), dispensable: 2 },
    {
      title: 'change',
      cells: shown.map((one) => `${countMark(one.countDiff, one.countStandardError)}${signed(one.countDiff)}`),
      dispensable: 3,
    },
    { title: 'count', cells: shown.map(({ count }) => `${count}`), dispensable: 4 },
  ];
}

function columnsOfTwo(shown: readonly StatisticDiff[]): Column[] {
  return [
    { title: 'difference', ...changeCells(shown, PLAIN) },
    ...errorColumn(shown),
    { title: 'old', cells: shown.map(({ size, sizeDiff }) => formatSize(size - sizeDiff)), dispensable: 2 },
    { title: 'new', cells: shown.map(({ size }) => formatSize(size)), dispensable: 2 },
    { title: 'old count', cells: shown.map(({ count, countDiff }) => `${count - countDiff}`), dispensable: 3 },
    { title: 'new count', cells: shown.map(({ count }) => `${count}`), dispensable: 3 },
  ];
}

/** A change, with what tells whether sampling alone may have made it. */
export type Change = Pick<StatisticDiff, 'sizeDiff' | 'standardError'>;

/** The cells of a column of size changes. */
export function changeCells(changes: readonly Change[], colours: Colours): Pick<Column, 'cells' | 'style'> {
  return {
    cells: changes.map((change) => `${isNoise(change) ? '~ ' : ''}${formatSize(change.sizeDiff, true)}`),
    style: (row) => changeStyle(isNoise(changes[row]!) ? 0 : changes[row]!.sizeDiff, colours),
  };
}

/** The note that explains the mark, if any change is marked. */
export function noiseNote(changes: readonly Change[]): string[] {
  return changes.some(isNoise) ? [NOISE_NOTE] : [];
}

/** The column of standard errors; none if every figure is exact. */
function errorColumn(shown: readonly Statistic[]): Column[] {
  const errors = shown.map(({ standardError }) => standardError);
  if (errors.every((error) => error === 0)) return [];
  return [{ title: '±', cells: errors.map((error) => formatSize(error)), dispensable: 1 }];
}

/** The column with the place of each group, and its own caller if it has one: in the same line, or below if that is too narrow. */
export function placeColumn(
  groups: readonly (Pick<Statistic, 'traceback'> & Partial<Pick<Statistic, 'ownCaller'>>)[],
  options: Pick<TableOptions, 'keyType' | 'cwd' | 'isPacked'>,
): LastColumn {
  const { keyType, cwd, isPacked } = options;
  return {
    title: keyTitle(keyType),
    cells: groups.map(({ traceback, ownCaller }) => (width) => {
      const place = placeOf(traceback, { keyType, cwd, isPacked, width });
      if (!ownCaller) return place;
      const whole = `${placeOf(traceback, { keyType, cwd, isPacked })}${BEFORE_CALLER}${callerOf(ownCaller, { cwd, isPacked, width: Number.POSITIVE_INFINITY })}`;
      const below = `${BEFORE_CALLER}${callerOf(ownCaller, { cwd, isPacked, width: width - BEFORE_CALLER.length })}`;
      return widthOf(whole) <= width ? whole : [place, below];
    }),
  };
}

/** What a table says of its key. */
export function keyTitle(keyType: KeyType): string {
  if (keyType === 'own') return 'line of your code';
  return keyType === 'lineno' ? 'line' : keyType;
}

/** Whether sampling alone may have made the change. */
export function isNoise({ sizeDiff, standardError }: Change): boolean {
  return standardError > 0 && Math.abs(sizeDiff) <= NOISE * standardError;
}

/** Rows that did not change are not shown. */
export function isChanged({ sizeDiff, countDiff }: Pick<StatisticDiff, 'sizeDiff' | 'countDiff'>): boolean {
  return sizeDiff !== 0 || countDiff !== 0;
}

function isRough(count: number, countStandardError: number): boolean {
  return ROUGH * countStandardError > Math.abs(count);
}

/** `~` before a count, or a change of a count, that is not known within a factor of two. */
export function countMark(count: number, countStandardError: number): string {
  return isRough(count, countStandardError) ? '~' : '';
}

function restLine(groups: number, bytes: string): string {
  return bytes === '' ? `${groups} more` : `${groups} more: ${bytes}`;
}

function average(size: number, count: number): string {
  return count === 0 ? '' : formatSize(size / count);
}

function signed(count: number): string {
  return count >= 0 ? `+${count}` : `${count}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
