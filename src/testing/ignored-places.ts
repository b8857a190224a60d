import { sep } from 'node:path';
import { UsageError } from '../errors.js';
import type { Traceback } from '../model/traceback.js';
import { compilePattern, normalizeCase } from '../text/fnmatch.js';

/** Whether a traceback passes through a place. */
export type PlaceTest = (traceback: Traceback) => boolean;

/**
 * Compiles places, such as `src/cache.ts:17` or `*\/generated/*`. A path is absolute, or relative to the current folder.
 *
 * @throws UsageError for a place without a file
 */
export function placeTest(places: readonly string[]): PlaceTest {
  const tests = places.map(compilePlace);
  return (traceback) => tests.some((test) => test(traceback));
}

function compilePlace(place: string): PlaceTest {
  const [, pattern = '', line] = /^(.*?)(?::(\d+))?$/.exec(place) ?? [];
  if (pattern === '') throw new UsageError(`'${place}' ignores nothing: name a file or a pattern, such as src/cache.ts:17`);
  const whole = process.cwd().replace(/[[*?]/g, '[$&]') + sep + pattern.replace(/^\.\//, '');
  const tests = [pattern, whole].map((one) => compilePattern(normalizeCase(one)));
  return ({ frames }) =>
    frames.some(
      ({ filename, lineno }) => (line === undefined || Number(line) === lineno) && tests.some((test) => test(normalizeCase(filename))),
    );
}
