import * as z from 'zod/mini';
import { CommandError, CommandTimeoutError } from '../errors.js';
import { V8 } from '../protocol/engine-flags.js';
import { evaluateOwn, readHeapUsage } from '../protocol/evaluate.js';
import { parseAnswer } from '../protocol/schemas.js';
import type { Session } from '../protocol/session.js';

/** A thread to be asked. */
export interface AskedThread {
  readonly thread: string;
  readonly session: Session;
}

/** What V8 and Node say of the memory of one thread. Bytes. */
export interface IsolateMemory {
  /** Memory that its heap has touched, without that of compiled code. */
  readonly heap: number;
  /** The part of it that objects take, garbage included. */
  readonly used: number;
  /** The part of `used` that a collection left; left out if there was none. */
  readonly live?: number;
  /** What V8 has reserved for its heap and not touched. */
  readonly untouched: number;
  /** Memory that its code spaces have touched. */
  readonly code: number;
  /** What it has allocated for ArrayBuffers and Buffers. */
  readonly arrayBuffers: number;
  /** What the objects of its heap hold outside of it: ArrayBuffers and external strings. */
  readonly external: number;
  /** Sources of scripts among the external strings. */
  readonly scripts: number;
  /** What V8 itself has from malloc. */
  readonly malloced: number;
  /** V8's heap of C++ objects (22 and later). */
  readonly cppHeap: number;
  /** All heaps lie in one reservation (pointer compression, as in Electron), as memories of WebAssembly do otherwise. */
  readonly isCaged: boolean;
  /** Of the whole process, as Node reads it; null if it does not tell. */
  readonly rss: number | null;
}

/** A thread that answers does so in some ms, also if it is busy with JavaScript. */
const PATIENCE_MS = 2_000;

const bytes = z.number();
const answerShape = z.object({
  memory: z.object({ rss: bytes, heapTotal: bytes, heapUsed: bytes, external: bytes, arrayBuffers: bytes }),
  /** Name, touched, used by objects, whole size. */
  spaces: z.array(z.tuple([z.string(), bytes, bytes, bytes])),
  scripts: bytes,
  malloced: bytes,
  cppHeap: bytes,
  isCaged: z.boolean(),
});

/** Node's module `v8` if we can get it, else the binding below it, whose answers come in buffers. */
const QUESTION = `(() => {
  const v8 = ${V8};
  const memory = process.memoryUsage();
  const isCaged = process.config?.variables?.v8_enable_pointer_compression === 1;
  if (v8.getHeapSpaceStatistics) {
    const heap = v8.getHeapStatistics();
    return {
      memory,
      isCaged,
      spaces: v8.getHeapSpaceStatistics().map((space) => [space.space_name, space.physical_space_size, space.space_used_size, space.space_size]),
      scripts: v8.getHeapCodeStatistics().external_script_source_size,
      malloced: heap.malloced_memory + heap.total_global_handles_size,
      cppHeap: v8.getCppHeapStatistics?.('brief').committed_size_bytes ?? 0,
    };
  }
  const spaces = v8.kHeapSpaces.map((name, index) => {
    v8.updateHeapSpaceStatisticsBuffer(index);
    const buffer = v8.heapSpaceStatisticsBuffer;
    return [name, buffer[v8.kPhysicalSpaceSizeIndex], buffer[v8.kSpaceUsedSizeIndex], buffer[v8.kSpaceSizeIndex]];
  });
  v8.updateHeapStatisticsBuffer();
  v8.updateHeapCodeStatisticsBuffer();
  const heap = v8.heapStatisticsBuffer;
  return {
    memory,
    isCaged,
    spaces,
    scripts: v8.heapCodeStatisticsBuffer[v8.kExternalScriptSourceSizeIndex],
    malloced: heap[v8.kMallocedMemoryIndex] + heap[v8.kTotalGlobalHandlesSizeIndex],
    cppHeap: 0,
  };
})()`;

/**
 * Asks one thread. Nothing is collected for it. If nothing may be evaluated, as at the end of the program, only the size of the heap is known.
 *
 * @throws CommandTimeoutError, CommandError, ConnectionLostError
 */
export async function askIsolate(session: Session): Promise<IsolateMemory> {
  const doing = { timeoutMs: PATIENCE_MS, doing: 'asking a thread for its memory' };
  const { value } = session.watchesHeapLimit ? { value: undefined } : await evaluateOwn(session, QUESTION, doing);
  if (value !== undefined) return memoryOf(parseAnswer(answerShape, value, 'what a thread says of its memory'));
  const { totalSize, usedSize, backingStorageSize = 0 } = await readHeapUsage(session, doing);
  return { ...NOTHING, heap: totalSize, used: usedSize, external: backingStorageSize, arrayBuffers: backingStorageSize };
}

/** Whether the thread lives on, and only did not answer. */
export function isUnanswered(session: Session, error: unknown): boolean {
  return session.isOpen && (error instanceof CommandTimeoutError || error instanceof CommandError);
}

const NOTHING: IsolateMemory = {
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

function memoryOf({ memory, spaces, ...rest }: z.output<typeof answerShape>): IsolateMemory {
  const isCode = (name: string) => name.startsWith('code_');
  const ofHeap = spaces.filter(([name]) => !isCode(name));
  return {
    ...rest,
    heap: ofHeap.reduce((sum, [, physical]) => sum + physical, 0),
    used: ofHeap.reduce((sum, [, , used]) => sum + used, 0),
    untouched: ofHeap.reduce((sum, [, physical, , size]) => sum + Math.max(0, size - physical), 0),
    code: spaces.reduce((sum, [name, physical]) => sum + (isCode(name) ? physical : 0), 0),
    arrayBuffers: memory.arrayBuffers,
    external: memory.external,
    rss: memory.rss,
  };
}
