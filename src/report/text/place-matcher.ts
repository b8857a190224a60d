import { UsageError } from '../../errors.js';
import type { Traceback } from '../../model/traceback.js';
import { compilePattern, normalizeCase } from '../../text/fnmatch.js';
import { patternsFor } from './patterns.js';

/** Whether a traceback passes through a place. */
export type PlaceMatcher = (traceback: Traceback) => boolean;

/**
 * Compiles a place that may grow: a file or a pattern, and optionally a line, such as `src/cache.ts:17`. A path is absolute, or relative to `cwd`.
 *
 * @throws UsageError for a place without a file
 */
export function placeMatcher(place: string, cwd: string): PlaceMatcher {
  const [, pattern = '', line] = /^(.*?)(?::(\d+))?$/.exec(place) ?? [];
  if (pattern === '') throw new UsageError(`'${place}' ignores nothing: name a file or a pattern, such as src/cache.ts:17`);
  const tests = patternsFor(pattern, cwd).map((one) => compilePattern(normalizeCase(one)));
  return ({ frames }) =>
    frames.some(
      ({ filename, lineno }) => (line === undefined || Number(line) === lineno) && tests.some((test) => test(normalizeCase(filename))),
    );
}
