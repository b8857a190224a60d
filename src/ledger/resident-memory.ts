import { isArena, type KnownMapping, mappingKinds } from './mapping-kind.js';
import { parseSmaps, sizeOf } from './smaps.js';

/** How much memory mappings have. Bytes. */
export interface Extent {
  readonly rss: number;
  /** The whole size: what is not in memory was never touched, or is in swap. */
  readonly size: number;
  /** The part of `rss` that other processes have mapped, too. */
  readonly shared: number;
  /** The number of mappings. */
  readonly count: number;
}

/** What the kernel says of the resident memory of a process. The parts add up to `rss`. Bytes. */
export interface ResidentMemory {
  readonly rss: number;
  readonly swap: number;
  readonly binary: Extent;
  readonly libraries: Extent;
  readonly mappedFiles: Extent;
  readonly stacks: Extent;
  readonly code: Extent;
  readonly wasm: Extent;
  readonly resizable: Extent;
  /** The memory of V8's heaps; null if it is not told from malloc's, and then it is in `malloc`. */
  readonly heap: Extent | null;
  readonly malloc: Extent;
  /** How many arenas glibc's malloc has beside the main one. */
  readonly arenas: number;
  /** How much of `malloc` may be stacks, or the other way round. */
  readonly stacksError: number;
}

export const NO_EXTENT: Extent = { rss: 0, size: 0, shared: 0, count: 0 };

/** The size of most stacks of threads. Node's workers have 4 MiB. */
const USUAL_STACK = 8 * 2 ** 20;

/** @param smaps the text of /proc/PID/smaps @param executable the path of the binary; null if it is not known */
export function residentMemory(smaps: string, executable: string | null): ResidentMemory {
  const known = mappingKinds(parseSmaps(smaps), executable);
  const extentOf = (...kinds: readonly KnownMapping['kind'][]) => sum(known.filter(({ kind }) => kinds.includes(kind)));
  const merged = mergedStacks(known);
  const heap = extentOf('heap');
  const malloc = extentOf('malloc');
  return {
    rss: sum(known).rss,
    swap: known.reduce((total, { mapping }) => total + mapping.swap, 0),
    binary: extentOf('binary'),
    libraries: extentOf('libraries', 'kernel'),
    mappedFiles: extentOf('mapped-files'),
    stacks: less(extentOf('stacks'), merged),
    code: extentOf('code'),
    wasm: extentOf('wasm'),
    resizable: extentOf('resizable'),
    heap: heap.count === 0 ? null : heap,
    malloc: { ...malloc, rss: malloc.rss + merged.rss, size: malloc.size + merged.size },
    arenas: known.filter(({ mapping, kind }) => kind === 'malloc' && isArena(mapping)).length,
    stacksError: merged.error,
  };
}

function sum(known: readonly KnownMapping[]): Extent {
  return known
    .map(({ mapping }) => ({ rss: mapping.rss, size: sizeOf(mapping), shared: mapping.shared, count: 1 }))
    .reduce(plus, NO_EXTENT);
}

function plus(a: Extent, b: Extent): Extent {
  return { rss: a.rss + b.rss, size: a.size + b.size, shared: a.shared + b.shared, count: a.count + b.count };
}

interface Merged extends Pick<Extent, 'rss' | 'size'> {
  readonly error: number;
}

/**
 * A kernel before 6.7 makes one mapping of a stack and a block of malloc's that lies above it. At least so much of it belongs to malloc as a stack
 * cannot hold.
 */
function mergedStacks(known: readonly KnownMapping[]): Merged {
  let [rss, size, error] = [0, 0, 0];
  for (const { mapping, kind } of known) {
    const more = sizeOf(mapping) - USUAL_STACK;
    if (kind !== 'stacks' || more <= 0 || mapping.flags.has('nh') || mapping.path !== '') continue;
    const least = Math.max(0, mapping.rss - USUAL_STACK);
    const most = Math.min(more, mapping.rss);
    // A stack seldom has more than some pages in memory.
    rss += most;
    size += more;
    error += most - least;
  }
  return { rss, size, error };
}

function less(extent: Extent, { rss, size }: Merged): Extent {
  return { ...extent, rss: extent.rss - rss, size: extent.size - size };
}

/** The same if V8's mappings do not tell what they are for: what V8 has, but code, is in `malloc`. */
export function withoutMarks(resident: ResidentMemory): ResidentMemory {
  const { heap, wasm, resizable, malloc } = resident;
  const merged = [heap ?? NO_EXTENT, wasm, resizable, malloc].reduce(plus);
  return { ...resident, heap: null, wasm: NO_EXTENT, resizable: NO_EXTENT, malloc: merged };
}

/** What /proc/PID/status says; all users may read it. V8's heaps, stacks and the data of libraries are in `malloc`, and all files in `binary`. */
export function memoryOfStatus({ anonymous, files, shared }: Readonly<Record<'anonymous' | 'files' | 'shared', number>>): ResidentMemory {
  const only = (bytes: number): Extent => ({ ...NO_EXTENT, rss: bytes, size: bytes });
  return { ...memoryOfRss(anonymous + files + shared), binary: only(files), mappedFiles: only(shared), malloc: only(anonymous) };
}

/** If only the resident memory is known, in bytes, all of it is in `malloc`. */
export function memoryOfRss(rss: number): ResidentMemory {
  return {
    rss,
    swap: 0,
    binary: NO_EXTENT,
    libraries: NO_EXTENT,
    mappedFiles: NO_EXTENT,
    stacks: NO_EXTENT,
    code: NO_EXTENT,
    wasm: NO_EXTENT,
    resizable: NO_EXTENT,
    heap: null,
    malloc: { ...NO_EXTENT, rss, size: rss },
    arenas: 0,
    stacksError: 0,
  };
}
