import { UsageError } from '../../errors.js';
import { totalOf } from '../../model/column-totals.js';
import { type StatisticsDocument, statisticsPage } from '../../report/markdown/statistics-answer.js';
import { type BeforeAfter, beforeAfter, beforeAfterJson, beforeAfterLines, betweenSnapshots } from '../../report/text/before-after.js';
import { comparisonNotes } from '../../report/text/comparison-notes.js';
import { coverageLines, cutStacksNote, type Subject } from '../../report/text/coverage.js';
import { diffJson, jsonText, statisticsJson } from '../../report/text/json.js';
import { labelNotes } from '../../report/text/label-notes.js';
import { diffTable, isChanged, statisticsTable, type TableOptions } from '../../report/text/table.js';
import { diffTreeLines, type TreeOptions, treeLines } from '../../report/text/tree.js';
import { comparisonOf } from '../../snapshot/comparison.js';
import { type IsPacked, packedLines } from '../../snapshot/packed-lines.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { lacksLabels } from '../../snapshot/statistics/column-keys.js';
import { idleThreads } from '../../snapshot/statistics/idle-threads.js';
import { canCumulate, isLocationKey, KEY_TYPES } from '../../snapshot/statistics/key-type.js';
import { cutBeforeOwn } from '../../snapshot/statistics/own-callers.js';
import type { Statistic } from '../../snapshot/statistics/statistic.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { printable } from '../../text/printable.js';
import { wrapped } from '../../text/text-width.js';
import { type Console, type Output, writeLines } from '../console/console.js';
import { coloursOf, widthOfTerminal } from '../console/terminal.js';
import { filtered, isThreadWanted } from '../options/filter-options.js';
import { LABELS_NEED, reasonFor } from '../options/filter-reasons.js';
import { type MarkdownValues, rowsOfDocument } from '../options/markdown-option.js';
import { checkOwn, DEFAULT_ROWS, type TableValues, type TracingValues, type TreeValues } from '../options/shared-options.js';

const DEFAULT_MIN_PERCENT = 1;
const TYPES_NEED = 'needs --mode objects: no other mode knows the types of objects';
export const HEAP_LIMIT_NOTICE = 'the program came to its heap limit; what follows is what was alive then';

export interface Printing {
  readonly stream: Output;
  /** For what must not stand in a JSON document. */
  readonly err: Output;
  readonly cwd: string;
  /** null: print the lines of the code that ran. */
  readonly mapper: SourceMapper | null;
  /** Further fields of the JSON document of a difference. */
  readonly json?: object;
}

type PrintValues = TableValues & TreeValues & MarkdownValues;

/** Call it before the work begins. @throws UsageError for options that do not go together */
export function checkPrintOptions(values: TableValues & TreeValues & Partial<Pick<TracingValues, 'mode'>>): void {
  const { tree, inverted, minPercent, json, groupBy, cumulative, top } = values;
  checkOwn(values);
  if (!tree && (inverted || minPercent !== undefined)) throw new UsageError('--inverted and --min-percent need --tree');
  if (tree && (json || groupBy !== 'lineno' || cumulative || top !== undefined))
    throw new UsageError('--tree shows lines with all that they called; leave --json, --group-by, --own, --cumulative and --top out');
  if (cumulative && !canCumulate(groupBy))
    throw new UsageError(`--cumulative goes with --group-by ${KEY_TYPES.filter(canCumulate).join(', ')}, not with ${groupBy}`);
  checkTypes(values);
}

/** @throws UsageError if types are asked for that the mode does not record @param mode undefined for a command that reads a file */
export function checkTypes({ groupBy, mode }: Pick<TableValues, 'groupBy'> & Partial<Pick<TracingValues, 'mode'>>): void {
  if (groupBy === 'type' && mode !== undefined && mode !== 'objects') throw new UsageError(`--group-by type ${TYPES_NEED}`);
}

/** Writes the largest groups of a snapshot to `stream`, or its tree of calls. @returns the traces that were shown */
export function printStatistics(snapshot: Snapshot, values: PrintValues, printing: Printing): Snapshot {
  const { stream, cwd, mapper } = printing;
  const grouping = { keyType: values.groupBy, cumulative: values.cumulative };
  const selected = filtered(snapshot, values, { mapper, cwd });
  const idle = grouping.keyType === 'thread' ? idleThreads(snapshot, (name) => isThreadWanted(name, values)) : [];
  const statistics = [...selected.statistics(grouping.keyType, grouping), ...idle];
  const total = totalOf(selected.columns);
  const { churn } = snapshot.capture;
  const reason = selected.columns.length > 0 ? null : reasonFor([snapshot], values, printing);
  tellOfGaps([snapshot], values, { reason, ...printing });
  const isPacked = packedLines(selected.table);
  const above = coverage(selected, subjectOf(statistics, values, isPacked));
  const below = [...cutNotes(selected, values), ...memoryLines(beforeAfter(selected.capture))];
  if (values.json || values.markdown) {
    const document = {
      ...statisticsJson(statistics.slice(0, rowsOfDocument(values)), total, grouping),
      groups: statistics.length,
      notes: [...reasons(reason), ...above, ...below],
      ...memoryJson(beforeAfter(selected.capture)),
      ...(churn && { churn }),
    };
    stream.write(documentText(document, values, cwd));
    return selected;
  }
  const table = values.tree
    ? treeLines(selected, { ...treeOptions(values, { stream, cwd }), isPacked })
    : statisticsTable(statistics, {
        ...tableOptions(values, { stream, cwd }),
        isPacked,
        ...(churn && { churn: { seconds: churn.seconds, total: totalOf(snapshot.columns).size } }),
      });
  const lines = reason === null ? table : wrapped(reason, widthOfTerminal(stream));
  writeLines(stream, [...fitted(above, stream), '', ...lines, ...fitted(below, stream)]);
  return selected;
}

/** Two snapshots that are compared. */
export interface Compared {
  readonly old: Snapshot;
  readonly now: Snapshot;
}

/** Writes what changed most between two snapshots, or the tree of calls with what changed in it. @returns the traces that were compared */
export function printDiff(snapshots: Compared, values: PrintValues, printing: Printing): Compared {
  const { stream, cwd, mapper, json } = printing;
  const grouping = { keyType: values.groupBy, cumulative: values.cumulative };
  const now = filtered(snapshots.now, values, { mapper, cwd });
  const old = filtered(snapshots.old, values, { mapper, cwd });
  const diffs = now.compareTo(old, grouping.keyType, grouping);
  const comparison = comparisonOf({ old, now });
  const total = totalOf(now.columns);
  const isEmpty = now.columns.length + old.columns.length === 0;
  const reason = isEmpty ? reasonFor([snapshots.now, snapshots.old], values, printing) : null;
  tellOfGaps([snapshots.old, snapshots.now], values, { reason, ...printing });
  const isOfTwoTracings = comparison.oneTracing === false;
  const isPacked = packedLines(old.table, now.table);
  const notes = comparisonNotes({ old, now });
  const above = coverage(now, subjectOf(diffs, values, isPacked));
  const memory = betweenSnapshots(old.capture, now.capture);
  const below = isOfTwoTracings ? [] : memoryLines(memory);
  if (values.json || values.markdown) {
    const document = {
      ...diffJson(diffs.slice(0, rowsOfDocument(values)), { total, before: totalOf(old.columns), comparison }, grouping),
      groups: diffs.filter(isChanged).length,
      notes: [...reasons(reason), ...notes, ...above, ...below],
      ...memoryJson(memory),
      ...json,
    };
    stream.write(documentText(document, values, cwd));
    return { old, now };
  }
  const colours = coloursOf(stream, values);
  const table = values.tree
    ? diffTreeLines({ old, now }, { ...treeOptions(values, { stream, cwd }), colours, isOfTwoTracings, isPacked })
    : diffTable(diffs, { ...tableOptions(values, { stream, cwd }), isOfTwoTracings, isPacked });
  const lines = reason === null ? table : wrapped(reason, widthOfTerminal(stream));
  writeLines(stream, [...fitted([...notes, ...above], stream), '', ...lines, ...fitted(below, stream)]);
  return { old, now };
}

/** A document as the user wants it: JSON, or a page of Markdown. */
function documentText(document: StatisticsDocument, values: PrintValues, cwd: string): string {
  return values.json ? jsonText(document) : statisticsPage(document, { top: rowsOfDocument(values), cwd });
}

function reasons(reason: string | null): string[] {
  return reason === null ? [] : [reason];
}

function cutNotes(selected: Snapshot, { groupBy }: TableValues): string[] {
  return groupBy === 'own' ? cutStacksNote(cutBeforeOwn(selected), selected.tracebackLimit) : [];
}

function memoryLines(memory: BeforeAfter | null): string[] {
  return memory ? beforeAfterLines(memory) : [];
}

function memoryJson(memory: BeforeAfter | null) {
  return memory && { memory: beforeAfterJson(memory) };
}

function fitted(lines: readonly string[], stream: Output): string[] {
  return lines.flatMap((line) => wrapped(line, widthOfTerminal(stream)));
}

/** Tells on `err` what a table without types or labels means, and why a JSON document is empty. */
function tellOfGaps(
  snapshots: readonly Snapshot[],
  { groupBy, json }: TableValues,
  { reason, err }: Pick<Printing, 'err'> & { readonly reason: string | null },
): void {
  if (json && reason !== null) writeLines(err, [reason]);
  if (groupBy === 'type' && snapshots.every(({ columns }) => columns.type === null)) writeLines(err, [`--group-by type ${TYPES_NEED}`]);
  if (groupBy === 'label' && snapshots.every(lacksLabels)) writeLines(err, [`--group-by label ${LABELS_NEED}`]);
}

function coverage(snapshot: Snapshot, subject: Subject): string[] {
  const { capture, columns } = snapshot;
  return [...coverageLines(capture, totalOf(columns).size, subject), ...labelNotes(snapshot)];
}

/** What the shown rows are. */
function subjectOf(
  rows: readonly Statistic[],
  { tree, groupBy, top = DEFAULT_ROWS }: TableValues & TreeValues,
  isPacked: IsPacked,
): Subject {
  const isPlace = tree === true || groupBy === 'traceback' || isLocationKey(groupBy);
  const frames = isPlace ? rows.slice(0, top).map(({ traceback }) => traceback.at(-1)!) : [];
  return {
    ofFunctions: tree === true || frames.some(({ filename }) => !filename.startsWith('<')),
    ofPackedLines: frames.some((frame) => isPacked(frame)),
  };
}

function tableOptions(values: TableValues, { stream, cwd }: Pick<Printing, 'stream' | 'cwd'>): TableOptions {
  const { groupBy: keyType, cumulative, top = DEFAULT_ROWS } = values;
  return { keyType, cumulative, top, cwd, width: widthOfTerminal(stream), colours: coloursOf(stream, values) };
}

function treeOptions({ inverted, minPercent }: TreeValues, { stream, cwd }: Pick<Printing, 'stream' | 'cwd'>): TreeOptions {
  return { isInverted: inverted ?? false, minPercent: minPercent ?? DEFAULT_MIN_PERCENT, cwd, width: widthOfTerminal(stream) };
}

/** Saves a snapshot as `path`, and tells the user. @throws SnapshotFileError */
export function saveSnapshot(snapshot: Snapshot, path: string, { err }: Console): void {
  snapshot.dump(path, { followLinks: false });
  writeLines(err, [`snapshot saved as ${printable(path)}`]);
}
