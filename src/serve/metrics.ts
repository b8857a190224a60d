import type { Ledger } from '../ledger/ledger.js';
import { LEDGER_KINDS } from '../ledger/ledger-rows.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { lacksLabels } from '../snapshot/statistics/column-keys.js';
import { printable } from '../text/printable.js';
import type { SharedSnapshots } from './shared-snapshots.js';

export const METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'summary';
  /** The end of the metric's name. */
  readonly unit?: 'bytes' | 'seconds';
  readonly help: string;
  /** Each sample's suffix to the name, and its value. */
  readonly samples: readonly (readonly [suffix: string, value: number])[];
}

export interface MemoryRead {
  readonly snapshot: Snapshot | null;
  readonly ledger: Ledger | null;
}

/** Each label is a time series, which the reader of the metrics stores and pays for. */
const MOST_LABELS = 20;
const OTHER_THAN_MOST = '(rest)';

/**
 * OpenMetrics text. It has no counters, because a counter's family is named differently in Prometheus' older format, as which some tools
 * still read the text.
 *
 * @param read what could be read; the metrics of the rest are left out
 */
export function metricsText({ snapshot, ledger }: MemoryRead, costs: Pick<SharedSnapshots, 'count' | 'totalMs' | 'lastFailure'>): string {
  const families = [
    ...costMetrics(snapshot !== null, costs),
    ...(snapshot ? memoryMetrics(snapshot) : []),
    ...(ledger ? [residentMetric(ledger)] : []),
  ];
  return `${families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('')}# EOF\n`;
}

function costMetrics(isUp: boolean, { count, totalMs, lastFailure }: Pick<SharedSnapshots, 'count' | 'totalMs' | 'lastFailure'>): Metric[] {
  return [
    gauge('tracemalloc_up', 'Whether the last snapshot of the target could be taken.', [['', Number(isUp)]]),
    {
      name: 'tracemalloc_snapshot_duration_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'Snapshots, failed ones included, and how long they took; the target stands still for part of that time.',
      samples: [
        ['_count', count],
        ['_sum', totalMs / 1000],
      ],
    },
    {
      ...gauge('tracemalloc_last_error_timestamp_seconds', 'When a snapshot last failed, and with which code.', [
        ...(lastFailure ? [[`{code="${lastFailure.code}"}`, lastFailure.time / 1000] as const] : []),
      ]),
      unit: 'seconds',
    },
  ];
}

const LIVE_BYTES = 'Live memory allocated since the tracing began; domain 0 is the JavaScript heap.';

function memoryMetrics(snapshot: Snapshot): Metric[] {
  const { columns, capture } = snapshot;
  const { heap, time } = capture;
  const domains = new Map([[0, { bytes: 0, blocks: 0 }]]);
  for (let row = 0; row < columns.length; row++) {
    const domain = columns.domain?.[row] ?? 0;
    const sum = domains.get(domain) ?? { bytes: 0, blocks: 0 };
    sum.bytes += columns.size[row]!;
    sum.blocks += columns.count[row]!;
    domains.set(domain, sum);
  }
  const byDomain = (of: 'bytes' | 'blocks') => [...domains].map(([domain, sum]) => [`{domain="${domain}"}`, sum[of]] as const);
  return [
    ...(capture.mode === 'churn'
      ? [
          bytes('tracemalloc_allocated_bytes', 'Memory allocated since the tracing began, dead or alive.', byDomain('bytes')),
          gauge('tracemalloc_allocated_blocks', 'Blocks allocated since the tracing began, dead or alive.', byDomain('blocks')),
        ]
      : [
          bytes('tracemalloc_traced_bytes', LIVE_BYTES, byDomain('bytes')),
          gauge('tracemalloc_traced_blocks', 'Live blocks allocated since the tracing began.', byDomain('blocks')),
          ...labelMetrics(snapshot),
        ]),
    bytes('tracemalloc_heap_used_bytes', 'Used JavaScript heap of all threads.', known(heap?.heapUsed)),
    bytes('tracemalloc_heap_total_bytes', 'Reserved JavaScript heap of all threads.', known(heap?.heapTotal)),
    bytes('tracemalloc_external_bytes', 'Memory outside of the heap that its objects hold, ArrayBuffers included.', known(heap?.external)),
    bytes('tracemalloc_array_buffers_bytes', 'Memory of ArrayBuffers and Buffers.', known(heap?.arrayBuffers)),
    bytes('tracemalloc_resident_memory_bytes', 'Resident memory of the process.', known(heap?.rss)),
    {
      ...gauge('tracemalloc_snapshot_timestamp_seconds', 'When the snapshot with these figures was taken.', [
        ['', Date.parse(time) / 1000],
      ]),
      unit: 'seconds',
    },
  ];
}

/** Without threads, whose names a program may change again and again. */
function residentMetric({ rows }: Ledger): Metric {
  const samples = LEDGER_KINDS.map((kind) => {
    const sum = rows.reduce((total, row) => total + (row.kind === kind ? row.bytes : 0), 0);
    return [`{kind="${kind}"}`, sum] as const;
  });
  return bytes('tracemalloc_resident_bytes', 'What the resident memory of the process consists of.', samples);
}

function labelMetrics(snapshot: Snapshot): Metric[] {
  if (lacksLabels(snapshot)) return [];
  const sums = new Map<string, number>(); // by name as it is written, because a name must not come twice
  for (const [rank, { traceback, size }] of snapshot.statistics('label').entries()) {
    const label = rank < MOST_LABELS ? printable(traceback.frames[0]!.filename) : OTHER_THAN_MOST;
    sums.set(label, (sums.get(label) ?? 0) + size);
  }
  const help = `Live memory by what it was allocated for: the largest ${MOST_LABELS} labels, and the rest as one.`;
  return [
    bytes(
      'tracemalloc_label_traced_bytes',
      help,
      [...sums].map(([label, size]) => [`{label="${escaped(label)}"}`, size]),
    ),
  ];
}

/** @param value a label's value without control characters */
function escaped(value: string): string {
  return value.replace(/[\\"]/g, '\\$&');
}

function gauge(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, type: 'gauge', help, samples };
}

function bytes(name: string, help: string, samples: Metric['samples']): Metric {
  return { ...gauge(name, help, samples), unit: 'bytes' };
}

function known(value: number | null | undefined): Metric['samples'] {
  return value === null || value === undefined ? [] : [['', value]];
}

function familyText({ name, type, unit, help, samples }: Metric): string {
  const lines = [`# TYPE ${name} ${type}`, ...(unit ? [`# UNIT ${name} ${unit}`] : []), `# HELP ${name} ${help}`];
  return [...lines, ...samples.map(([suffix, value]) => `${name}${suffix} ${value}`), ''].join('\n');
}
