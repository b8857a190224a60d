import { delimiter, isAbsolute } from 'node:path';
import { normalFilename } from '../collect/filenames.js';
import { compilePattern, normalizeCase } from '../pattern.js';
import { OWN_FOLDER } from './own-code.js';

/** Which scripts get true lines: the program's own files, all files, or a choice of them by patterns as those of Filter. */
export type LinesOption =
  | boolean
  | 'all'
  | { readonly all?: boolean; readonly include?: readonly string[]; readonly exclude?: readonly string[] };

/** Tells from a script's URL whether it is to have true lines. Never Node's own code, ours, or what has no file. */
export function scriptMatcher(option: LinesOption): (url: string) => boolean {
  const { all = option === 'all', include = [], exclude = [] } = typeof option === 'object' ? option : {};
  const included = include.map((pattern) => compilePattern(normalizeCase(pattern)));
  const excluded = exclude.map((pattern) => compilePattern(normalizeCase(pattern)));
  return (url) => {
    const filename = normalFilename(url);
    if (!isAbsolute(filename) || filename.startsWith(OWN_FOLDER)) return false;
    if (excluded.some((matches) => matches(normalizeCase(filename)))) return false;
    if (included.length > 0) return included.some((matches) => matches(normalizeCase(filename)));
    return all || !/[\\/]node_modules[\\/]/.test(filename);
  };
}

/** What a program is launched with that instruments itself; empty for one that does not. */
export interface LaunchedLines {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Has a program that we launch instrument itself: `node-tracemalloc/register` as the last of its preloads, so that it sees what they made. */
export function launchedLines(option: LinesOption): LaunchedLines {
  if (option === false) return { execArgv: [], env: {} };
  const { all = option === 'all', include = [], exclude = [] } = typeof option === 'object' ? option : {};
  return {
    execArgv: [`--import=${new URL('../lines/preload/register.js', import.meta.url).href}`],
    env: {
      NODE_TRACEMALLOC_LINES: all ? 'all' : 'own',
      ...(include.length > 0 && { NODE_TRACEMALLOC_LINES_INCLUDE: include.join(delimiter) }),
      ...(exclude.length > 0 && { NODE_TRACEMALLOC_LINES_EXCLUDE: exclude.join(delimiter) }),
    },
  };
}
