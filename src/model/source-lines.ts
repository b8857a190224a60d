import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/** Sources above this are not worth holding to show one line of them. */
const MAX_SOURCE_BYTES = 16 * 1024 * 1024;
const CACHED_FILES = 32;
const cache = new Map<string, readonly string[]>();

/** The trimmed source line (1-based), or '' where there is none: no such file, no such line, not a path. Python's linecache. */
export function sourceLine(filename: string, lineno: number): string {
  return sourceLines(filename)[lineno - 1]?.trim() ?? '';
}

/** All lines of a file, none where it cannot be read. */
export function sourceLines(filename: string): readonly string[] {
  if (!isAbsolute(filename)) return [];
  const known = cache.get(filename);
  if (known) return known;
  const lines = readLines(filename);
  const oldest = cache.keys().next();
  if (cache.size >= CACHED_FILES && !oldest.done) cache.delete(oldest.value);
  cache.set(filename, lines);
  return lines;
}

function readLines(filename: string): readonly string[] {
  try {
    const stat = statSync(filename);
    // What the kernel makes up has a size of 0, and some of it has no end: `/proc/kmsg`.
    if (!stat.isFile() || stat.size === 0 || stat.size > MAX_SOURCE_BYTES) return [];
    return readFileSync(filename, 'utf8').split(/\r\n|[\n\r]/);
  } catch {
    return []; // a traceback may name files of another machine: no source to show is a normal answer
  }
}
