import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { type PlaceMatcher, placeMatcher } from '../../report/text/place-matcher.js';

/** The file of a project with the leaks that are known. */
const IGNORE_FILE = '.tracemallocignore';

/** A place whose growth does not count. */
export interface IgnoreRule {
  /** As the user wrote it. */
  readonly text: string;
  readonly matches: PlaceMatcher;
}

/**
 * Reads the rules of the command line and of `.tracemallocignore` in the current folder. A rule is a pattern of a file, and optionally a line:
 * `src/cache.ts:17`. In the file, each line has one rule, and a reason may follow behind ` # `.
 *
 * @throws UsageError for a rule without a pattern, or if the file cannot be read
 */
export function ignoreRules(patterns: readonly string[], cwd: string): IgnoreRule[] {
  const file = join(cwd, IGNORE_FILE);
  const lines = existsSync(file) ? linesOf(file) : [];
  const inFile = lines.map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter((line) => line !== '');
  return [...patterns, ...inFile].map((text) => ({ text, matches: placeMatcher(text, cwd) }));
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch (error) {
    throw new UsageError(`${IGNORE_FILE} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
