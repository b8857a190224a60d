import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryBytes } from '../../src/model/column-totals.js';
import { StackTableBuilder } from '../../src/model/stack-table.js';
import type { TraceColumns } from '../../src/model/trace-columns.js';
import { writeFile } from '../../src/snapshot/file/atomic-write.js';
import { inflate } from '../../src/snapshot/file/column-codec.js';
import { type Metadata, OFFSET } from '../../src/snapshot/file/file-format.js';
import { Filter } from '../../src/snapshot/filter.js';
import { Snapshot } from '../../src/snapshot/snapshot.js';
import { KEY_TYPES } from '../../src/snapshot/statistics/key-type.js';
import { randomBelow, seededRandom } from '../helpers/random.js';
import { CPython } from './cpython.js';
import { interleavedMedians, type Measured, printTable } from './measure.js';

const TRACES = 1_000_000;
const TRACEBACKS = 20_000;
const DEPTH = 10;
const FILES = 200;
const LINES_PER_FILE = 50;
const ROUNDS = 3;
/** Our operations are short, so each round has several runs. Otherwise one run would pay for the garbage collection of another. */
const REPEATS = 5;

/** Every operation should be at least this many times as fast as CPython's. */
const GOAL = 150;
type Operation = (snapshots: Snapshots) => unknown;

interface Snapshots {
  readonly snapshot: Snapshot;
  readonly old: Snapshot;
}

/**
 * Two snapshots of 1,000,000 traces each, with 20,000 distinct tracebacks of 10 frames over 200 files. We measure processor time, because other
 * work on the machine disturbs it less than the clock. A first call gets a new snapshot, a later call one that remembers earlier results.
 */
export async function benchEngine(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-bench-'));
  const data = makeData();
  const cpython = await CPython.start(folder, data);
  const path = join(folder, 'bench.tmsnap');
  try {
    data.snapshot.dump(path);
    const operations = operationsOf(path);
    report(Object.keys(operations), await measureOperations(operations, { data, cpython }));
    await reportFloors(path);
    const bare = await measureBareLoop(data);
    console.log(
      `first statistics lineno ${bare.statistics.toFixed(2)} ms, bare loop over its columns ${bare.loop.toFixed(2)} ms: ${(bare.statistics / bare.loop).toFixed(2)} times (goal: at most 4)`,
    );
    const cpythonFile = await cpython?.ask('file size');
    console.log(`file ${megabytes(statSync(path).size)}${cpythonFile ? `, CPython's ${megabytes(cpythonFile)}` : ''}`);
    console.log(`snapshot in memory ${megabytes(memoryBytes(data.snapshot.table, data.snapshot.columns))} (goal: at most 32 MB)`);
    console.log(`what it remembers after one call of each kind of statistics ${megabytes(rememberedBytes(data))}`);
  } finally {
    cpython?.stop();
    rmSync(folder, { recursive: true });
  }
}

export interface BenchData extends Snapshots {
  /** Oldest frame first. */
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
      labels: [],
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
    label: null,
    birth: null,
  };
}

function operationsOf(path: string): Readonly<Record<string, Operation>> {
  const filters = [new Filter(true, '*/file1*'), new Filter(false, '*/file?7.js')];
  return {
    'statistics filename': ({ snapshot }) => snapshot.statistics('filename'),
    'statistics lineno': ({ snapshot }) => snapshot.statistics('lineno'),
    'statistics traceback': ({ snapshot }) => snapshot.statistics('traceback'),
    'lineno cumulative': ({ snapshot }) => snapshot.statistics('lineno', { cumulative: true }),
    'compareTo lineno': ({ snapshot, old }) => snapshot.compareTo(old, 'lineno'),
    filterTraces: ({ snapshot }) => snapshot.filterTraces(filters),
    'filterTraces, lineno': ({ snapshot }) => snapshot.filterTraces(filters).statistics('lineno'),
    dump: ({ snapshot }) => snapshot.dump(path),
    load: () => Snapshot.load(path),
  };
}

/** Times by name: `NAME` for a first call, `NAME again` for a later one, `CPython NAME`. */
async function measureOperations(
  operations: Readonly<Record<string, Operation>>,
  { data, cpython }: { data: BenchData; cpython: CPython | null },
): Promise<Record<string, number>> {
  const candidates: Record<string, Measured> = {};
  for (const [name, operation] of Object.entries(operations)) {
    candidates[name] = () => {
      const unknown = Array.from({ length: REPEATS }, () => forgotten(data));
      return processorMs(() => unknown.map(operation)) / REPEATS;
    };
    candidates[`${name} again`] = () => {
      const known = forgotten(data);
      operation(known);
      return processorMs(() => Array.from({ length: REPEATS }, () => operation(known))) / REPEATS;
    };
    if (cpython) candidates[`CPython ${name}`] = () => cpython.ask(name);
  }
  return interleavedMedians(candidates, ROUNDS);
}

/** The same traces in new snapshots, which remember nothing. */
function forgotten({ snapshot, old }: Snapshots): Snapshots {
  const copy = (one: Snapshot) => new Snapshot({ ...one, table: { ...one.table }, columns: { ...one.columns } });
  return { snapshot: copy(snapshot), old: copy(old) };
}

/** Processor time of all threads of this process, in ms, those of the garbage collector included. */
function processorMs(work: () => unknown): number {
  globalThis.gc?.();
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function measureBareLoop(data: BenchData): Promise<{ loop: number; statistics: number }> {
  const sums = { total: 0 };
  const { columns } = data.snapshot;
  const sum = () => {
    sums.total += sumColumns(columns);
  };
  const times = {
    loop: () => processorMs(() => Array.from({ length: REPEATS }, sum)) / REPEATS,
    statistics: () => {
      const unknown = Array.from({ length: REPEATS }, () => forgotten(data).snapshot);
      return processorMs(() => unknown.map((snapshot) => snapshot.statistics('lineno'))) / REPEATS;
    },
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

function report(names: readonly string[], times: Record<string, number>): void {
  const rows = names.map((name) => {
    const [first, again, cpython] = [times[name]!, times[`${name} again`]!, times[`CPython ${name}`]];
    const faster = (ours: number) => (cpython === undefined ? 'no python3' : (cpython / ours).toFixed(0));
    return [name, first.toFixed(2), again.toFixed(2), cpython?.toFixed(0) ?? '-', faster(first), faster(again), String(GOAL)];
  });
  printTable([['processor time', 'first ms', 'later ms', 'CPython ms', 'first: times faster', 'later: times faster', 'goal'], ...rows]);
}

/** Prints the least cost of a file: the time to write and sync its bytes, and the time to read and inflate them with zlib. */
async function reportFloors(path: string): Promise<void> {
  const file = readFileSync(path);
  const streams = sectionsOf(file);
  const times = await interleavedMedians(
    {
      write: () => processorMs(() => Array.from({ length: REPEATS }, () => writeFile(`${path}.bare`, [file]))) / REPEATS,
      inflate: () => processorMs(() => Array.from({ length: REPEATS }, () => inflateAll(path, streams))) / REPEATS,
    },
    3 * ROUNDS,
  );
  console.log(`a bare write of the file ${times.write.toFixed(2)} ms, reading and inflating it ${times.inflate.toFixed(2)} ms`);
}

function inflateAll(path: string, streams: readonly Stream[]): void {
  readFileSync(path);
  for (const { data, bytes } of streams) inflate(data, bytes);
}

interface Stream {
  readonly data: Uint8Array;
  /** Inflated. */
  readonly bytes: number;
}

function sectionsOf(file: Buffer): Stream[] {
  const end = OFFSET.metadata + file.readUInt32LE(OFFSET.metadataLength);
  const { sections } = JSON.parse(file.toString('utf8', OFFSET.metadata, end)) as Metadata;
  let start = end;
  return sections.map(({ bytes, length, width }) => {
    const data = file.subarray(start, start + bytes);
    start += bytes;
    return { data, bytes: length * width };
  });
}

/** The bytes that a snapshot remembers after statistics by each key. */
function rememberedBytes(data: BenchData): number {
  const { snapshot } = forgotten(data);
  const buffers = () => {
    globalThis.gc?.();
    return process.memoryUsage().arrayBuffers;
  };
  const before = buffers();
  for (const key of KEY_TYPES) snapshot.statistics(key);
  const after = buffers();
  return snapshot.columns.length > 0 ? after - before : 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
