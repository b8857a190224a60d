import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StackTableBuilder } from '../../src/model/stack-table.js';
import type { TraceColumns } from '../../src/model/trace-columns.js';
import { Filter } from '../../src/snapshot/filter.js';
import { Snapshot } from '../../src/snapshot/snapshot.js';
import { randomBelow, seededRandom } from '../helpers/random.js';
import { CPython } from './cpython.js';
import { interleavedMedians, type Measured, printTable, timed } from './measure.js';

const TRACES = 1_000_000;
const TRACEBACKS = 20_000;
const DEPTH = 10;
const FILES = 200;
const LINES_PER_FILE = 50;
const ROUNDS = 3;
/** Our side is short: several runs a round, or the garbage collection of one run is counted against another. */
const REPEATS = 5;

/** What the issue asks for: at least this many times CPython's speed. */
const GOALS = {
  'statistics filename': 100,
  'statistics lineno': 100,
  'statistics traceback': 100,
  'lineno cumulative': 100,
  'compareTo lineno': 100,
  filterTraces: 100,
  dump: 2,
  load: 2,
} as const;
type Operation = keyof typeof GOALS;

/** 1,000,000 traces, 20,000 distinct tracebacks of 10 frames over 200 files, twice; every call is a first call, nothing is cached. */
export async function benchEngine(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-bench-'));
  const data = makeData();
  const cpython = await CPython.start(folder, data);
  try {
    const operations = operationsOf(data, join(folder, 'bench.tmsnap'));
    const times = await measureOperations(operations, cpython);
    const bare = await measureBareLoop(data.snapshot);
    const cpythonFile = await cpython?.ask('file size');
    report(times, cpython !== null);
    console.log(
      `statistics lineno ${bare.statistics.toFixed(2)} ms, bare loop over its columns ${bare.loop.toFixed(2)} ms: ${(bare.statistics / bare.loop).toFixed(2)} times (goal: at most 4)`,
    );
    console.log(
      `file ${megabytes(statSync(join(folder, 'bench.tmsnap')).size)}${cpythonFile ? `, CPython's ${megabytes(cpythonFile)}` : ''}`,
    );
    console.log(`snapshot in memory ${megabytes(bytesOf(data.snapshot))} (goal: at most 32 MB)`);
  } finally {
    cpython?.stop();
    rmSync(folder, { recursive: true });
  }
}

export interface BenchData {
  readonly snapshot: Snapshot;
  readonly old: Snapshot;
  /** The oldest frame first. */
  readonly stacks: readonly (readonly [string, number])[][];
}

function makeData(): BenchData {
  const random = seededRandom(1);
  const names = Array.from({ length: FILES }, (_, i) => `/srv/app/src/module${i % 20}/file${i}.js`);
  const randomFrame = (): [string, number] => [names[randomBelow(random, FILES)]!, 1 + randomBelow(random, LINES_PER_FILE)];
  const stacks = Array.from({ length: TRACEBACKS }, () => Array.from({ length: DEPTH }, randomFrame));
  const builder = new StackTableBuilder();
  for (const frames of stacks) {
    const locations = frames.map(([name, lineno]) =>
      builder.location({ file: builder.filename(name), lineno, column: 0, name: builder.functionName(''), isLine: true }),
    );
    builder.traceback(locations, 0, locations.length, DEPTH);
  }
  const table = builder.build();
  const snapshotOf = () =>
    new Snapshot({
      table,
      columns: makeColumns(random),
      threads: ['main'],
      types: [],
      tracebackLimit: DEPTH,
      capture: {
        mode: 'exact',
        interval: 1,
        time: '2024-01-01T00:00:00.000Z',
        target: { pid: 1, title: 'bench', nodeVersion: null },
        heap: null,
        precision: 'line',
      },
    });
  return { old: snapshotOf(), snapshot: snapshotOf(), stacks };
}

function makeColumns(random: () => number): TraceColumns {
  return {
    length: TRACES,
    traceback: Uint32Array.from({ length: TRACES }, () => randomBelow(random, TRACEBACKS)),
    size: Float64Array.from({ length: TRACES }, () => 16 + 8 * randomBelow(random, 512)),
    count: new Uint32Array(TRACES).fill(1),
    domain: null,
    thread: null,
    type: null,
    birth: null,
  };
}

function operationsOf({ snapshot, old }: BenchData, path: string): Record<Operation, () => unknown> {
  const filters = [new Filter(true, '*/file1*'), new Filter(false, '*/file?7.js')];
  return {
    'statistics filename': () => snapshot.statistics('filename'),
    'statistics lineno': () => snapshot.statistics('lineno'),
    'statistics traceback': () => snapshot.statistics('traceback'),
    'lineno cumulative': () => snapshot.statistics('lineno', { cumulative: true }),
    'compareTo lineno': () => snapshot.compareTo(old, 'lineno'),
    filterTraces: () => snapshot.filterTraces(filters),
    dump: () => snapshot.dump(path),
    load: () => Snapshot.load(path),
  };
}

async function measureOperations(operations: Record<Operation, () => unknown>, cpython: CPython | null) {
  const candidates: Record<string, Measured> = {};
  for (const name of Object.keys(operations) as Operation[]) {
    candidates[name] = async () => (await timed(() => repeat(operations[name]))) / REPEATS;
    if (cpython) candidates[`CPython ${name}`] = () => cpython.ask(name);
  }
  return interleavedMedians(candidates, ROUNDS);
}

function repeat(work: () => unknown): void {
  for (let i = 0; i < REPEATS; i++) work();
}

async function measureBareLoop(snapshot: Snapshot): Promise<{ loop: number; statistics: number }> {
  const sums = { total: 0 };
  const times = {
    loop: async () =>
      (await timed(() =>
        repeat(() => {
          sums.total += sumColumns(snapshot.columns);
        }),
      )) / REPEATS,
    statistics: async () => (await timed(() => repeat(() => snapshot.statistics('lineno')))) / REPEATS,
  };
  return interleavedMedians(times, 7 * ROUNDS);
}

function sumColumns({ length, traceback, size, count }: TraceColumns): number {
  let [ids, bytes, blocks] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    ids += traceback[i]!;
    bytes += size[i]!;
    blocks += count[i]!;
  }
  return ids + bytes + blocks;
}

function report(times: Record<string, number>, hasCPython: boolean): void {
  if (!hasCPython) console.log('no python3 here: our times only');
  const rows = Object.entries(GOALS).map(([name, goal]) => {
    const cpython = times[`CPython ${name}`];
    return [name, times[name]!.toFixed(2), cpython?.toFixed(0) ?? '-', cpython ? (cpython / times[name]!).toFixed(1) : '-', String(goal)];
  });
  printTable([['median of first calls', 'ms', 'CPython ms', 'times faster', 'goal'], ...rows]);
}

function bytesOf(snapshot: Snapshot): number {
  const arrays = [...Object.values(snapshot.columns), ...Object.values(snapshot.table)].filter((value) => ArrayBuffer.isView(value));
  const names = [...snapshot.table.filenames, ...snapshot.table.functionNames].reduce((sum, name) => sum + 2 * name.length, 0);
  return arrays.reduce((sum, array) => sum + array.byteLength, names);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
