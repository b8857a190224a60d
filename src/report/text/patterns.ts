import { sep } from 'node:path';
import { compilePattern, normalizeCase } from '../../text/fnmatch.js';
import { NATIVE_CODE, nameForReader } from './place.js';

/**
 * The patterns that together match a file by its absolute path and by the name that tables show: the path relative to the current folder, or words
 * for native code.
 */
export function patternsFor(pattern: string, cwd: string): string[] {
  const isNative = compilePattern(pattern)(nameForReader(NATIVE_CODE));
  return [...pathPatterns(pattern, cwd), ...(isNative ? [NATIVE_CODE] : [])];
}

/** The same for files alone. */
export function pathPatterns(pattern: string, cwd: string): string[] {
  return [pattern, quoted(cwd + sep) + pattern.replace(/^\.\//, '')];
}

/** A pattern that matches this text and no other. */
function quoted(text: string): string {
  return text.replace(/[[*?]/g, '[$&]');
}

/** A pattern like this one that matches some of the files; null if none was found. */
export function fittingPattern(pattern: string, files: readonly string[]): string | null {
  const bare = pattern.replace(/^(?:\.{0,2}\/)+|\/+$/g, '');
  if (bare === '') return null;
  const candidates = [`*/${bare}`, `*/${bare}/*`, `*/${bare}.*`, `*${bare}*`];
  return candidates.find((one) => files.some((file) => compilePattern(normalizeCase(one))(normalizeCase(file)))) ?? null;
}
