import { delimiter, isAbsolute, sep } from 'node:path';
import { compilePattern, type Matcher, normalizeCase } from '../../pattern.js';
import { OWN_FOLDER } from './own-folder.js';

/** Tells by its path whether a file is to get true lines. */
export type Selection = (filename: string) => boolean;

const PACKAGES = `${sep}node_modules${sep}`;

/**
 * The program's own files (`NODE_TRACEMALLOC_LINES=own`), or those of its packages too (`all`). With NODE_TRACEMALLOC_LINES_INCLUDE, exactly the
 * files whose absolute path matches one of its patterns, wherever they lie; never those that NODE_TRACEMALLOC_LINES_EXCLUDE matches.
 */
export function readSelection(env: NodeJS.ProcessEnv = process.env): Selection {
  const all = env.NODE_TRACEMALLOC_LINES === 'all';
  const included = patterns(env.NODE_TRACEMALLOC_LINES_INCLUDE);
  const excluded = patterns(env.NODE_TRACEMALLOC_LINES_EXCLUDE);
  return (filename) => {
    if (!isAbsolute(filename) || filename.startsWith(OWN_FOLDER)) return false;
    const name = normalizeCase(filename);
    if (excluded.some((matches) => matches(name))) return false;
    return included.length > 0 ? included.some((matches) => matches(name)) : all || !filename.includes(PACKAGES);
  };
}

function patterns(text = ''): Matcher[] {
  return text
    .split(delimiter)
    .filter((pattern) => pattern !== '')
    .map((pattern) => compilePattern(normalizeCase(pattern)));
}
