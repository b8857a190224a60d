import { fittingPattern, patternsFor } from '../../report/text/patterns.js';
import { shortPath } from '../../report/text/place.js';
import type { Series } from '../../series/series.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { lacksLabels } from '../../snapshot/statistics/column-keys.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { compilePattern, normalizeCase } from '../../text/fnmatch.js';
import { printable } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';
import { type FilterValues, filtered, filteredSeries, isThreadWanted, type View } from './filter-options.js';
import { shown } from './source-maps.js';

/** What must be done for traces to have labels. */
export const LABELS_NEED = 'needs labels, which this tracing did not record: give --label requests to run or attach';
/** Of the labels that would fit, so many are named. */
const NAMED_LABELS = 10;

/** `filtered` for the one or two snapshots of a file that is written. Says why if no trace passes. */
export function passing(
  snapshots: readonly Snapshot[],
  values: FilterValues,
  { mapper, console: { cwd, err } }: { readonly mapper: SourceMapper | null; readonly console: Console },
): Snapshot[] {
  const selected = snapshots.map((snapshot) => filtered(snapshot, values, { mapper, cwd }));
  const isEmpty = selected.every(({ columns }) => columns.length === 0);
  const reason = isEmpty ? reasonFor(snapshots, values, { mapper, cwd }) : null;
  if (reason !== null) writeLines(err, [reason]);
  return selected;
}

/** `passing` for the rounds of a series. */
export function passingRounds(
  series: Series,
  values: FilterValues,
  { mapper, console: { cwd, err } }: { readonly mapper: SourceMapper | null; readonly console: Console },
): Series {
  const selected = filteredSeries(series, values, { mapper, cwd });
  const isEmpty = selected.rounds.every(({ traced }) => traced === 0);
  const reason = isEmpty ? reasonFor([series.snapshot(-1)], values, { mapper, cwd }) : null;
  if (reason !== null) writeLines(err, [reason]);
  return selected;
}

/** Why no trace of these snapshots passes the filters, and what would fit, as one line; null if there are no traces. */
export function reasonFor(snapshots: readonly Snapshot[], values: FilterValues, view: View): string | null {
  const all = snapshots.find(({ columns }) => columns.length > 0);
  if (!all) return null;
  const reason =
    domainReason(all, values) ?? threadReason(all, values) ?? labelReason(all, values) ?? fileReason(shown(all, view.mapper), values, view);
  return `no trace passes the filters${reason === null ? '' : `; ${printable(reason)}`}`;
}

function domainReason({ columns, capture }: Snapshot, { domain }: FilterValues): string | null {
  if (domain === undefined || (columns.domain ? columns.domain.includes(domain) : domain === 0)) return null;
  return `none is of domain ${domain}${capture.mode === 'objects' ? '' : ': other domains than 0 need --mode objects'}`;
}

function threadReason({ threads }: Snapshot, values: FilterValues): string | null {
  return threads.some((name) => isThreadWanted(name, values)) ? null : `no thread matches; the threads are ${threads.join(', ')}`;
}

function labelReason(all: Snapshot, { onlyLabel }: FilterValues): string | null {
  if (onlyLabel.length === 0) return null;
  const labels = all.statistics('label').map(({ traceback }) => traceback.frames[0]!.filename);
  if (labels.some((label) => onlyLabel.some((pattern) => compilePattern(pattern)(label)))) return null;
  if (lacksLabels(all)) return `--only-label ${LABELS_NEED}`;
  return `no label matches; the largest are ${labels.slice(0, NAMED_LABELS).join(', ')}`;
}

function fileReason(snapshot: Snapshot, { include, includeAny }: FilterValues, { cwd }: View): string | null {
  const { allocating, all } = filesOf(snapshot);
  const isMatched = (pattern: string, files: readonly string[]) =>
    patternsFor(pattern, cwd).some((one) => files.some((file) => matches(one, file)));
  const wanted = [
    ...include.map((pattern) => ({ option: '--include', pattern, files: allocating })),
    ...includeAny.map((pattern) => ({ option: '--include-any', pattern, files: all })),
  ];
  const [first] = wanted;
  if (first === undefined || wanted.some(({ pattern, files }) => isMatched(pattern, files))) return null;
  const { option, pattern, files } = first;
  if (isMatched(pattern, all)) return `${option} '${pattern}' matches only files of callers; --include-any '${pattern}' takes those, too`;
  const fitting = fittingPattern(pattern, files);
  const example = files.find((file) => fitting === null || matches(fitting, file));
  if (example === undefined) return null;
  const what = fitting === null ? 'a file is called' : `'${fitting}' would match`;
  return `${option} '${pattern}' matches no file: ${what} ${shortPath(example, cwd)}`;
}

function matches(pattern: string, file: string): boolean {
  return compilePattern(normalizeCase(pattern))(normalizeCase(file));
}

interface Files {
  /** Of the most recent frames. */
  readonly allocating: readonly string[];
  /** Of all frames. */
  readonly all: readonly string[];
}

function filesOf({ columns, table }: Snapshot): Files {
  const [allocating, all] = [new Set<string>(), new Set<string>()];
  for (const traceback of new Set(columns.traceback)) {
    const [from, to] = [table.tracebackStart[traceback]!, table.tracebackStart[traceback + 1]!];
    for (let i = from; i < to; i++) {
      const file = table.filenames[table.locationFile[table.frames[i]!]!]!;
      all.add(file);
      if (i === to - 1) allocating.add(file);
    }
  }
  return { allocating: [...allocating], all: [...all] };
}
