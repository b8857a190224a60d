import type { IsolateMemory } from './isolate-memory.js';
import { type Extent, type ResidentMemory, withoutMarks } from './resident-memory.js';

/** The kinds of memory of a ledger, in the order in which they are shown. */
export const LEDGER_KINDS = [
  'heap',
  'code',
  'array-buffers',
  'external-strings',
  'wasm',
  'native',
  'binary',
  'libraries',
  'stacks',
  'mapped-files',
  'malloc',
] as const;

export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** A part of the resident memory of a process. */
export interface LedgerRow {
  readonly kind: LedgerKind;
  /** `main` or the worker; null for what belongs to the process, or cannot be told apart. */
  readonly thread: string | null;
  /** Resident bytes. */
  readonly bytes: number;
  /** Whether the bytes are worked out from what V8 says, not only from what the kernel says. */
  readonly estimated: boolean;
  /** By how many bytes an estimate can be wrong; left out if that is not known. */
  readonly error?: number;
  /** Bytes that were asked for; what is not touched is not resident. Of heaps, ArrayBuffers and memories of WebAssembly. */
  readonly size?: number;
  /** Bytes that objects take in a heap, garbage included. */
  readonly used?: number;
  /** The part of `used` that is alive; left out unless garbage was collected to find out. */
  readonly live?: number;
  /** Resident bytes that other processes have mapped, too. */
  readonly shared?: number;
  /** The number of stacks, or of malloc's arenas beside the main one. */
  readonly count?: number;
}

/** A thread that has answered. */
export interface ThreadMemory {
  readonly thread: string;
  readonly memory: IsolateMemory;
}

export interface Circumstances {
  /** Bytes by which the answers of the threads changed while the mappings were read. */
  readonly drift: number;
  /** Whether every thread of the process has answered. */
  readonly isComplete: boolean;
  /** Whether `external` contains memories of WebAssembly: before Node 26. */
  readonly externalHasWasm: boolean;
}

/** Sources of Node's own, which are part of the binary: up to 2.3 MB (26). Larger sources are the program's. */
const MOST_OWN_SOURCES = 3_000_000;

/**
 * Tells what resident memory consists of. The bytes of the rows add up to `rss` exactly.
 *
 * @param threads the main thread first; empty if none answers
 */
export function ledgerRows(told: ResidentMemory, threads: readonly ThreadMemory[], circumstances: Circumstances): LedgerRow[] {
  const resident = threads.some(({ memory }) => memory.isCaged) ? withoutMarks(told) : told;
  const { binary, libraries, stacks, mappedFiles, stacksError, arenas } = resident;
  const pool = new Pool(resident, circumstances);
  const rows: LedgerRow[] = [
    ...rowsOfV8(resident, threads, { ...circumstances, pool }),
    ...rowsOutside(resident, threads, { ...circumstances, pool }),
    ofFiles('binary', binary),
    ofFiles('libraries', libraries),
    { ...ofKernel('stacks', stacks), ...(stacksError > 0 && { estimated: true, error: stacksError }), count: stacks.count },
    ofFiles('mapped-files', mappedFiles),
  ];
  const rest = resident.rss - rows.reduce((sum, { bytes }) => sum + bytes, 0);
  const malloc: LedgerRow = { kind: 'malloc', thread: null, bytes: rest, estimated: true, ...withError(pool.error), count: arenas };
  return LEDGER_KINDS.flatMap((kind) => [...rows, malloc].filter((row) => row.kind === kind));
}

/** What malloc has from the kernel. What V8 knows of is taken from it, one after the other, so that all rows together never exceed it. */
class Pool {
  /** How wrong the rest can be; null if that is not known. What a thread holds that did not answer is in the rest. */
  error: number | null;
  #left: number;

  constructor({ heap, malloc, stacksError }: ResidentMemory, { drift, isComplete }: Pick<Circumstances, 'drift' | 'isComplete'>) {
    this.#left = malloc.rss;
    this.error = heap === null || !isComplete ? null : stacksError + drift;
  }

  take(bytes: number): number {
    const taken = Math.max(0, Math.min(bytes, this.#left));
    this.#left -= taken;
    return taken;
  }

  get left(): number {
    return this.#left;
  }
}

function ofKernel(kind: LedgerKind, { rss }: Extent): LedgerRow {
  return { kind, thread: null, bytes: rss, estimated: false };
}

function ofFiles(kind: LedgerKind, extent: Extent): LedgerRow {
  return { ...ofKernel(kind, extent), shared: extent.shared };
}

function withError(error: number | null): Pick<LedgerRow, 'error'> {
  return error === null ? {} : { error };
}

/** The heaps, compiled code, and what else V8 has for itself. */
function rowsOfV8(
  { heap, code }: ResidentMemory,
  threads: readonly ThreadMemory[],
  { pool, isComplete }: Pick<Circumstances, 'isComplete'> & { readonly pool: Pool },
): LedgerRow[] {
  const cppHeaps = threads.map(({ memory }) => memory.cppHeap);
  if (heap === null) {
    const heaps = threads.map((thread) => heapRow(thread, pool.take(thread.memory.heap)));
    const compiled = code.rss + (code.count > 0 ? 0 : pool.take(total(threads, (memory) => memory.code)));
    const rows = nativeRows(
      threads,
      cppHeaps.map((bytes) => pool.take(bytes)),
      pool,
    );
    return [...heaps, { kind: 'code', thread: null, bytes: compiled, estimated: threads.length > 0 }, ...rows];
  }
  // V8 counts the pages of its heap of C++ objects whole, touched or not, so they get what the other heaps leave.
  const native = scaled(cppHeaps, Math.max(0, heap.rss - total(threads, (memory) => memory.heap)));
  const rest = heap.rss - sumOf(native);
  const [only, ...others] = threads;
  const isOfOne = only !== undefined && others.length === 0 && isComplete;
  const heaps = isOfOne ? [{ ...heapRow(only, rest), estimated: only.memory.cppHeap > 0 }] : heapRows(rest, threads);
  return [...heaps, ofKernel('code', code), ...nativeRows(threads, native, pool)];
}

/** V8 knows how much memory each heap has touched. What none of them names is kept for later, or shared by all. */
function heapRows(bytes: number, threads: readonly ThreadMemory[]): LedgerRow[] {
  const parts = scaled(
    threads.map(({ memory }) => memory.heap),
    bytes,
  );
  const rest: LedgerRow = { kind: 'heap', thread: null, bytes: bytes - sumOf(parts), estimated: threads.length > 0 };
  return [...threads.map((thread, index) => heapRow(thread, parts[index]!)), rest];
}

function heapRow({ thread, memory }: ThreadMemory, bytes: number): LedgerRow {
  const { used, live, untouched } = memory;
  return { kind: 'heap', thread, bytes, estimated: true, size: bytes + untouched, used, ...(live !== undefined && { live }) };
}

function nativeRows(threads: readonly ThreadMemory[], cppHeaps: readonly number[], pool: Pool): LedgerRow[] {
  return threads.map(({ thread, memory }, index) => ({
    kind: 'native',
    thread,
    bytes: cppHeaps[index]! + pool.take(memory.malloced),
    estimated: true,
  }));
}

/** What objects of the heaps hold outside of them. */
function rowsOutside(
  { wasm, resizable, malloc }: ResidentMemory,
  threads: readonly ThreadMemory[],
  { pool, externalHasWasm }: Pick<Circumstances, 'externalHasWasm'> & { readonly pool: Pool },
): LedgerRow[] {
  const ofBuffers = bufferRows(malloc.size - malloc.rss, threads, pool);
  const asked = total(threads, ({ arrayBuffers }) => arrayBuffers);
  const external = total(threads, (memory) => memory.external - Math.min(memory.scripts, MOST_OWN_SOURCES));
  const otherBuffers = resizable.size + (externalHasWasm ? wasm.size : 0);
  const strings = pool.take(external - asked - otherBuffers);
  return [
    ...ofBuffers,
    ...(resizable.rss > 0 ? [{ ...ofKernel('array-buffers', resizable), size: resizable.size }] : []),
    { kind: 'external-strings', thread: null, bytes: strings, estimated: threads.length > 0 },
    { ...ofKernel('wasm', wasm), size: wasm.size },
  ];
}

/**
 * ArrayBuffers and Buffers in the memory of malloc. What malloc has and is not in memory may be parts of them that nobody has touched, or something
 * else. All of it is taken for theirs, because Node and V8 touch what they ask for themselves.
 */
function bufferRows(untouched: number, threads: readonly ThreadMemory[], pool: Pool): LedgerRow[] {
  const sizes = threads.map(({ memory }) => memory.arrayBuffers);
  const asked = sumOf(sizes);
  const least = pool.take(asked - Math.min(asked, untouched));
  const most = Math.min(asked, least + pool.left);
  const parts = scaled(sizes, least);
  const rows = threads.map(({ thread }, index): LedgerRow => {
    const [size, bytes] = [sizes[index]!, parts[index]!];
    // How much of each thread's is touched is not known, only how much of all.
    const error = Math.max(bytes - Math.max(0, least - (asked - size)), Math.min(size, most) - bytes);
    const row = { kind: 'array-buffers', thread, bytes, estimated: true, size } as const;
    return pool.error === null ? row : { ...row, error: error + pool.error };
  });
  if (pool.error !== null) pool.error += most - least;
  return rows;
}

/** The values, or smaller ones in the same proportions, whose sum is at most `most`. Whole numbers. */
function scaled(values: readonly number[], most: number): number[] {
  const sum = sumOf(values);
  if (sum <= most) return [...values];
  const others = values.slice(1).map((value) => Math.floor((value / sum) * most));
  return [most - sumOf(others), ...others];
}

function total(threads: readonly ThreadMemory[], of: (memory: IsolateMemory) => number): number {
  return sumOf(threads.map(({ memory }) => of(memory)));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
