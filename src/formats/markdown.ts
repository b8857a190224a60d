import { totalOf } from '../model/column-totals.js';
import type { Frame } from '../model/frame.js';
import { code, tableLines, text } from '../report/markdown/markdown-text.js';
import { comparisonOf } from '../snapshot/comparison.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Statistic, StatisticDiff } from '../snapshot/statistics/statistic.js';
import { formatSize } from '../text/size-format.js';
import type { Contents, Format } from './format.js';
import { frameLabel } from './labels.js';
import { linesAsBytes, startAsText } from './text-parts.js';

const LINES = 20;
const LABELS = 20;
const STACKS = 10;
const FRAMES = 25;

/** A page for a pull request or a language model: what was measured and how, the largest lines, labels and stacks. */
export const markdown: Format = {
  name: 'markdown',
  description: 'Markdown',
  extensions: ['.md', '.markdown'],
  sniff: (start) => /^# Memory(?: growth| of two tracings)?\n/.test(startAsText(start)),
  write: (contents) => linesAsBytes(page(contents)),
};

function* page({ snapshot, old, notes }: Contents): Iterable<string> {
  const diff = old && diffKind(snapshot, old);
  yield* [`# Memory${diff ? KINDS[diff] : ''}`, '', origin(snapshot, old), ''];
  yield* notes.map((note) => `- ${text(note)}`);
  const lines = statistics({ snapshot, old }, 'lineno');
  yield* ['', '## Lines', '', ...(lines.length === 0 ? [old ? 'Nothing changed.' : 'Nothing.'] : table(lines.slice(0, LINES), diff))];
  if (lines.length > LINES) yield* ['', `${lines.length - LINES} more lines: ${sumOf(lines.slice(LINES))}`];
  yield* labelSection({ snapshot, old }, diff);
  if (lines.some(({ standardError }) => standardError > 0))
    yield* [
      '',
      `± is the standard error of sampling${diff ? `, here of the ${diff}` : ''}: about 95 % of the figures are within two of it.`,
    ];
  yield* ['', '## Stacks', '', 'The most recent call comes first.', ''];
  for (const [index, stack] of statistics({ snapshot, old }, 'traceback').slice(0, STACKS).entries())
    yield `${index + 1}. ${sizeOf(stack)}: ${stackText(stack.traceback.frames)}`;
}

/** What the memory was allocated for, if a trace has a label. */
function labelSection({ snapshot, old }: Pick<Contents, 'snapshot' | 'old'>, diff: keyof typeof KINDS | null): string[] {
  if (!snapshot.columns.label && !old?.columns.label) return [];
  const labels = statistics({ snapshot, old }, 'label');
  const more = labels.slice(LABELS);
  const rows = labels.slice(0, LABELS).map((label) => [...cells(label), code(label.traceback.frames[0]!.filename)]);
  return [
    ...['', '## Labels', '', ...tableLines(figuresOf(diff), ['label'], rows)],
    ...(more.length > 0 ? ['', `${more.length} more labels: ${sumOf(more)}`] : []),
  ];
}

const KINDS = { change: ' growth', difference: ' of two tracings' } as const;

function diffKind(now: Snapshot, old: Snapshot): keyof typeof KINDS {
  return comparisonOf({ old, now }).oneTracing === false ? 'difference' : 'change';
}

function origin(snapshot: Snapshot, old: Snapshot | null): string {
  const { target, time } = snapshot.capture;
  const { size, count } = totalOf(snapshot.columns);
  const parts = [`${formatSize(size)} in ${count} blocks`];
  if (old) {
    const since = diffKind(snapshot, old) === 'change' ? 'since' : 'against the snapshot of';
    parts.push(`${formatSize(size - totalOf(old.columns).size, true)} ${since} ${text(old.capture.time)}`);
  }
  if (target.title !== '') parts.push(code(target.title));
  if (target.nodeVersion !== null) parts.push(`Node ${text(target.nodeVersion)}`);
  return `${[...parts, text(time)].join(', ')}.`;
}

function statistics({ snapshot, old }: Pick<Contents, 'snapshot' | 'old'>, key: 'lineno' | 'label' | 'traceback'): Statistic[] {
  if (!old) return snapshot.statistics(key);
  return snapshot.compareTo(old, key).filter(({ sizeDiff, countDiff }) => sizeDiff !== 0 || countDiff !== 0);
}

/** @param diff what the figures of a difference are called; null if it is none */
function table(lines: readonly Statistic[], diff: keyof typeof KINDS | null): string[] {
  const rows = lines.map((line) => {
    const frame = line.traceback.frames[0]!;
    const name = frame.functionName === '' ? '' : code(frame.functionName);
    return [...cells(line), code(String(frame.lineno === 0 ? frame.filename : frame)), name];
  });
  return tableLines(figuresOf(diff), ['line', 'function'], rows);
}

function figuresOf(diff: keyof typeof KINDS | null): string[] {
  return diff ? [diff, '±', 'size', `${diff} of count`, 'count'] : ['size', '±', 'count'];
}

function cells(line: Statistic): string[] {
  const error = line.standardError === 0 ? '' : formatSize(line.standardError);
  if (!(line instanceof StatisticDiff)) return [formatSize(line.size), error, String(line.count)];
  return [formatSize(line.sizeDiff, true), error, formatSize(line.size), signed(line.countDiff), String(line.count)];
}

function sizeOf(stack: Statistic): string {
  return stack instanceof StatisticDiff
    ? `${formatSize(stack.sizeDiff, true)} to ${formatSize(stack.size)}`
    : `${formatSize(stack.size)} in ${stack.count} blocks`;
}

function sumOf(rest: readonly Statistic[]): string {
  const isDiff = rest[0] instanceof StatisticDiff;
  return formatSize(
    rest.reduce((sum, line) => sum + (line instanceof StatisticDiff ? line.sizeDiff : line.size), 0),
    isDiff,
  );
}

function stackText(frames: readonly Frame[]): string {
  const shown = frames
    .slice(-FRAMES)
    .reverse()
    .map((frame) => code(frameLabel(frame)));
  const older = frames.length - shown.length;
  return [...shown, ...(older > 0 ? [`${older} older frames`] : [])].join(' < ');
}

function signed(count: number): string {
  return count < 0 ? String(count) : `+${count}`;
}
