import { readFileSync } from 'node:fs';
import type { ThreadMemory } from '../../../src/ledger/ledger-rows.js';
import { residentMemory } from '../../../src/ledger/resident-memory.js';
import { repoPath } from '../../helpers/paths.js';

/** The binary of the recorded programs. */
export const EXECUTABLE = '/opt/node/bin/node';

/**
 * What the kernel and the threads said of one program on each of three versions (Linux 6.18, glibc 2.36). It holds in the main thread 20 touched Buffers
 * of 1 MB, an untouched one of 50 MB, 5 external strings of 2 MB, a memory of WebAssembly of 320 pages, an array of 10 MB, and a resizable ArrayBuffer of
 * 10 MB if the version has them; in a worker a touched Buffer of 5 MB.
 */
export const VERSIONS = [18, 22, 26] as const;

export function recorded(version: (typeof VERSIONS)[number]) {
  const read = (type: string) => readFileSync(repoPath('fixtures', 'smaps', `node-${version}.${type}`), 'utf8');
  const smaps = read('smaps');
  // What V8 had reserved was not recorded.
  const threads = (JSON.parse(read('json')) as ThreadMemory[]).map(({ thread, memory }) => ({
    thread,
    memory: { ...memory, untouched: 0 },
  }));
  return { smaps, threads, resident: residentMemory(smaps, EXECUTABLE), hasResizable: version > 18 };
}

/** The sum of a field over all mappings, in bytes. */
export function sumOfField(smaps: string, field: string): number {
  return [...smaps.matchAll(new RegExp(`^${field}: +(\\d+) kB$`, 'gm'))].reduce((sum, [, size]) => sum + Number(size) * 1024, 0);
}
