import { totalOf } from '../../model/column-totals.js';
import { tableOfOriginals } from '../../model/original-places.js';
import { RowInterner } from '../../model/row-interner.js';
import type { HeapTotals } from '../../model/trace-columns.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import { ownFolderOf } from '../../snapshot/statistics/own-files.js';
import { samplingInterval, traceVariance, unseenVariance } from '../../snapshot/statistics/sampling-error.js';
import { checkAlive } from '../check-alive.js';
import { processKey } from '../identity.js';
import { profileId } from '../profile-id.js';
import type { Profile } from '../store.js';
import type { Row } from './client.js';
import { hexToDecimal, StackEncoder } from './encode-stacks.js';

const MS_PER_HOUR = 3_600_000;
const FIELDS = 5;

/** A profile as rows of the three tables. */
export interface EncodedProfile {
  /** As `profileId` makes it, a decimal number. */
  readonly id: string;
  readonly service: string;
  readonly release: string;
  /** Hash of the process and its tracing. */
  readonly tracing: string;
  readonly timeMs: number;
  /** The start of its hour, in seconds since 1970. */
  readonly hour: number;
  /** Values of FACT_COLUMNS. */
  readonly facts: Row;
  /** One for each stack, thread, domain, type and label. */
  readonly samples: readonly SampleRow[];
  /** By hash of a stack: makes its row. */
  readonly stacks: ReadonlyMap<string, () => Row>;
  /** Rows that were too many, and are one now. */
  readonly folded: number;
}

/** Rows of a profile. A program with more different stacks would fill the store with what nobody can read. */
export const MOST_ROWS = 100_000;

const OTHER_STACKS = '<other stacks>';

type Rows = Pick<EncodedProfile, 'samples' | 'stacks'>;

interface SampleRow {
  readonly stack: string;
  readonly thread: string;
  readonly domain: number;
  readonly type: string;
  readonly label: string;
  size: number;
  count: number;
  variance: number;
}

/** Columns of the table of profiles, besides those that `EncodedProfile` names. */
export const FACT_COLUMNS = [
  'host',
  'pid',
  'instance',
  'attributes',
  'node_version',
  'mode',
  'precision',
  'interval',
  'traceback_limit',
  'unseen',
  'size',
  'heap_used',
  'heap_total',
  'external',
  'array_buffers',
  'rss',
] as const;

/** On the lines of the sources, if the snapshot knows them. @throws UsageError for a profile that says nothing about what is alive */
export function encodeProfile({ identity, snapshot: given }: Profile): EncodedProfile {
  const { original } = given;
  const snapshot = original ? new Snapshot({ ...given, table: tableOfOriginals(given.table, original), original: null }) : given;
  const { capture } = snapshot;
  checkAlive(capture);
  const timeMs = Date.parse(capture.time);
  const { createHash } = process.getBuiltinModule('node:crypto');
  const tracing = createHash('sha256')
    .update(`${capture.tracing ?? ''} ${processKey(identity)}`)
    .digest('hex')
    .slice(0, 16);
  const isSampled = samplingInterval(capture) !== null;
  return {
    id: hexToDecimal(profileId(identity, capture.time)),
    service: identity.service,
    release: identity.release,
    tracing: hexToDecimal(tracing),
    timeMs,
    hour: (Math.floor(timeMs / MS_PER_HOUR) * MS_PER_HOUR) / 1000,
    facts: [
      identity.host,
      identity.pid,
      identity.instance,
      identity.attributes,
      capture.target.nodeVersion ?? '',
      capture.mode,
      capture.precision,
      capture.interval,
      snapshot.tracebackLimit,
      isSampled ? unseenVariance(capture) : 0,
      totalOf(snapshot.columns).size,
      ...heapRow(capture.heap),
    ],
    ...boundedRows(sampleRows(snapshot)),
  };
}

/** The largest rows, and the sum of the others as one of a stack with a name of its own. */
function boundedRows({ samples, stacks }: Rows): Pick<EncodedProfile, 'samples' | 'stacks' | 'folded'> {
  if (samples.length <= MOST_ROWS) return { samples, stacks, folded: 0 };
  const sorted = samples.toSorted((a, b) => b.size - a.size);
  const rest = sorted.splice(MOST_ROWS - 1);
  const sumOf = (field: 'size' | 'count' | 'variance') => rest.reduce((sum, row) => sum + row[field], 0);
  const { table } = Snapshot.fromTraces([{ size: 0, frames: [[OTHER_STACKS, 0]] }]);
  const encoder = new StackEncoder(table, '');
  const stack = encoder.hash(0);
  const other = {
    stack,
    thread: '',
    domain: 0,
    type: '',
    label: '',
    size: sumOf('size'),
    count: sumOf('count'),
    variance: sumOf('variance'),
  };
  const kept = new Map(sorted.map((row) => [row.stack, stacks.get(row.stack)!]));
  return { samples: [...sorted, other], stacks: kept.set(stack, () => encoder.row(0, stack)), folded: rest.length };
}

function heapRow(heap: HeapTotals | null): Row {
  const { heapUsed = null, heapTotal = null, external = null, arrayBuffers = null, rss = null } = heap ?? {};
  return [heapUsed, heapTotal, external, arrayBuffers, rss];
}

/** Traces that differ in nothing that a question asks are one row. */
function sampleRows(snapshot: Snapshot): Rows {
  const { columns, table, threads, types, labels, capture } = snapshot;
  const interval = samplingInterval(capture);
  const encoder = new StackEncoder(table, ownFolderOf(snapshot));
  const hashes = new Map<number, string>();
  const stacks = new Map<string, () => Row>();
  const hashOf = (traceback: number): string => {
    const known = hashes.get(traceback);
    if (known !== undefined) return known;
    const hash = encoder.hash(traceback);
    hashes.set(traceback, hash);
    stacks.set(hash, () => encoder.row(traceback, hash));
    return hash;
  };
  const rows = new RowInterner();
  const key = new Uint32Array(FIELDS);
  const samples: SampleRow[] = [];
  for (let i = 0; i < columns.length; i++) {
    const traceback = columns.traceback[i]!;
    const [domain, thread, type, label] = [columns.domain, columns.thread, columns.type, columns.label].map((column) => column?.[i] ?? 0);
    key.set([traceback, domain!, thread!, type!, label!]);
    const id = rows.intern(key, 0, FIELDS);
    samples[id] ??= {
      stack: hashOf(traceback),
      thread: threads[thread!]!,
      domain: domain!,
      type: columns.type ? types[type!]! : '',
      label: columns.label ? labels[label!]! : '',
      size: 0,
      count: 0,
      variance: 0,
    };
    const [size, count] = [columns.size[i]!, columns.count[i]!];
    samples[id].size += size;
    samples[id].count += count;
    if (interval !== null) samples[id].variance += traceVariance(size, count, interval);
  }
  return { samples, stacks };
}
