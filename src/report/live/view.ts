import { totalOf } from '../../model/column-totals.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { lacksLabels } from '../../snapshot/statistics/column-keys.js';
import { listed } from '../../text/listing.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { cutEnd, wrapped } from '../../text/text-width.js';
import type { Colours } from '../text/colours.js';
import { type Column, columnLines } from '../text/column-lines.js';
import { coverageLines } from '../text/coverage.js';
import { labelNotes } from '../text/label-notes.js';
import { percent } from '../text/percent.js';
import { changeCells, keyTitle, placeColumn } from '../text/table.js';
import { type LiveRow, selectedRows } from './live-rows.js';
import type { LiveState } from './live-state.js';

/** The screen on which the view is drawn. */
export interface LiveScreen {
  /** Columns and rows of the terminal. */
  readonly width: number;
  readonly height: number;
  readonly cwd: string;
  readonly colours: Colours;
}

const KEYS = 'g grouping  o own code  s sort  / filter  f freeze  w save  ? help  q quit';
const HELP = [
  'o  your code first: all bytes on the newest frames of your own files; again: by line',
  'g  next grouping: line, function, filename, package, thread, traceback (with labels: label; with --mode objects: type, domain)',
  's  next order: size, change since start, change since last',
  '/  show only places that contain a text; Enter keeps it, Escape shows all again',
  'f  freeze: take no snapshots, until f is pressed again',
  'w  save the snapshot that is shown',
  'q  quit and leave the target as it was; so does Ctrl-C',
  '',
  'since start: since the first snapshot of this view. rate: that change, a second.',
  '~ within two standard errors: sampling alone may make such a change.',
  'a row is the function that allocated, with what V8 inlined into it: --no-inline or --lines tell them apart.',
  '',
  'any key goes back',
];
const NO_LABELS = 'no labels: --label requests records them';
const MOST_NAMED = 5;
/** The table gets at least this many rows before anything above it. */
const LEAST_ROWS = 4;

/** The picture: at most `height` lines of at most `width` columns. @param rows of the snapshots in `state`, by its key type */
export function liveLines(state: LiveState, rows: readonly LiveRow[], screen: LiveScreen): string[] {
  const { width, height, colours } = screen;
  const footer = footerLines(state).map((line) => cutEnd(line, width));
  const body = Math.max(1, height - footer.length);
  const lines =
    state.asks === 'help' ? HELP.flatMap((line) => wrapped(line, width)) : pictureLines(state, rows, { ...screen, height: body });
  const shown = lines.slice(0, body);
  const filling = Array.from({ length: body - shown.length }, () => '');
  return [...shown, ...filling, ...footer.map(colours.faint)].slice(-height);
}

/** Facts about the target, then the table, in as few lines as possible. */
export function pictureLines(state: LiveState, rows: readonly LiveRow[], { width, height, cwd, colours }: LiveScreen): string[] {
  const selected = selectedRows(rows, state, cwd);
  const about = aboutLines(state).map((line) => cutEnd(line, width));
  const header = about.slice(0, Math.max(1, height - 1 - LEAST_ROWS));
  const table = tableLines(selected.slice(0, Math.max(0, height - header.length - 1)), state, { width, cwd, colours });
  const [title, ...rest] = header;
  return [colours.strong(title!), ...rest, ...table];
}

/** The most important line first. */
function aboutLines(state: LiveState): string[] {
  const { label, readings, cost, keyType, sort, filter, onlyLabels } = state;
  const what = `tracemalloc top ${printable(label)}`;
  if (!readings) return [`${what}: taking the first snapshot`];
  const { first, last } = readings;
  const { capture, columns } = last.snapshot;
  const { title, nodeVersion } = capture.target;
  const labels = onlyLabels.length === 0 ? '' : `, for ${listed(onlyLabels.map(printable), 'or', MOST_NAMED)}`;
  const filtered = filter === '' ? '' : `, only "${printable(filter)}"`;
  return [
    [what, duration(last.at - first.at), nodeVersion === null ? '' : `Node ${printable(nodeVersion)}`, printable(title)]
      .filter(Boolean)
      .join('  '),
    ...(cost ? [costLine(cost)] : []),
    `by ${keyTitle(keyType)}, sorted by ${sort === 'size' ? sort : `change ${sort}`}${labels}${filtered}`,
    ...coverageLines(capture, totalOf(columns).size, { bars: true }),
    ...(keyType === 'label' ? labelLines(last.snapshot) : []),
    '',
  ];
}

function labelLines(snapshot: Snapshot): string[] {
  return lacksLabels(snapshot) ? [NO_LABELS] : labelNotes(snapshot);
}

function costLine({ snapshotMs, restMs }: NonNullable<LiveState['cost']>): string {
  const cycle = snapshotMs + restMs;
  return `a snapshot takes ${snapshotMs.toFixed(0)} ms, one every ${(cycle / 1000).toFixed(1)} s: pauses are at most ${percent(snapshotMs, cycle)} of the time`;
}

function tableLines(
  rows: readonly LiveRow[],
  { readings, filter, keyType, onlyLabels }: LiveState,
  { width, cwd, colours }: Omit<LiveScreen, 'height'>,
): string[] {
  if (!readings) return [];
  const whose = onlyLabels.length > 0 ? ' for these labels' : '';
  const isChurn = readings.last.snapshot.capture.mode === 'churn';
  const none = isChurn ? `nothing was allocated${whose}` : `nothing allocated since${whose} is still alive`;
  const nothing = filter === '' ? none : 'no place contains this text';
  if (rows.length === 0) return [cutEnd(nothing, width)];
  const since = (title: string, change: (row: LiveRow) => LiveRow['sinceStart'], dispensable: number): Column => ({
    title,
    ...changeCells(rows.map(change), colours),
    dispensable,
  });
  const columns: Column[] = [
    { title: 'size', cells: rows.map(({ size }) => formatSize(size)) },
    since('since start', ({ sinceStart }) => sinceStart, 1),
    since('since last', ({ sinceLast }) => sinceLast, 2),
    { title: 'rate', cells: rows.map(({ rate }) => `${formatSize(rate, true)}/s`), dispensable: 3 },
  ];
  return columnLines(columns, placeColumn(rows, { keyType, cwd }), width);
}

function footerLines({ asks, filter, message, isFrozen }: LiveState): string[] {
  const line = asks === 'filter' ? `filter: ${printable(filter)}_  (Enter keeps it, Escape shows all)` : KEYS;
  return [...(isFrozen ? ['FROZEN, f goes on'] : []), ...(message === '' ? [] : [printable(message)]), line];
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => `${part}`.padStart(2, '0')).join(':');
}
