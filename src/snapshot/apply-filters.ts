import { fileOfText } from '../model/in-memory.js';
import type { SnapshotParts } from '../model/snapshot-parts.js';
import type { StackTable } from '../model/stack-table.js';
import type { TraceColumns } from '../model/trace-columns.js';
import { countTracebacks, keepTracebacks } from '../model/trace-loops.js';
import { compilePattern, normalizeCase } from '../text/fnmatch.js';
import { type AnyFilter, DomainFilter, type Filter, ThreadFilter } from './filter.js';
import { inheritSums } from './statistics/remembered-sums.js';

/** A filter, with its answers by traceback or by thread. A DomainFilter needs neither. */
interface Prepared {
  readonly filter: AnyFilter;
  readonly byTraceback: Uint8Array | null;
  readonly byThread: readonly boolean[] | null;
}

/** The tracebacks that are kept, for each domain that a filter names and for all other domains. Of one thread, or of all if no filter asks. */
interface Masks {
  readonly named: ReadonlyMap<number, Uint8Array>;
  readonly others: Uint8Array;
}

/** Keeps a trace if one of the inclusive filters accepts it, or there are none, and every exclusive filter accepts it. */
export function selectTraces(
  { columns, table, threads }: Pick<SnapshotParts, 'columns' | 'table' | 'threads'>,
  filters: readonly AnyFilter[],
): TraceColumns {
  const prepared = filters.map((filter) => prepare(filter, table, threads));
  const asksThread = prepared.some(({ byThread }) => byThread !== null);
  const masks = (asksThread ? threads : [null]).map((_, thread) => masksOf(prepared, table.totalFrames.length, thread));
  const { named, others } = masks[0]!;
  const isByTraceback = (!asksThread || columns.thread === null) && (columns.domain === null || named.size === 0);
  if (isByTraceback) return ofTracebacks(columns, named.get(0) ?? others);
  return gather(columns, keptRows(asksThread ? columns : { ...columns, thread: null }, masks));
}

function prepare(filter: AnyFilter, table: StackTable, threads: readonly string[]): Prepared {
  if (filter instanceof DomainFilter) return { filter, byTraceback: null, byThread: null };
  if (!(filter instanceof ThreadFilter)) return { filter, byTraceback: tracebackMatches(table, filter), byThread: null };
  const matches = compilePattern(filter.threadPattern);
  return { filter, byTraceback: null, byThread: threads.map((name) => matches(name) === filter.inclusive) };
}

function masksOf(prepared: readonly Prepared[], tracebacks: number, thread: number): Masks {
  const maskOf = (domain: number | null) => keptTracebacks(prepared, tracebacks, { domain, thread });
  const named = new Map<number, Uint8Array>();
  for (const { filter } of prepared) {
    if (!(filter instanceof ThreadFilter) && filter.domain !== null) named.set(filter.domain, maskOf(filter.domain));
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

function keptRows({ length, traceback, domain, thread }: TraceColumns, masks: readonly Masks[]): Uint32Array {
  const rows = new Uint32Array(length);
  let kept = 0;
  for (let row = 0; row < length; row++) {
    const { named, others } = masks[thread ? thread[row]! : 0]!;
    if ((named.get(domain ? domain[row]! : 0) ?? others)[traceback[row]!] === 1) rows[kept++] = row;
  }
  return rows.subarray(0, kept);
}

interface Place {
  /** null: any domain that no filter names. */
  readonly domain: number | null;
  readonly thread: number;
}

/** By traceback: 1 if its traces in one domain of one thread are kept. */
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

/** Whether a filter accepts the traces of a thread and domain: all, none, or by traceback. */
function matchesAt({ filter, byTraceback, byThread }: Prepared, { domain, thread }: Place): Uint8Array | boolean {
  if (filter instanceof ThreadFilter) return byThread![thread]!;
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
