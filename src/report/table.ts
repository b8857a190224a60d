import type { KeyType } from '../snapshot/key-type.js';
import { formatSize } from '../snapshot/size-format.js';
import type { Statistic, StatisticDiff } from '../snapshot/statistic.js';
import { placeOf } from './place.js';

export interface TableOptions {
  readonly keyType: KeyType;
  /** Groups overlap, so that a sum of them means nothing. */
  readonly cumulative: boolean;
  /** Rows to print. */
  readonly top: number;
  /** Paths below it are shown relative to it. */
  readonly cwd: string;
}

/** The largest groups as aligned columns, then a line for the rest. */
export function statisticsTable(statistics: readonly Statistic[], { keyType, cumulative, top, cwd }: TableOptions): string[] {
  if (statistics.length === 0) return ['nothing that was allocated in this time is still alive'];
  const shown = statistics.slice(0, top);
  const rows = shown.map(({ traceback, size, count }) => [
    formatSize(size),
    `${count}`,
    average(size, count),
    placeOf(traceback, keyType, cwd),
  ]);
  const rest = statistics.slice(top);
  const lines = aligned([['size', 'count', 'average', placeTitle(keyType)], ...rows]);
  if (rest.length > 0) lines.push(`${rest.length} more${cumulative ? '' : `: ${formatSize(sum(rest.map(({ size }) => size)))}`}`);
  return lines;
}

/** The groups that changed most, then a line for the rest. */
export function diffTable(diffs: readonly StatisticDiff[], { keyType, cumulative, top, cwd }: TableOptions): string[] {
  const changed = diffs.filter(({ sizeDiff, countDiff }) => sizeDiff !== 0 || countDiff !== 0);
  if (changed.length === 0) return ['nothing changed'];
  const rows = changed
    .slice(0, top)
    .map(({ traceback, size, sizeDiff, count, countDiff }) => [
      formatSize(sizeDiff, true),
      formatSize(size),
      signed(countDiff),
      `${count}`,
      placeOf(traceback, keyType, cwd),
    ]);
  const rest = changed.slice(top);
  const lines = aligned([['change', 'size', 'change', 'count', placeTitle(keyType)], ...rows]);
  if (rest.length > 0)
    lines.push(`${rest.length} more${cumulative ? '' : `: ${formatSize(sum(rest.map(({ sizeDiff }) => sizeDiff)), true)}`}`);
  return lines;
}

/** Columns of numbers to the right, the last column as it is. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => rows.reduce((width, row) => Math.max(width, row[column]!.length), 0));
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padStart(widths[column]!))).join('  '));
}

function placeTitle(keyType: KeyType): string {
  return keyType === 'lineno' ? 'line' : keyType;
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
