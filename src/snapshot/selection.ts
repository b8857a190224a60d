import type { StackTable } from '../model/stack-table.js';
import type { TraceColumns } from '../model/trace-columns.js';
import { compilePattern, normalizeCase } from '../pattern.js';
import { DomainFilter, type Filter } from './filter.js';

type AnyFilter = Filter | DomainFilter;

/** A filter, with its answer for each traceback of the table worked out; a DomainFilter does not look at tracebacks. */
interface Prepared {
  readonly filter: AnyFilter;
  readonly byTraceback: Uint8Array | null;
}

/** Kept when one of the inclusive filters, if there are any, matches, and every exclusive one. */
export function selectTraces(columns: TraceColumns, table: StackTable, filters: readonly AnyFilter[]): TraceColumns {
  const prepared = filters.map((filter) => ({
    filter,
    byTraceback: filter instanceof DomainFilter ? null : tracebackMatches(table, filter),
  }));
  return gather(columns, keptRows(columns, prepared, table.totalFrames.length));
}

/** One mask of tracebacks for each domain that a filter names, and one for all other domains. */
function keptRows({ length, traceback, domain }: TraceColumns, prepared: readonly Prepared[], tracebacks: number): Uint32Array {
  const maskOf = (value: number | null) => new Uint8Array(tracebacks).map((_, t) => Number(keepsTraceback(prepared, t, value)));
  const named = new Map<number, Uint8Array>();
  for (const { filter } of prepared) if (filter.domain !== null) named.set(filter.domain, maskOf(filter.domain));
  const others = maskOf(null);
  const rows = new Uint32Array(length);
  let kept = 0;
  if (domain === null || named.size === 0) {
    const mask = named.get(0) ?? others;
    for (let row = 0; row < length; row++) {
      rows[kept] = row; // written always and counted when kept: no branch for the processor to guess wrong
      kept += mask[traceback[row]!]!;
    }
  } else {
    for (let row = 0; row < length; row++) if ((named.get(domain[row]!) ?? others)[traceback[row]!] === 1) rows[kept++] = row;
  }
  return rows.subarray(0, kept);
}

/** @param domain null: one that no filter names */
function keepsTraceback(prepared: readonly Prepared[], traceback: number, domain: number | null): boolean {
  let hasInclusive = false;
  let isIncluded = false;
  for (const { filter, byTraceback } of prepared) {
    const matches = matchesFilter(filter, byTraceback?.[traceback] === 1, domain);
    if (!filter.inclusive && !matches) return false;
    hasInclusive ||= filter.inclusive;
    isIncluded ||= filter.inclusive && matches;
  }
  return isIncluded || !hasInclusive;
}

function matchesFilter(filter: AnyFilter, matchesTraceback: boolean, domain: number | null): boolean {
  const isDomain = domain === filter.domain;
  if (filter instanceof DomainFilter) return isDomain === filter.inclusive;
  if (filter.domain === null) return matchesTraceback;
  return filter.inclusive ? matchesTraceback && isDomain : matchesTraceback || !isDomain;
}

/** By traceback: 1 where the filter says yes, its inclusive or exclusive sense already applied. The pattern runs once a file. */
function tracebackMatches(table: StackTable, filter: Filter): Uint8Array {
  const matchesName = compilePattern(filter.filenamePattern);
  const files = table.filenames.map((name) => matchesName(normalizeCase(name)));
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

function gather(columns: TraceColumns, rows: Uint32Array): TraceColumns {
  return {
    length: rows.length,
    traceback: pick(columns.traceback, rows, new Uint32Array(rows.length)),
    size: pick(columns.size, rows, new Float64Array(rows.length)),
    count: pick(columns.count, rows, new Uint32Array(rows.length)),
    domain: columns.domain && pick(columns.domain, rows, columns.domain.slice(0, rows.length)),
    thread: columns.thread && pick(columns.thread, rows, new Uint16Array(rows.length)),
    type: columns.type && pick(columns.type, rows, new Uint32Array(rows.length)),
    birth: columns.birth && pick(columns.birth, rows, new Float64Array(rows.length)),
  };
}

function pick<C extends { [index: number]: number }>(from: C, rows: Uint32Array, into: C): C {
  for (let i = 0; i < rows.length; i++) into[i] = from[rows[i]!]!;
  return into;
}
