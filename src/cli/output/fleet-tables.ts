import { tracebackJson } from '../../model/traceback-json.js';
import { type Column, columnLines } from '../../report/text/column-lines.js';
import { changeCells, noiseNote, placeColumn, type TableOptions } from '../../report/text/table.js';
import type { FleetDiff, FleetStatistic, FleetStats } from '../../store/store.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';
import type { Console } from '../console/console.js';
import { coloursOf, widthOfTerminal } from '../console/terminal.js';
import type { FleetTableValues } from '../options/fleet-options.js';
import { DEFAULT_ROWS } from '../options/shared-options.js';

export function fleetTableOptions(
  { groupBy: keyType, cumulative, top = DEFAULT_ROWS, color }: FleetTableValues,
  { out, cwd }: Console,
): TableOptions {
  return { keyType, cumulative, top, cwd, width: widthOfTerminal(out), colours: coloursOf(out, { color }) };
}

/** `api 2.1: 50 processes`. */
export function processesLine(service: string, release: string | null, processes: number): string {
  const name = release === null ? service : `${service} ${release}`;
  return `${name}: ${processes === 1 ? '1 process' : `${processes} processes`}`;
}

export function fleetStatsTable({ processes, statistics }: FleetStats, options: TableOptions): string[] {
  if (statistics.length === 0) return [processes === 0 ? 'no process has a profile in this time' : 'no process holds anything of this'];
  const shown = statistics.slice(0, options.top);
  const columns: Column[] = [
    { title: 'a process', cells: shown.map(({ size }) => formatSize(size)) },
    ...errorColumn(shown),
    { title: 'total', cells: shown.map(({ size }) => formatSize(size * processes)), dispensable: 2 },
    { title: 'processes', cells: shown.map((row) => `${row.processes} of ${processes}`), dispensable: 3 },
    { title: 'count', cells: shown.map(({ count }) => countText(count)), dispensable: 4 },
  ];
  const rest = statistics.slice(options.top);
  return [...columnLines(columns, placeColumn(shown, options), options.width), ...restLines(rest, options, (row) => row.size)];
}

export function fleetDiffTable({ processes: [now, old], statistics }: FleetDiff, options: TableOptions): string[] {
  if (now === 0 || old === 0) return [`no process of ${now === 0 ? '--release' : '--against'} has a profile in this time`];
  const changed = statistics.filter(({ sizeDiff, countDiff }) => sizeDiff !== 0 || countDiff !== 0);
  if (changed.length === 0) return ['nothing changed'];
  const shown = changed.slice(0, options.top);
  const columns: Column[] = [
    { title: 'change a process', ...changeCells(shown, options.colours) },
    ...errorColumn(shown),
    { title: 'size', cells: shown.map(({ size }) => formatSize(size)), dispensable: 2 },
    { title: 'processes', cells: shown.map((row) => `${row.processes} of ${now}`), dispensable: 3 },
    { title: 'count', cells: shown.map(({ countDiff }) => signed(countDiff)), dispensable: 4 },
  ];
  const lines = columnLines(columns, placeColumn(shown, options), options.width);
  const rest = restLines(changed.slice(options.top), options, () => null);
  return [...lines, ...rest, ...noiseNote(shown).flatMap((note) => wrapped(note, options.width))];
}

export function fleetStatsJson({ keyType, processes, statistics }: FleetStats, top = Number.POSITIVE_INFINITY) {
  return { keyType, processes, statistics: statistics.slice(0, top).map(withJson) };
}

export function fleetDiffJson({ keyType, processes, statistics }: FleetDiff, top = Number.POSITIVE_INFINITY) {
  const [now, old] = processes;
  return { keyType, processes: now, processesBefore: old, statistics: statistics.slice(0, top).map(withJson) };
}

function withJson<T extends FleetStatistic>({ traceback, ...rest }: T) {
  return { ...rest, traceback: tracebackJson(traceback) };
}

function errorColumn(shown: readonly Pick<FleetStatistic, 'standardError'>[]): Column[] {
  return [{ title: '±', cells: shown.map(({ standardError }) => formatSize(standardError)), dispensable: 1 }];
}

function restLines<T>(rest: readonly T[], { cumulative, width }: TableOptions, sizeOf: (row: T) => number | null): string[] {
  if (rest.length === 0) return [];
  const sizes = rest.map(sizeOf);
  const bytes = cumulative || sizes.includes(null) ? '' : `: ${formatSize(sizes.reduce<number>((sum, size) => sum + size!, 0))}`;
  return wrapped(`${rest.length} more${bytes}`, width);
}

function countText(count: number): string {
  return Number.isInteger(count) ? `${count}` : count.toFixed(1);
}

function signed(count: number): string {
  return count >= 0 ? `+${countText(count)}` : countText(count);
}
