import { expect, it } from '@jest/globals';
import { type LedgerKind, Snapshot } from '../../../src/index.js';
import { metricsText } from '../../../src/serve/metrics.js';

const COSTS = { count: 3, totalMs: 250, lastFailure: null };

/** By name with its labels: the value. */
function samples(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
}

it('gives bytes and blocks by domain, and the totals of the process', () => {
  const traced = Snapshot.fromTraces([
    { size: 100, count: 2, frames: [['a.js', 1]] },
    { size: 30, count: 1, frames: [['b.js', 1]] },
    { size: 4096, count: 1, domain: 1, frames: [['b.js', 2]] },
  ]);
  const heap = { heapUsed: 1000, heapTotal: 2000, external: 300, arrayBuffers: null, rss: 5000 };
  const capture = { ...traced.capture, heap, time: '2026-01-02T03:04:05.678Z' };
  expect(samples(metricsText({ snapshot: new Snapshot({ ...traced, capture }), ledger: null }, COSTS))).toEqual({
    tracemalloc_up: 1,
    tracemalloc_snapshot_duration_seconds_count: 3,
    tracemalloc_snapshot_duration_seconds_sum: 0.25,
    'tracemalloc_traced_bytes{domain="0"}': 130,
    'tracemalloc_traced_bytes{domain="1"}': 4096,
    'tracemalloc_traced_blocks{domain="0"}': 3,
    'tracemalloc_traced_blocks{domain="1"}': 1,
    tracemalloc_heap_used_bytes: 1000,
    tracemalloc_heap_total_bytes: 2000,
    tracemalloc_external_bytes: 300,
    tracemalloc_resident_memory_bytes: 5000,
    tracemalloc_snapshot_timestamp_seconds: 1767323045.678,
  });
});

it('an empty snapshot gives 0; without a snapshot no old figure is given', () => {
  expect(samples(metricsText({ snapshot: Snapshot.fromTraces([]), ledger: null }, COSTS))).toMatchObject({
    'tracemalloc_traced_bytes{domain="0"}': 0,
  });
  const lastFailure = { code: 'ERR_TIMEOUT', message: 'of "any" text', time: 1_500 };
  expect(samples(metricsText({ snapshot: null, ledger: null }, { ...COSTS, lastFailure }))).toEqual({
    tracemalloc_up: 0,
    tracemalloc_snapshot_duration_seconds_count: 3,
    tracemalloc_snapshot_duration_seconds_sum: 0.25,
    'tracemalloc_last_error_timestamp_seconds{code="ERR_TIMEOUT"}': 1.5,
  });
});

it('each family has its type, a name that ends with the unit, and a help; the last line is # EOF', () => {
  const lines = metricsText({ snapshot: Snapshot.fromTraces([]), ledger: null }, COSTS).split('\n');
  expect(lines.slice(-2)).toEqual(['# EOF', '']);
  const units = lines.flatMap((line) => [...line.matchAll(/^# UNIT (\S+) (\S+)$/g)]);
  expect(units).toHaveLength(3);
  for (const [, name, unit] of units) expect(name!.endsWith(`_${unit}`)).toBe(true);
  const of = (word: string) => lines.filter((line) => line.startsWith(`# ${word} `)).map((line) => line.split(' ')[2]);
  expect(of('TYPE')).toEqual(of('HELP'));
});

it('gives resident bytes by kind, over all threads', () => {
  const row = (kind: LedgerKind, thread: string | null, bytes: number) => ({ kind, thread, bytes, estimated: false });
  const rows = [row('heap', 'main', 100), row('heap', 'worker 1 ("})', 20), row('malloc', null, 7)];
  const ledger = { pid: 1, time: '', rss: 127, rows, verdicts: [], swap: 0, missing: [], notes: [] };
  const text = metricsText({ snapshot: Snapshot.fromTraces([]), ledger }, COSTS);
  const resident = Object.entries(samples(text)).filter(([name]) => name.startsWith('tracemalloc_resident_bytes'));
  expect(Object.fromEntries(resident)).toMatchObject({
    'tracemalloc_resident_bytes{kind="heap"}': 120,
    'tracemalloc_resident_bytes{kind="malloc"}': 7,
    'tracemalloc_resident_bytes{kind="wasm"}': 0,
  });
  expect(resident).toHaveLength(11);
});
