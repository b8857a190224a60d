import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/** A larger source is not worth its memory to show one line of it. */
const MAX_SOURCE_BYTES = 16 * 1024 * 1024;
const CACHED_FILES = 32;
const cache = new Map<string, readonly string[]>();

/** The trimmed source line (1-based), as Python's linecache gives it. '' if there is no such file or line, or if the name is no absolute path. */
export function sourceLine(filename: string, lineno: number): string {
  return sourceLines(filename)[lineno - 1]?.trim() ?? '';
}

/** All lines of a file; none if it cannot be read. */
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
    // The kernel's virtual files have size 0, and reading some of them never ends: `/proc/kmsg`.
    if (!stat.isFile() || stat.size === 0 || stat.size > MAX_SOURCE_BYTES) return [];
    return readFileSync(filename, 'utf8').split(/\r\n|[\n\r]/);
  } catch {
    return []; // a traceback may name files of another machine, so a missing source is no error
  }
}
