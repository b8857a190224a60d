import { describe, expect, test } from '@jest/globals';
import type { IsolateMemory } from '../../../src/ledger/isolate-memory.js';
import { LEDGER_KINDS, type LedgerKind, type LedgerRow, ledgerRows, type ThreadMemory } from '../../../src/ledger/ledger-rows.js';
import { type Extent, memoryOfRss, memoryOfStatus, NO_EXTENT, type ResidentMemory } from '../../../src/ledger/resident-memory.js';
import { recorded, VERSIONS } from './recorded.js';

const MB = 1_000_000;

function sumOf(rows: readonly LedgerRow[], kind?: LedgerKind): number {
  return rows.reduce((sum, row) => sum + (kind === undefined || row.kind === kind ? row.bytes : 0), 0);
}

function circumstances({ drift = 0, major = 26, isComplete = true } = {}) {
  return { drift, isComplete, externalHasWasm: major < 26 };
}

describe.each(VERSIONS)('a recorded program on Node %i', (major) => {
  const { resident, threads, hasResizable } = recorded(major);
  const rows = ledgerRows(resident, threads, circumstances({ major }));
  const ofThread = (kind: LedgerKind, thread: string | null) => rows.find((row) => row.kind === kind && row.thread === thread)!;

  test('the rows add up', () => {
    expect(sumOf(rows)).toBe(resident.rss);
    expect(rows.every(({ bytes }) => Number.isInteger(bytes) && bytes >= 0)).toBe(true);
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(LEDGER_KINDS));
  });

  test('each kind has what the program holds of it', () => {
    const touched = 25 + (hasResizable ? 10 : 0);
    expect(sumOf(rows, 'array-buffers') / MB).toBeGreaterThan(touched * 0.95);
    expect(sumOf(rows, 'array-buffers') / MB).toBeLessThan(touched * 1.05);
    expect(ofThread('array-buffers', 'main').size! / MB).toBeCloseTo(70, 0);
    expect(ofThread('array-buffers', 'worker 1').size! / MB).toBeCloseTo(5, 0);
    expect(sumOf(rows, 'external-strings') / MB).toBeGreaterThan(9.5);
    expect(sumOf(rows, 'external-strings') / MB).toBeLessThan(10.5);
    expect(sumOf(rows, 'wasm')).toBe(320 * 65_536);
    expect(ofThread('heap', 'main').bytes).toBeGreaterThan(10 * MB);
    expect(ofThread('heap', 'worker 1').bytes).toBeLessThan(9 * MB);
    expect(sumOf(rows, 'malloc')).toBeLessThan(15 * MB);
  });

  test('what is worked out is an estimate', () => {
    const estimated = rows.filter((row) => row.estimated && row.bytes > 0).map(({ kind }) => kind);
    expect(new Set(estimated)).toEqual(new Set(['heap', 'array-buffers', 'external-strings', 'native', 'malloc']));
  });
});

const QUIET: IsolateMemory = {
  heap: 0,
  used: 0,
  untouched: 0,
  code: 0,
  arrayBuffers: 0,
  external: 0,
  scripts: 0,
  malloced: 0,
  cppHeap: 0,
  isCaged: false,
  rss: null,
};

function threadsOf(...memories: readonly Partial<IsolateMemory>[]): ThreadMemory[] {
  return memories.map((memory, index) => ({ thread: index === 0 ? 'main' : `worker ${index}`, memory: { ...QUIET, ...memory } }));
}

function extent(rss: number, size = rss) {
  return { ...NO_EXTENT, rss, size, count: 1 };
}

function residentOf(parts: Partial<Record<'heap' | 'wasm' | 'malloc', Extent>>): ResidentMemory {
  const rss = Object.values(parts).reduce((sum, part) => sum + part.rss, 0);
  return { ...memoryOfRss(0), ...parts, rss };
}

describe('one thread', () => {
  test("has all of V8's memory, exactly", () => {
    const rows = ledgerRows(
      residentOf({ heap: extent(50 * MB), malloc: extent(MB) }),
      threadsOf({ heap: 30 * MB, used: 20 * MB, live: 15 * MB, untouched: MB }),
      circumstances(),
    );
    expect(rows[0]).toEqual({
      kind: 'heap',
      thread: 'main',
      bytes: 50 * MB,
      estimated: false,
      size: 51 * MB,
      used: 20 * MB,
      live: 15 * MB,
    });
  });

  test('Buffers that are not in memory are untouched, and the error says what else that can be', () => {
    const rows = ledgerRows(
      residentOf({ heap: extent(MB), malloc: extent(70 * MB, 110 * MB) }),
      threadsOf({ arrayBuffers: 100 * MB, external: 100 * MB }),
      circumstances({ drift: 3 }),
    );
    expect(rows.find(({ kind }) => kind === 'array-buffers')).toMatchObject({ bytes: 60 * MB, error: 10 * MB + 3, size: 100 * MB });
    expect(rows.find(({ kind }) => kind === 'malloc')).toMatchObject({ bytes: 10 * MB, estimated: true, error: 10 * MB + 3 });
  });

  test('how much of its Buffers each of several threads has touched is not known, only how much of all', () => {
    const threads = threadsOf({ arrayBuffers: 90 * MB, external: 90 * MB }, { arrayBuffers: 10 * MB, external: 10 * MB });
    const rows = ledgerRows(residentOf({ heap: extent(MB), malloc: extent(50 * MB, 100 * MB) }), threads, circumstances());
    expect(rows.filter(({ kind }) => kind === 'array-buffers').map(({ bytes, error }) => [bytes, error])).toEqual([
      [45 * MB, 5 * MB],
      [5 * MB, 5 * MB],
    ]);
  });

  test('Node 26 does not count memories of WebAssembly as external', () => {
    const resident = residentOf({ heap: extent(MB), wasm: extent(30 * MB), malloc: extent(50 * MB) });
    const strings = (external: number, major: number) =>
      sumOf(ledgerRows(resident, threadsOf({ external }), circumstances({ major })), 'external-strings');
    expect(strings(20 * MB, 26)).toBe(20 * MB);
    expect(strings(50 * MB, 24)).toBe(20 * MB);
    expect(strings(20 * MB, 24)).toBe(0);
  });

  test("sources of Node's own are part of the binary, larger ones are not", () => {
    const resident = residentOf({ heap: extent(MB), malloc: extent(50 * MB) });
    const strings = (scripts: number) =>
      sumOf(ledgerRows(resident, threadsOf({ external: scripts, scripts }), circumstances()), 'external-strings');
    expect(strings(2.2 * MB)).toBe(0);
    expect(strings(20 * MB)).toBe(17 * MB);
  });
});

describe('several threads', () => {
  test("have C++ objects in what their heaps leave of V8's memory", () => {
    const threads = threadsOf({ heap: 30 * MB, cppHeap: 4 * MB }, { heap: 15 * MB, cppHeap: 4 * MB });
    const native = (rss: number) => sumOf(ledgerRows(residentOf({ heap: extent(rss) }), threads, circumstances()), 'native');
    expect([native(60 * MB), native(49 * MB), native(40 * MB)]).toEqual([8 * MB, 4 * MB, 0]);
  });

  test("share V8's memory as V8 says, and what it does not name belongs to none", () => {
    const rows = ledgerRows(residentOf({ heap: extent(50 * MB) }), threadsOf({ heap: 30 * MB }, { heap: 15 * MB }), circumstances());
    expect(rows.filter(({ kind }) => kind === 'heap').map(({ thread, bytes }) => [thread, bytes])).toEqual([
      ['main', 30 * MB],
      ['worker 1', 15 * MB],
      [null, 5 * MB],
    ]);
  });

  test('of which one did not answer leave its heap to none', () => {
    const rows = ledgerRows(residentOf({ heap: extent(50 * MB) }), threadsOf({ heap: 30 * MB }), circumstances({ isComplete: false }));
    expect(rows.filter(({ kind }) => kind === 'heap').map(({ thread, bytes }) => [thread, bytes])).toEqual([
      ['main', 30 * MB],
      [null, 20 * MB],
    ]);
    // What it holds outside of its heap is in the rest, and nobody knows how much that is.
    expect(rows.find(({ kind }) => kind === 'malloc')).not.toHaveProperty('error');
  });

  test('never have more than the kernel says', () => {
    const rows = ledgerRows(residentOf({ heap: extent(30 * MB) }), threadsOf({ heap: 30 * MB }, { heap: 15 * MB }), circumstances());
    expect(rows.filter(({ kind }) => kind === 'heap').map(({ bytes }) => bytes)).toEqual([20 * MB, 10 * MB, 0]);
  });
});

test('heaps in one reservation are not taken for memories of WebAssembly', () => {
  const resident = residentOf({ heap: extent(MB), wasm: extent(50 * MB), malloc: extent(20 * MB) });
  const rows = ledgerRows(resident, threadsOf({ heap: 40 * MB, arrayBuffers: 5 * MB, external: 5 * MB, isCaged: true }), circumstances());
  expect(sumOf(rows)).toBe(resident.rss);
  const bytes = Object.fromEntries(LEDGER_KINDS.map((kind) => [kind, sumOf(rows, kind) / MB]));
  expect(bytes).toMatchObject({ heap: 40, wasm: 0, 'array-buffers': 5, malloc: 26 });
});

describe('if the mappings cannot be read', () => {
  const threads = threadsOf({ heap: 30 * MB, code: MB, arrayBuffers: 20 * MB, external: 25 * MB, malloced: MB });

  test("V8's numbers are taken from the anonymous memory, and no error is claimed", () => {
    const rows = ledgerRows(memoryOfStatus({ anonymous: 80 * MB, files: 40 * MB, shared: MB }), threads, circumstances());
    const bytes = Object.fromEntries(LEDGER_KINDS.map((kind) => [kind, sumOf(rows, kind) / MB]));
    expect(bytes).toMatchObject({
      heap: 30,
      code: 1,
      'array-buffers': 20,
      'external-strings': 5,
      native: 1,
      binary: 40,
      'mapped-files': 1,
      malloc: 23,
    });
    expect(sumOf(rows)).toBe(121 * MB);
    expect(rows.every(({ error }) => error === undefined)).toBe(true);
  });

  test('no row is negative, whatever V8 says', () => {
    const rows = ledgerRows(memoryOfRss(45 * MB), threads, circumstances());
    expect(sumOf(rows)).toBe(45 * MB);
    expect(sumOf(rows, 'array-buffers')).toBe(13 * MB);
    expect(sumOf(rows, 'malloc')).toBe(0);
  });

  test('without an answer all is the rest', () => {
    const rows = ledgerRows(memoryOfRss(45 * MB), [], circumstances());
    expect(sumOf(rows, 'malloc')).toBe(45 * MB);
  });
});
