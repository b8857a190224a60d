import { describe, expect, it } from '@jest/globals';
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

describe('by label', () => {
  const textOf = (snapshot: Snapshot) => metricsText({ snapshot, ledger: null }, COSTS);
  const labelled = (labels: readonly string[]) =>
    textOf(Snapshot.fromTraces(labels.map((label, i) => ({ size: 1000 - i, label, frames: [['a.js', 1]] }))));
  const lines = (text: string) => text.split('\n').filter((line) => line.startsWith('tracemalloc_label_traced_bytes{'));

  it('gives the largest 20, and the rest as one', () => {
    const found = lines(labelled(Array.from({ length: 30 }, (_, i) => (i === 3 ? '' : `GET /r${i}`))));
    expect(found).toHaveLength(21);
    expect([found[0], found[3], found[19]]).toEqual([
      'tracemalloc_label_traced_bytes{label="GET /r0"} 1000',
      'tracemalloc_label_traced_bytes{label="(none)"} 997',
      'tracemalloc_label_traced_bytes{label="GET /r19"} 981',
    ]);
    const rest = Array.from({ length: 10 }, (_, i) => 1000 - 20 - i).reduce((sum, size) => sum + size, 0);
    expect(found[20]).toBe(`tracemalloc_label_traced_bytes{label="(rest)"} ${rest}`);
  });

  it('names are escaped, and no name comes twice', () => {
    expect(
      lines(labelled(['a"b\\c', 'x\ny', 'half\ud83d', 'half\\u{d83d}', '(rest)', ...Array.from({ length: 16 }, (_, i) => `GET /r${i}`)])),
    ).toEqual(
      expect.arrayContaining([
        'tracemalloc_label_traced_bytes{label="a\\"b\\\\c"} 1000',
        'tracemalloc_label_traced_bytes{label="x\\\\u{a}y"} 999',
        'tracemalloc_label_traced_bytes{label="half\\\\u{d83d}"} 1995',
        `tracemalloc_label_traced_bytes{label="(rest)"} ${996 + 980}`,
      ]),
    );
  });

  it('is left out without labels, and everything has none if there are labels but no labelled work', () => {
    const bare = Snapshot.fromTraces([{ size: 5, frames: [['a.js', 1]] }]);
    expect(lines(textOf(bare))).toEqual([]);
    const capture = { ...bare.capture, labels: { overflow: false } };
    expect(lines(textOf(new Snapshot({ ...bare, capture })))).toEqual(['tracemalloc_label_traced_bytes{label="(none)"} 5']);
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
