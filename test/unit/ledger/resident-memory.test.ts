import { describe, expect, test } from '@jest/globals';
import { type ResidentMemory, residentMemory } from '../../../src/ledger/resident-memory.js';
import { EXECUTABLE, recorded, sumOfField, VERSIONS } from './recorded.js';

const MB = 1_000_000;
const PAGE = 65_536;

function partsOf({ binary, libraries, mappedFiles, stacks, code, wasm, resizable, heap, malloc }: ResidentMemory) {
  return [binary, libraries, mappedFiles, stacks, code, wasm, resizable, heap!, malloc];
}

describe.each(VERSIONS)('a recorded program on Node %i', (version) => {
  const { smaps, resident, hasResizable } = recorded(version);

  test('the parts add up to what the kernel counts', () => {
    expect(resident.rss).toBe(sumOfField(smaps, 'Rss'));
    expect(partsOf(resident).reduce((sum, { rss }) => sum + rss, 0)).toBe(resident.rss);
    expect(resident.swap).toBe(0);
  });

  test('tells the memory of WebAssembly, resizable ArrayBuffers and Buffers apart', () => {
    expect(resident.wasm).toMatchObject({ rss: 320 * PAGE, size: 320 * PAGE, count: 1 });
    expect(Math.round(resident.resizable.rss / MB)).toBe(hasResizable ? 10 : 0);
    const untouched = resident.malloc.size - resident.malloc.rss;
    expect(untouched).toBeGreaterThan(50 * MB);
    expect(untouched).toBeLessThan(53 * MB);
    // Touched Buffers and external strings, and what Node itself has.
    expect(resident.malloc.rss).toBeGreaterThan(35 * MB);
    expect(resident.malloc.rss).toBeLessThan(50 * MB);
  });

  test('finds every stack', () => {
    // The main thread, four threads of V8, four of libuv's pool or fewer, the inspector, its signal, and the worker.
    const marked = smaps.match(/^VmFlags: .*\bwr\b.*\bnh\b/gm)!.length;
    expect(resident.stacks.count).toBe(marked + 1);
    expect(resident.stacksError).toBe(0);
  });

  test('finds the same stacks on a kernel that does not mark them', () => {
    const old = residentMemory(smaps.replaceAll(' nh', ''), EXECUTABLE);
    expect(old.stacks).toEqual(resident.stacks);
    expect(old.malloc).toEqual(resident.malloc);
  });

  test('gives the binary what belongs to it', () => {
    const ofFile = smaps.split(/^(?=[\da-f]+-)/m).filter((mapping) => mapping.includes(EXECUTABLE));
    const bytes = ofFile.reduce((sum, mapping) => sum + sumOfField(mapping, 'Rss'), 0);
    expect(resident.binary.rss - bytes).toBeGreaterThan(0); // its .bss
    expect(resident.binary.rss - bytes).toBeLessThan(400_000);
    expect(residentMemory(smaps, null).libraries.rss).toBe(resident.libraries.rss + resident.binary.rss);
  });

  test("without V8's marks its heap is told from nothing", () => {
    const unmarked = residentMemory(smaps.replaceAll(' dc', ''), EXECUTABLE);
    expect(unmarked.heap).toBeNull();
    expect(unmarked.rss).toBe(resident.rss);
  });
});

const MIB = 2 ** 20;

interface Line {
  readonly permissions?: string;
  readonly size: number;
  readonly rss?: number;
  readonly path?: string;
  readonly flags?: string;
  /** Leaves a gap before it. */
  readonly apart?: boolean;
}

/** Mappings that follow each other without a gap. Sizes are bytes. */
function smapsOf(lines: readonly Line[], from = 0x7f0000000000): string {
  let start = from;
  return lines
    .map(({ permissions = 'rw-p', size, rss = 0, path = '', flags = '', apart }) => {
      if (apart) start += MIB;
      const end = start + size;
      const inode = path.startsWith('/') ? [...path].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1e6 : 0;
      const text = `${start.toString(16)}-${end.toString(16)} ${permissions} 00000000 fe:00 ${inode} ${path}\nRss: ${rss / 1024} kB\nVmFlags: ${flags}\n`;
      start = end;
      return text;
    })
    .join('');
}

const GUARD: Line = { permissions: '---p', size: 4096 };

describe('mappings of a kind', () => {
  test('a stack that an old kernel has merged with a block of malloc above it', () => {
    const merged = residentMemory(smapsOf([GUARD, { size: 108 * MIB, rss: 100 * MIB }]), null);
    expect(merged.stacks.rss).toBe(0);
    expect(merged.malloc).toMatchObject({ rss: 100 * MIB, size: 100 * MIB });
    expect(merged.stacksError).toBe(8 * MIB);
  });

  test('a large stack of its own', () => {
    const lines = smapsOf([GUARD, { size: 64 * MIB, rss: 60 * MIB, flags: 'ac nh' }]);
    expect(residentMemory(lines, null).stacks.rss).toBe(60 * MIB);
  });

  test("arenas are malloc's", () => {
    const arena: Line = { size: 2 * MIB, rss: MIB, flags: 'nr' };
    const room: Line = { permissions: '---p', size: 62 * MIB, flags: 'nr' };
    const memory = residentMemory(smapsOf([arena, room, arena, room], 0x7f0040000000), null);
    expect(memory.malloc.rss).toBe(2 * MIB);
    expect(memory.arenas).toBe(2);
  });

  test('files are libraries if something in them can run', () => {
    const memory = residentMemory(
      smapsOf([
        { permissions: 'r-xp', size: MIB, rss: MIB, path: '/lib/addon.node' },
        { size: MIB, rss: 4096, path: '/lib/addon.node' },
        { size: 8192, rss: 8192 }, // its .bss
        { size: 100 * MIB, rss: 100 * MIB, apart: true, path: '/data/db.mdb', permissions: 'r--s' },
        { size: MIB, rss: MIB, path: '/dev/zero (deleted)', permissions: 'rw-s' },
        { size: 8192, rss: 4096, path: '[vdso]', permissions: 'r-xp', apart: true },
      ]),
      '/usr/bin/node',
    );
    expect(memory.libraries.rss).toBe(MIB + 4096 + 8192 + 4096);
    expect(memory.mappedFiles.rss).toBe(101 * MIB);
    expect(memory.malloc.rss).toBe(0);
  });

  test('a large block between two libraries is no .bss', () => {
    const library: Line = { permissions: 'r-xp', size: MIB, rss: MIB, path: '/lib/libc.so.6' };
    expect(residentMemory(smapsOf([library, { size: 100 * MIB, rss: 100 * MIB }, library]), null).malloc.rss).toBe(100 * MIB);
  });

  test('names that a program gives to its memory change nothing', () => {
    const named: Line = { size: MIB, rss: MIB, path: '[anon:my cache]', apart: true };
    expect(residentMemory(smapsOf([named]), null).malloc.rss).toBe(MIB);
  });

  test('a page of code with its header, and a table', () => {
    const flags = 'dc nr';
    const memory = residentMemory(
      smapsOf([
        { size: 8192, rss: 8192, flags },
        { ...GUARD, flags },
        { permissions: 'rwxp', size: MIB, rss: MIB, flags },
        { permissions: '---p', size: 127 * MIB, flags },
        { permissions: 'r--p', size: 65_536, flags, apart: true },
        { size: 131_072, rss: 65_536, flags },
        { permissions: '---p', size: 255 * MIB, flags },
      ]),
      null,
    );
    expect(memory.code.rss).toBe(MIB + 8192);
    expect(memory.heap!.rss).toBe(65_536);
    expect(memory.resizable.rss).toBe(0);
  });
});
