import { tracebackJson } from '../../model/traceback-json.js';
import { type Column, columnLines } from '../../report/text/column-lines.js';
import { placeOf } from '../../report/text/place.js';
import { placeColumn, type TableOptions } from '../../report/text/table.js';
import { matchPlaces } from '../../store/match-places.js';
import type { FleetGrowth, FleetLeaks } from '../../store/store.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';

interface Options extends TableOptions {
  readonly service: string;
  /** A release that only stands beside the other one. */
  readonly against: string | undefined;
}

/** What leaks or grows as a table, then a sentence for each leak. What is level or noise does not grow. */
export function fleetGrowthLines({ keyType, growth }: FleetLeaks, options: Options): string[] {
  const { service, against, top, width, colours } = options;
  const subject = growth.filter(({ release }) => release !== against);
  const growing = subject.filter(({ verdict }) => verdict === 'leaks' || verdict === 'grows');
  const title = printable(`${service}: ${growing.filter(({ verdict }) => verdict === 'leaks').length} of ${subject.length} groups leak`);
  if (subject.every((one) => one.of === 0)) return [title, '', 'no process has two profiles in this time, which growth takes'];
  if (growing.length === 0) return [title, '', 'nothing grows over the uptime of the processes'];
  const shown = growing.slice(0, top);
  const before = against === undefined ? null : earlierOf({ keyType, growth }, against);
  const releases = new Set(subject.map(({ release }) => release));
  const columns: Column[] = [
    {
      title: 'verdict',
      cells: shown.map(({ verdict }) => verdict),
      style: (row) => (shown[row]!.verdict === 'leaks' ? colours.grown : (text) => text),
    },
    { title: 'an hour', cells: shown.map(({ slope }) => formatSize(slope, true)) },
    { title: '±', cells: shown.map(({ standardError }) => formatSize(standardError)), dispensable: 1 },
    ...(before ? [{ title: printable(`on ${against}`), cells: shown.map((one) => rateOf(before.get(one))), dispensable: 3 }] : []),
    { title: 'processes', cells: shown.map(({ processes, of }) => `${processes} of ${of}`), dispensable: 2 },
    ...(releases.size > 1 ? [{ title: 'release', cells: shown.map(({ release }) => printable(release)) }] : []),
  ];
  const rest = growing.length - shown.length;
  const sentences = shown.filter(({ verdict }) => verdict === 'leaks').map((one) => sentenceOf(one, before?.get(one), options));
  return [
    title,
    '',
    ...columnLines(columns, placeColumn(shown, options), width),
    ...(rest > 0 ? wrapped(`${rest} more`, width) : []),
    ...(sentences.length > 0 ? ['', ...sentences] : []),
  ];
}

/** The only document that `fleet leaks --json` prints. Slopes are bytes an hour. */
export function fleetGrowthJson({ keyType, growth }: FleetLeaks, top = Number.POSITIVE_INFINITY) {
  return {
    keyType,
    leaks: growth.filter(({ verdict }) => verdict === 'leaks').length,
    growth: growth.slice(0, top).map(({ traceback, ...rest }) => ({ ...rest, traceback: tracebackJson(traceback) })),
  };
}

/** The same groups on the other release; a group that it does not have is missing. */
function earlierOf({ keyType, growth }: FleetLeaks, against: string): ReadonlyMap<FleetGrowth, FleetGrowth> {
  const old = growth.filter(({ release }) => release === against);
  const now = growth.filter(({ release }) => release !== against);
  return new Map(matchPlaces(keyType, now, old).flatMap(([one, before]) => (one && before ? [[one, before] as const] : [])));
}

function rateOf(growth: FleetGrowth | undefined): string {
  return growth ? `${formatSize(growth.slope, true)} ± ${formatSize(growth.standardError)}` : '-';
}

/** `store.js:17 grows 1.2 MiB/h ± 0.1 MiB on 2.1 (48 of 50 processes), +0 B ± 10 KiB on 2.0`. */
function sentenceOf(
  { traceback, slope, standardError, release, processes, of }: FleetGrowth,
  before: FleetGrowth | undefined,
  options: Options,
): string {
  const { keyType, cwd, against } = options;
  const on = release === '' ? '' : ` on ${printable(release)}`;
  const whole = `${placeOf(traceback, { keyType, cwd })} grows ${formatSize(slope)}/h ± ${formatSize(standardError)}${on} (${processes} of ${of} processes)`;
  if (against === undefined) return whole;
  return `${whole}, ${before ? rateOf(before) : 'nothing'} on ${printable(against)}`;
}
