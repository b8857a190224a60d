import { fileOfText } from '../model/in-memory.js';
import type { SnapshotParts } from '../model/snapshot-parts.js';
import type { StackTable } from '../model/stack-table.js';
import { StringInterner } from '../model/string-interner.js';
import type { TraceColumns } from '../model/trace-columns.js';
import { countTracebacks, keepTracebacks } from '../model/trace-loops.js';
import { compilePattern, normalizeCase } from '../text/fnmatch.js';
import { type AnyFilter, DomainFilter, type Filter, LabelFilter, ThreadFilter } from './filter.js';
import { labelName } from './statistics/column-keys.js';
import { inheritSums } from './statistics/remembered-sums.js';

/** A filter, with its answers by traceback, by thread or by label. A DomainFilter needs none of them. */
interface Prepared {
  readonly filter: AnyFilter;
  readonly byTraceback: Uint8Array | null;
  readonly byThread: readonly boolean[] | null;
  readonly byLabel: readonly boolean[] | null;
}

/** The tracebacks that are kept, for each domain that a filter names and for all other domains. Of one class of threads and one of labels. */
interface Masks {
  readonly named: ReadonlyMap<number, Uint8Array>;
  readonly others: Uint8Array;
}

type Selectable = Pick<SnapshotParts, 'columns' | 'table' | 'threads' | 'labels'>;

/** Keeps a trace if one of the inclusive filters accepts it, or there are none, and every exclusive filter accepts it. */
export function selectTraces(parts: Selectable, filters: readonly AnyFilter[]): TraceColumns {
  const { columns, table } = parts;
  if (columns.length === 0) return columns;
  const prepared = filters.map((filter) => prepare(filter, parts));
  const threads = classesOf(
    columns.thread,
    prepared.map(({ byThread }) => byThread),
  );
  const labels = classesOf(
    columns.label,
    prepared.map(({ byLabel }) => byLabel),
  );
  const masks = threads.examples.flatMap((thread) =>
    labels.examples.map((label) => masksOf(prepared, table.totalFrames.length, { thread, label })),
  );
  const { named, others } = masks[0]!;
  const isByTraceback = masks.length === 1 && (columns.domain === null || named.size === 0);
  if (isByTraceback) return ofTracebacks(columns, named.get(0) ?? others);
  return gather(columns, keptRows(columns, { threads, labels, masks }));
}

function prepare(filter: AnyFilter, { columns, table, threads, labels }: Selectable): Prepared {
  const prepared = { filter, byTraceback: null, byThread: null, byLabel: null };
  if (filter instanceof DomainFilter) return prepared;
  if (filter instanceof ThreadFilter) return { ...prepared, byThread: matchesOf(threads, filter.threadPattern, filter) };
  if (!(filter instanceof LabelFilter)) return { ...prepared, byTraceback: tracebackMatches(table, filter) };
  const names = (columns.label ? labels : ['']).map(labelName);
  return { ...prepared, byLabel: matchesOf(names, filter.labelPattern, filter) };
}

function matchesOf(names: readonly string[], pattern: string, { inclusive }: AnyFilter): boolean[] {
  const matches = compilePattern(pattern);
  return names.map((name) => matches(name) === inclusive);
}

/** The values of a column, in classes to which every filter gives the same answer: 256 labels would otherwise need 256 masks for each thread. */
interface Classes {
  readonly column: Uint16Array | null;
  /** By value of the column: its class. */
  readonly classOf: Uint32Array;
  /** By class: one of its values. */
  readonly examples: readonly number[];
}

/** @param answers by filter: its answers by value, null if it asks another column */
function classesOf(column: Uint16Array | null, answers: readonly (readonly boolean[] | null)[]): Classes {
  const asked = answers.filter((one) => one !== null);
  const values = asked[0] && column ? asked[0].length : 1;
  const known = new StringInterner();
  const examples: number[] = [];
  const classOf = Uint32Array.from({ length: values }, (_, value) => {
    const id = known.intern(asked.map((one) => Number(one[value])).join(''));
    examples[id] ??= value;
    return id;
  });
  return { column: asked.length > 0 ? column : null, classOf, examples };
}

function masksOf(prepared: readonly Prepared[], tracebacks: number, place: Omit<Place, 'domain'>): Masks {
  const maskOf = (domain: number | null) => keptTracebacks(prepared, tracebacks, { ...place, domain });
  const named = new Map<number, Uint8Array>();
  for (const { filter } of prepared) {
    if ('domain' in filter && filter.domain !== null) named.set(filter.domain, maskOf(filter.domain));
  }
  return { named, others: maskOf(null) };
}

/** Keeps or drops all traces of a traceback together. So the sums that are known of all traces hold for the kept ones. */
function ofTracebacks(columns: TraceColumns, mask: Uint8Array): TraceColumns {
  const kept = countTracebacks(columns, mask);
  if (kept === columns.length) return columns;
  const hasMore = columns.domain ?? columns.thread ?? columns.type ?? columns.label ?? columns.birth;
  const selected = Object.freeze(
    hasMore ? gather(columns, rowsOf(columns, mask, kept)) : { ...columns, ...keepTracebacks(columns, mask, kept), length: kept },
  );
  inheritSums(selected, columns, mask);
  return selected;
}

/** Writes every row, and overwrites it with the next one unless it is kept, as `keepTracebacks` does. */
function rowsOf({ traceback }: TraceColumns, mask: Uint8Array, kept: number): Uint32Array {
  const rows = new Uint32Array(kept);
  for (let row = 0, at = 0; at < kept; row++) {
    rows[at] = row;
    at += mask[traceback[row]!]!;
  }
  return rows;
}

interface Choice {
  readonly threads: Classes;
  readonly labels: Classes;
  /** By class of threads, then by class of labels. */
  readonly masks: readonly Masks[];
}

function keptRows({ length, traceback, domain }: TraceColumns, { threads, labels, masks }: Choice): Uint32Array {
  const rows = new Uint32Array(length);
  let kept = 0;
  for (let row = 0; row < length; row++) {
    const { named, others } = masks[classAt(threads, row) * labels.examples.length + classAt(labels, row)]!;
    if ((named.get(domain ? domain[row]! : 0) ?? others)[traceback[row]!] === 1) rows[kept++] = row;
  }
  return rows.subarray(0, kept);
}

function classAt({ column, classOf }: Classes, row: number): number {
  return column ? classOf[column[row]!]! : 0;
}

interface Place {
  /** null: any domain that no filter names. */
  readonly domain: number | null;
  readonly thread: number;
  readonly label: number;
}

/** By traceback: 1 if its traces in one domain, with one thread and one label, are kept. */
function keptTracebacks(prepared: readonly Prepared[], tracebacks: number, place: Place): Uint8Array {
  const hasInclusive = prepared.some(({ filter }) => filter.inclusive);
  const mask = new Uint8Array(tracebacks).fill(Number(!hasInclusive));
  for (const one of prepared) {
    const matches = one.filter.inclusive ? matchesAt(one, place) : false;
    if (matches === true) mask.fill(1);
    else if (matches) for (let t = 0; t < tracebacks; t++) mask[t]! |= matches[t]!;
  }
  for (const one of prepared) {
    const matches = one.filter.inclusive ? true : matchesAt(one, place);
    if (matches === false) mask.fill(0);
    else if (matches !== true) for (let t = 0; t < tracebacks; t++) mask[t]! &= matches[t]!;
  }
  return mask;
}

/** Whether a filter accepts the traces of a thread, a label and a domain: all, none, or by traceback. */
function matchesAt({ filter, byTraceback, byThread, byLabel }: Prepared, { domain, thread, label }: Place): Uint8Array | boolean {
  if (filter instanceof ThreadFilter) return byThread![thread]!;
  if (filter instanceof LabelFilter) return byLabel![label]!;
  const isDomain = domain === filter.domain;
  if (filter instanceof DomainFilter) return isDomain === filter.inclusive;
  if (filter.domain === null || isDomain) return byTraceback!;
  return !filter.inclusive;
}

/**
 * By traceback: 1 if the filter accepts it, whether it is inclusive or exclusive. The pattern is matched once per file. A pattern for a file also
 * matches a text that ran under its name.
 */
function tracebackMatches(table: StackTable, filter: Filter): Uint8Array {
  const matchesName = compilePattern(filter.filenamePattern);
  const files = table.filenames.map((name) => [name, fileOfText(name)].some((one) => matchesName(normalizeCase(one))));
  const { tracebackStart, frames, locationFile, locationLine } = table;
  const result = new Uint8Array(table.totalFrames.length);
  for (let t = 0; t < result.length; t++) {
    const last = tracebackStart[t + 1]! - 1;
    let found = false;
    for (let i = filter.allFrames ? tracebackStart[t]! : last; i <= last && !found; i++) {
      const location = frames[i]!;
      found = files[locationFile[location]!]! && (filter.lineno === null || locationLine[location] === filter.lineno);
    }
    result[t] = Number(found === filter.inclusive);
  }
  return result;
}

/** The rows of these numbers, in this order. */
export function gather(columns: TraceColumns, rows: Uint32Array): TraceColumns {
  return {
    length: rows.length,
    traceback: pick(columns.traceback, rows, new Uint32Array(rows.length)),
    size: pick(columns.size, rows, new Float64Array(rows.length)),
    count: pick(columns.count, rows, new Uint32Array(rows.length)),
    domain: columns.domain && pick(columns.domain, rows, columns.domain.slice(0, rows.length)),
    thread: columns.thread && pick(columns.thread, rows, new Uint16Array(rows.length)),
    type: columns.type && pick(columns.type, rows, new Uint32Array(rows.length)),
    label: columns.label && pick(columns.label, rows, new Uint16Array(rows.length)),
    birth: columns.birth && pick(columns.birth, rows, new Float64Array(rows.length)),
  };
}

function pick<C extends { [index: number]: number }>(from: C, rows: Uint32Array, into: C): C {
  for (let i = 0; i < rows.length; i++) into[i] = from[rows[i]!]!;
  return into;
}
