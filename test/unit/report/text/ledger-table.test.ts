import { describe, expect, test } from '@jest/globals';
import type { Ledger } from '../../../../src/ledger/ledger.js';
import type { LedgerRow } from '../../../../src/ledger/ledger-rows.js';
import { PLAIN } from '../../../../src/report/text/colours.js';
import { ledgerTable, ledgerTitle, ledgerVerdictLines } from '../../../../src/report/text/ledger-table.js';

const MIB = 2 ** 20;
const WIDE = { label: '4711', width: 200, colours: PLAIN };

function row(kind: LedgerRow['kind'], megabytes: number, more: Partial<LedgerRow> = {}): LedgerRow {
  return { kind, thread: null, bytes: megabytes * MIB, estimated: false, ...more };
}

function ledgerOf(rows: readonly LedgerRow[], more: Partial<Ledger> = {}): Ledger {
  const rss = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  return { pid: 4711, time: '2026-12-01T10:20:30.000Z', rss, rows, verdicts: [], swap: 0, missing: [], notes: [], ...more };
}

const ROWS = [
  row('heap', 50, { thread: 'main', used: 40 * MIB, size: 53 * MIB }),
  row('heap', 12, { thread: 'worker 1 (pool)', estimated: true, used: 12.5 * MIB, live: 8 * MIB }),
  row('heap', 1, { estimated: true }),
  row('array-buffers', 20, { thread: 'main', estimated: true, error: MIB, size: 70 * MIB }),
  row('external-strings', 0, { estimated: true }),
  row('binary', 40, { shared: 30 * MIB }),
  row('stacks', 0.25, { count: 8 }),
  row('malloc', 9, { estimated: true, error: MIB, count: 3 }),
];

describe('a table', () => {
  test('has a line for each row that has something, and adds up', () => {
    expect(ledgerTitle(ledgerOf(ROWS), WIDE)).toEqual(['4711 at 10:20:30 UTC: 132 MiB resident']);
    expect(ledgerTable(ledgerOf(ROWS), WIDE)).toEqual([
      'resident          ±  what',
      '50.0 MiB             heap, main: JavaScript heap (40.0 MiB live and garbage, 10.0 MiB free, 3072 KiB reserved)',
      '12.0 MiB          ±  heap, worker 1 (pool): JavaScript heap (8192 KiB live, 4608 KiB garbage)',
      "1024 KiB          ±  heap: V8's memory of no single thread: kept for later, or shared",
      '20.0 MiB  ±1024 KiB  array-buffers, main: ArrayBuffers and Buffers (50.0 MiB untouched)',
      '40.0 MiB             binary: the node binary (30.0 MiB shared with other processes)',
      ' 256 KiB             stacks: stacks of threads (8 stacks)',
      '9216 KiB  ±1024 KiB  malloc: the rest: malloc (addons, OpenSSL, zlib, Node itself) and its fragmentation (3 arenas beside the main one)',
      ' 132 MiB             all of it (rss)',
    ]);
  });

  test('shows what changed, and rows that are gone', () => {
    const first = ledgerOf([row('heap', 50, { thread: 'main' }), row('wasm', 4)]);
    const previous = ledgerOf([row('heap', 60, { thread: 'main' }), row('wasm', 4)]);
    const now = ledgerOf([row('heap', 55, { thread: 'main' }), row('wasm', 0)]);
    expect(ledgerTable(now, { ...WIDE, since: { previous, first } })).toEqual([
      'resident     change  since start  what',
      '55.0 MiB  -5120 KiB    +5120 KiB  heap, main: JavaScript heap',
      '     0 B  -4096 KiB    -4096 KiB  wasm: memories of WebAssembly',
      '55.0 MiB  -9216 KiB    +1024 KiB  all of it (rss)',
    ]);
    expect(ledgerTable(now, { ...WIDE, since: { previous: first, first } })[0]).toBe('resident     change  what');
  });

  test('shows a worker that has ended once more', () => {
    const first = ledgerOf([row('heap', 50, { thread: 'main' }), row('heap', 4, { thread: 'worker 1' })]);
    const now = ledgerOf([row('heap', 50, { thread: 'main' })]);
    expect(ledgerTable(now, { ...WIDE, since: { previous: first, first } }).slice(1)).toEqual([
      '50.0 MiB       +0 B  heap, main: JavaScript heap',
      '     0 B  -4096 KiB  heap, worker 1: JavaScript heap',
      '50.0 MiB  -4096 KiB  all of it (rss)',
    ]);
    expect(ledgerTable(now, { ...WIDE, since: { previous: now, first } })).toHaveLength(3);
  });

  test('says what a reader must know', () => {
    const missing = [{ thread: 'worker 2', reason: 'it is\nbusy' }];
    const lines = ledgerTable(ledgerOf([row('heap', 1)], { swap: 5 * MIB, missing, notes: ['only \x1b[31mthis'] }), WIDE);
    expect(lines.slice(-3)).toEqual([
      '5120 KiB more are in swap, in none of the rows',
      'what worker 2 holds is in other rows: it is\\u{a}busy',
      'only \\u{1b}[31mthis',
    ]);
  });

  test('puts the smallest of many threads together', () => {
    const threads = (factor: number) =>
      Array.from({ length: 8 }, (_, i) => row('heap', (i + 1) * factor, { thread: `worker ${i}`, used: (i + 1) * 20 * MIB, live: MIB }));
    const [first, now] = [ledgerOf(threads(20)), ledgerOf(threads(21))];
    expect(ledgerTable(now, { ...WIDE, since: { previous: first, first } }).slice(1)).toEqual([
      '84.0 MiB  +4096 KiB  heap, worker 3: JavaScript heap (1024 KiB live, 79.0 MiB garbage, 4096 KiB free)',
      ' 105 MiB  +5120 KiB  heap, worker 4: JavaScript heap (1024 KiB live, 99.0 MiB garbage, 5120 KiB free)',
      ' 126 MiB  +6144 KiB  heap, worker 5: JavaScript heap (1024 KiB live, 119 MiB garbage, 6144 KiB free)',
      ' 147 MiB  +7168 KiB  heap, worker 6: JavaScript heap (1024 KiB live, 139 MiB garbage, 7168 KiB free)',
      ' 168 MiB  +8192 KiB  heap, worker 7: JavaScript heap (1024 KiB live, 159 MiB garbage, 8192 KiB free)',
      ' 126 MiB  +6144 KiB  heap, 3 more threads: JavaScript heap (3072 KiB live, 117 MiB garbage, 6144 KiB free)',
      ' 756 MiB  +36.0 MiB  all of it (rss)',
    ]);
  });

  test('fits into a terminal', () => {
    const lines = ledgerTable(ledgerOf(ROWS, { notes: ['a note that is longer than the terminal is wide, so that it needs two lines'] }), {
      ...WIDE,
      width: 60,
    });
    expect(lines.every((line) => line.length <= 60)).toBe(true);
  });
});

test('a verdict is a sentence', () => {
  const verdicts = [{ kind: 'malloc', growth: 30 * MIB, advice: 'it grows' }] as const;
  expect(ledgerVerdictLines(ledgerOf([], { verdicts }), WIDE)).toEqual(['malloc +30.0 MiB: it grows']);
});
