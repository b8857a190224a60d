import { totalOf } from '../../model/column-totals.js';
import type { CaptureInfo } from '../../model/trace-columns.js';
import { LEAST_ROUNDS } from '../../series/growth.js';
import type { Series } from '../../series/series.js';
import { comparisonOf } from '../../snapshot/comparison.js';
import { hasPackedLines } from '../../snapshot/packed-lines.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { samplingInterval } from '../../snapshot/statistics/sampling-error.js';
import { listed } from '../../text/listing.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import type { CaptureFacts, CoverageFacts, ReportFacts } from '../call-tree/report-data.js';
import { comparisonNotes } from '../text/comparison-notes.js';
import { methodNotes, reachNotes } from '../text/coverage.js';
import { labelNotes } from '../text/label-notes.js';

const ERRORS = '± is the standard error of a sampled size: about 95 % of the figures are within two of it.';
const NOISE = '~ marks a change of at most two standard errors (±): sampling alone may make it.';

export function reportFacts(now: Snapshot, old: Snapshot | null): ReportFacts {
  return {
    captures: old ? [captureFacts(now, 'after'), captureFacts(old, 'before')] : [captureFacts(now, 'snapshot')],
    coverage: coverageFacts(now),
    oldCoverage: old && coverageFacts(old),
    oldMoment: 'before',
    oneTracing: old && comparisonOf({ old, now }).oneTracing,
    notes: [
      ...(old ? comparisonNotes({ old, now }) : []),
      ...reachNotes(now.capture),
      ...labelNotes(now).map(sentence),
      ...methodNotes(now.capture, { ofFunctions: true, ofPackedLines: hasPackedLines(now.table) }).map(sentence),
      ...errorNotes(now, old),
      ...truncationNotes(now),
    ],
  };
}

/** The facts of the last round, compared with the first one that counts. */
export function seriesFacts(series: Series, warmup: number): ReportFacts {
  const { rounds } = series;
  const now = series.snapshot(-1);
  const facts = reportFacts(now, null);
  const first = Math.min(warmup, rounds.length - 1);
  const settings: readonly (readonly [string, string])[] = [
    ['rounds', warmup === 0 ? `${rounds.length}` : `${rounds.length}, the first ${warmup} for warming up`],
    ['first round', timeText(rounds[0]!.time)],
    ...captureFacts(now, '').settings,
  ];
  return {
    ...facts,
    captures: [{ role: 'last round', settings }],
    oldCoverage: first === rounds.length - 1 ? null : coverageFacts(series.snapshot(first)),
    oldMoment: `in round ${first + 1}`,
    notes: [...tooFewNotes(rounds.length, warmup), ...facts.notes, ...gaps(series)],
  };
}

function tooFewNotes(rounds: number, warmup: number): string[] {
  const needed = warmup + LEAST_ROUNDS;
  return rounds < needed ? [`${rounds} rounds are too few to tell a leak: it takes ${needed}.`] : [];
}

/** A thread that could not be asked keeps what it had, so that it does not look like one that has freed everything. */
function gaps({ lifetimes: { rounds } }: Series): string[] {
  const numbers = rounds.flatMap(({ capture: { missing } }, round) => (missing?.length ? [`${round + 1}`] : []));
  if (numbers.length === 0) return [];
  return [
    `In ${numbers.length === 1 ? 'round' : 'rounds'} ${listed(numbers, 'and', 5)} a thread could not be asked: the picture counts what it had before.`,
  ];
}

function coverageFacts({ columns, capture: { heap, resident } }: Snapshot): CoverageFacts {
  return {
    traced: totalOf(columns).size,
    heapUsed: heap?.heapUsed ?? null,
    external: heap?.external ?? null,
    arrayBuffers: heap?.arrayBuffers ?? null,
    rss: heap?.rss ?? null,
    resident: (resident ?? []).map((part) => ({ ...part, kind: printable(part.kind) })),
  };
}

function captureFacts({ capture, tracebackLimit, columns, threads }: Snapshot, role: string): CaptureFacts {
  const { target, mode, interval, precision, time } = capture;
  const settings: [string, string][] = [
    ['program', printable(target.title || 'unknown')],
    ['taken', timeText(time)],
    ['Node', target.nodeVersion === null ? 'unknown' : printable(target.nodeVersion)],
    ['pid', target.pid === null ? 'unknown' : `${target.pid}`],
    ['mode', mode],
    ['lines', precision === 'line' ? 'where memory is allocated' : 'where functions start'],
    ['frames kept', `${tracebackLimit}`],
    ['threads', `${threads.length}`],
    ['traces', `${columns.length}, ${formatSize(totalOf(columns).size)}`],
  ];
  if (mode === 'sampling' || mode === 'churn') settings.splice(5, 0, ['interval', interval === null ? 'unknown' : formatSize(interval)]);
  return { role, settings };
}

function timeText(time: string): string {
  return time.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

function errorNotes(now: Snapshot, old: Snapshot | null): string[] {
  if (!isSampled(now.capture) && !(old && isSampled(old.capture))) return [];
  return old ? [ERRORS, NOISE] : [ERRORS];
}

function isSampled(capture: CaptureInfo): boolean {
  return samplingInterval(capture) !== null;
}

/** Stacks without their oldest frames cannot be placed below them, which the reader must know. */
function truncationNotes({ table, columns, tracebackLimit }: Snapshot): string[] {
  let bytes = 0;
  for (let row = 0; row < columns.length; row++) {
    const t = columns.traceback[row]!;
    if (table.totalFrames[t]! > table.tracebackStart[t + 1]! - table.tracebackStart[t]!) bytes += columns.size[row]!;
  }
  if (bytes === 0) return [];
  return [
    `${formatSize(bytes)} have stacks deeper than the ${tracebackLimit} frames that were kept: they are below “older frames not kept”.`,
  ];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
