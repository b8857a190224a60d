import { copyTracebacks } from '../model/compact.js';
import { sumOf } from '../model/heap-totals.js';
import { LabelInterner } from '../model/label-interner.js';
import { summedByKind } from '../model/resident-parts.js';
import { StackTableBuilder } from '../model/stack-table.js';
import { StringInterner } from '../model/string-interner.js';
import type { CaptureInfo, TraceColumns } from '../model/trace-columns.js';
import { Snapshot } from './snapshot.js';

export interface NamedSnapshot {
  /** Prefix of the names of its threads. Unique in the list. */
  readonly name: string;
  readonly snapshot: Snapshot;
}

/** Merges the snapshots of a program's processes. The thread `main` of a snapshot becomes the thread `NAME main` of the result. */
export function mergeSnapshots(snapshots: readonly NamedSnapshot[]): Snapshot {
  const [first] = snapshots;
  if (!first) throw new Error('no snapshots to merge');
  const table = new StackTableBuilder();
  const types = new StringInterner();
  const labels = new LabelInterner();
  const threads: string[] = [];
  const length = snapshots.reduce((sum, { snapshot }) => sum + snapshot.columns.length, 0);
  const has = (column: 'domain' | 'type' | 'label') => snapshots.some(({ snapshot }) => snapshot.columns[column] !== null);
  const columns = {
    traceback: new Uint32Array(length),
    size: new Float64Array(length),
    count: new Uint32Array(length),
    domain: has('domain') ? new Uint32Array(length) : null,
    thread: new Uint16Array(length),
    type: has('type') ? new Uint32Array(length) : null,
    label: has('label') ? new Uint16Array(length) : null,
  };
  let at = 0;
  for (const { name, snapshot } of snapshots) {
    const { traceback, size, count, domain, thread, type, label, length: rows } = snapshot.columns;
    const { ids } = copyTracebacks(snapshot.table, table, () => true);
    const typeIds = snapshot.types.map((one) => types.intern(one));
    const labelIds = snapshot.labels.map((one) => labels.intern(one));
    const firstThread = threads.length;
    threads.push(...snapshot.threads.map((one) => `${name} ${one}`));
    columns.size.set(size, at);
    columns.count.set(count, at);
    if (domain) columns.domain!.set(domain, at);
    for (let row = 0; row < rows; row++, at++) {
      columns.traceback[at] = ids[traceback[row]!]!;
      columns.thread[at] = firstThread + (thread ? thread[row]! : 0);
      if (columns.type) columns.type[at] = type ? typeIds[type[row]!]! : types.intern('');
      if (label) columns.label![at] = labelIds[label[row]!]!;
    }
  }
  const merged: TraceColumns = { length, ...columns, birth: null };
  const tracebackLimit = Math.max(...snapshots.map(({ snapshot }) => snapshot.tracebackLimit));
  return new Snapshot({
    table: table.build(),
    columns: merged,
    threads,
    types: types.values,
    labels: labels.values,
    sourceMaps: new Map(snapshots.flatMap(({ snapshot }) => [...snapshot.sourceMaps])),
    tracebackLimit,
    capture: captureOf(snapshots),
  });
}

/** The capture of the first snapshot, with heap totals summed, and with the names of threads as in the result. */
function captureOf(snapshots: readonly NamedSnapshot[]): CaptureInfo {
  const {
    tracing: _,
    missing: __,
    atHeapLimit: ___,
    late: ____,
    ended: _____,
    labels: ______,
    churn: _______,
    resource: ________,
    ...first
  } = snapshots[0]!.snapshot.capture;
  const captures = snapshots.map(({ name, snapshot }) => ({ name, ...snapshot.capture }));
  const missing = captures.flatMap(({ name, missing = [] }) => missing.map((one) => ({ ...one, thread: `${name} ${one.thread}` })));
  const late = captures.flatMap(({ name, late = [] }) => late.map((one) => ({ ...one, thread: `${name} ${one.thread}` })));
  const atHeapLimit = captures.flatMap(({ name, atHeapLimit = [] }) => atHeapLimit.map((thread) => `${name} ${thread}`));
  const labelled = captures.flatMap(({ labels }) => labels ?? []);
  const ended = captures.reduce((sum, { ended = 0 }) => sum + ended, 0);
  const churns = captures.flatMap(({ churn }) => churn ?? []);
  const residents = captures.flatMap(({ resident }) => (resident === undefined ? [] : [resident]));
  return {
    ...first,
    heap: sumOf(captures.map(({ heap }) => heap)),
    resident: residents.length === captures.length ? summedByKind(residents.flat()) : undefined,
    running: countOf(captures.map(({ running }) => running)),
    start: {
      heap: sumOf(captures.map(({ start }) => start?.heap ?? null)),
      running: countOf(captures.map(({ start }) => start?.running)),
    },
    precision: captures.some(({ precision }) => precision === 'line') ? 'line' : 'function',
    ...(captures.some(({ inlining }) => inlining) && { inlining: true }),
    ...(missing.length > 0 && { missing }),
    ...(atHeapLimit.length > 0 && { atHeapLimit }),
    ...(late.length > 0 && { late }),
    ...(ended > 0 && { ended }),
    ...(churns.length > 0 && {
      churn: { seconds: Math.max(...churns.map(({ seconds }) => seconds)), grown: churns.reduce((sum, { grown }) => sum + grown, 0) },
    }),
    ...(labelled.length > 0 && { labels: { overflow: labelled.some(({ overflow }) => overflow) } }),
  };
}

/** undefined if one of the counts is unknown. */
function countOf(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce<number | undefined>((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0);
}
