import { delimiter, isAbsolute } from 'node:path';
import { compilePattern, type Matcher, normalizeCase } from '../../text/fnmatch.js';
import { OWN_FOLDER } from './own-folder.js';

/**
 * Chooses the files that get true lines: the program's own, or those of its packages too (`all`). With `include`, exactly the files whose
 * absolute path matches one of its patterns, in any folder. Files that match `exclude` never get lines.
 */
export interface LineChoice {
  readonly all: boolean;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Decides by the path whether a file gets true lines. Our own files never do, nor do scripts without a file. */
export function fileMatcher({ all, include, exclude }: LineChoice): (filename: string) => boolean {
  const [included, excluded] = [matchers(include), matchers(exclude)];
  return (filename) => {
    if (!isAbsolute(filename) || filename.startsWith(OWN_FOLDER)) return false;
    const name = normalizeCase(filename);
    if (excluded.some((matches) => matches(name))) return false;
    return included.length > 0 ? included.some((matches) => matches(name)) : all || !/[\\/]node_modules[\\/]/.test(filename);
  };
}

function matchers(patterns: readonly string[]): Matcher[] {
  return patterns.map((pattern) => compilePattern(normalizeCase(pattern)));
}

/** The environment variables that tell a program's preload of this choice. */
export function lineChoiceEnvironment({ all, include, exclude }: LineChoice): Record<string, string> {
  return {
    NODE_TRACEMALLOC_LINES: all ? 'all' : 'own',
    ...(include.length > 0 && { NODE_TRACEMALLOC_LINES_INCLUDE: include.join(delimiter) }),
    ...(exclude.length > 0 && { NODE_TRACEMALLOC_LINES_EXCLUDE: exclude.join(delimiter) }),
  };
}

/** Reads the choice that `lineChoiceEnvironment`, or the user, has put into the environment. */
export function readLineChoice(env: NodeJS.ProcessEnv = process.env): LineChoice {
  return {
    all: env.NODE_TRACEMALLOC_LINES === 'all',
    include: patternsOf(env.NODE_TRACEMALLOC_LINES_INCLUDE),
    exclude: patternsOf(env.NODE_TRACEMALLOC_LINES_EXCLUDE),
  };
}

function patternsOf(text = ''): string[] {
  return text.split(delimiter).filter((pattern) => pattern !== '');
}
