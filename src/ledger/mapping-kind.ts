import { type Mapping, sizeOf } from './smaps.js';

/** What a mapping of a Node process is for. */
export type MappingKind =
  /** Addresses without memory: guard pages, and room to grow into. */
  | 'reserved'
  | 'binary'
  | 'libraries'
  | 'mapped-files'
  | 'stacks'
  /** Code that V8 has compiled. */
  | 'code'
  /** A WebAssembly memory. */
  | 'wasm'
  /** A resizable ArrayBuffer. */
  | 'resizable'
  /** Heaps of V8's, and tables beside them. */
  | 'heap'
  /** What malloc has from the kernel: ArrayBuffers and external strings, too. */
  | 'malloc'
  /** Pages of the kernel's own, such as `[vdso]`. */
  | 'kernel';

export interface KnownMapping {
  readonly mapping: Mapping;
  readonly kind: MappingKind;
}

/** V8 reserves 8 GiB and more for a memory of WebAssembly, and up to 512 MiB for code (18 to 26). */
const LEAST_WASM_RESERVATION = 2 ** 30;
/** The guard below a thread's stack is one page, whose size is 4 to 64 KiB. */
const MOST_GUARD = 64 * 1024;
/** glibc gives each further arena a heap of this size, at a multiple of it. */
const ARENA = 64 * 2 ** 20;
/** The size of a table of V8's with its room to grow. */
const TABLE = 512 * 1024;
/** An object's `.bss` follows its file without a gap. A larger mapping there is a block of malloc's in a gap between two files. */
const MOST_BSS = 4 * 2 ** 20;

/**
 * Says what each mapping is for. V8 asks the kernel not to copy its memory to child processes (`dc`), and nothing else in a Node process does
 * (measured on 18 to 26).
 *
 * @param mappings all of one process, in the order of their addresses
 * @param executable the path of the binary; null if it is not known
 */
export function mappingKinds(mappings: readonly Mapping[], executable: string | null): KnownMapping[] {
  const programs = new Set(mappings.filter((mapping) => isFile(mapping) && isExecutable(mapping)).map(({ file }) => file));
  // Linux 6.7 and later: stacks are the only memory that is never in huge pages.
  const flagsStacks = mappings.some(({ flags }) => flags.has('nh'));
  const known: KnownMapping[] = [];
  for (const [index, mapping] of mappings.entries()) {
    const before = known.at(-1) ?? null;
    const around: Around = {
      before: before !== null && before.mapping.end === mapping.start ? before : null,
      after: adjacent(mapping, mappings[index + 1]),
      afterNext: mappings[index + 2] ?? null,
      isStackMarked: !flagsStacks || mapping.flags.has('nh'),
    };
    known.push({ mapping, kind: isFile(mapping) ? fileKind(mapping, { programs, executable }) : kindOfMemory(mapping, around) });
  }
  return known;
}

interface Around {
  /** The mapping that ends where this one starts. */
  readonly before: KnownMapping | null;
  /** The mapping that starts where this one ends. */
  readonly after: Mapping | null;
  readonly afterNext: Mapping | null;
  /** The kernel does not exclude that the mapping is a stack. */
  readonly isStackMarked: boolean;
}

interface Files {
  /** The files of which something is executable. */
  readonly programs: ReadonlySet<string>;
  readonly executable: string | null;
}

function fileKind({ path, file }: Mapping, { programs, executable }: Files): MappingKind {
  if (path === executable) return 'binary';
  return programs.has(file) ? 'libraries' : 'mapped-files';
}

function kindOfMemory(mapping: Mapping, around: Around): MappingKind {
  if (isReserved(mapping)) return 'reserved';
  if (mapping.path === '[stack]') return 'stacks';
  if (mapping.path === '[heap]') return 'malloc';
  if (mapping.path !== '' && !mapping.path.startsWith('[anon')) return 'kernel';
  if (mapping.permissions.endsWith('s')) return 'mapped-files'; // shared memory
  if (mapping.flags.has('dc')) return kindOfV8(mapping, around);
  const { before } = around;
  if (before === null || isArena(mapping)) return 'malloc';
  const isGuarded = before.kind === 'reserved' && sizeOf(before.mapping) <= MOST_GUARD;
  if (isGuarded && around.isStackMarked) return 'stacks';
  const followsFile = before.kind === 'binary' || before.kind === 'libraries';
  return followsFile && sizeOf(mapping) <= MOST_BSS ? before.kind : 'malloc';
}

function kindOfV8(mapping: Mapping, { before, after, afterNext }: Around): MappingKind {
  if (isExecutable(mapping)) return 'code';
  if (!mapping.permissions.startsWith('rw')) return 'heap';
  const room = after !== null && isReserved(after) ? after : null;
  const isBesideHuge = [before?.mapping, room].some((one) => one && isReserved(one) && sizeOf(one) >= LEAST_WASM_RESERVATION);
  if (isBesideHuge) return 'wasm';
  if (room === null) return 'heap';
  // The header of a page of code has a guard behind it, and then the code.
  if (afterNext !== null && afterNext.start === room.end && isExecutable(afterNext)) return 'code';
  // A table of V8's begins with a part that cannot be written (24 and 26), or takes 512 KiB with its room (22 to 26).
  const isTable = before?.kind === 'heap' || sizeOf(mapping) + sizeOf(room) === TABLE;
  return isTable ? 'heap' : 'resizable';
}

function adjacent(mapping: Mapping, next: Mapping | undefined): Mapping | null {
  return next !== undefined && next.start === mapping.end ? next : null;
}

function isReserved({ permissions, path }: Mapping): boolean {
  return permissions.startsWith('---') && path === '';
}

function isExecutable({ permissions }: Mapping): boolean {
  return permissions[2] === 'x';
}

/** `anon_inode:[io_uring]` and the like are files, too. */
function isFile({ path }: Mapping): boolean {
  return path !== '' && !path.startsWith('[');
}

/** A heap of one of glibc's further arenas. */
export function isArena({ start, flags }: Mapping): boolean {
  return start % ARENA === 0 && flags.has('nr') && !flags.has('dc');
}
