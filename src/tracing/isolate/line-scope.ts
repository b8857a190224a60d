import { normalFilename } from '../../collect/stacks/filenames.js';
import { fileMatcher, type LineChoice, lineChoiceEnvironment } from '../../lines/scope/line-choice.js';

/** Which scripts get true lines: the program's own files, all files, or those that match patterns, which are those of Filter. */
export type LinesOption = boolean | 'all' | Partial<LineChoice>;

function choiceOf(option: LinesOption): LineChoice {
  const choice = typeof option === 'object' ? option : { all: option === 'all' };
  return { all: false, include: [], exclude: [], ...choice };
}

/** Tells from a script's URL whether it gets true lines. Code of Node, our own code and code without a file never do. */
export function scriptMatcher(option: LinesOption): (url: string) => boolean {
  const matches = fileMatcher(choiceOf(option));
  return (url) => matches(normalFilename(url));
}

/** What makes a launched program instrument itself; empty if it does not. */
export interface LaunchedLines {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Makes a launched program instrument itself: `node-tracemalloc/register` is the last of its preloads, so that it sees what the others made. */
export function launchedLines(option: LinesOption): LaunchedLines {
  if (option === false) return { execArgv: [], env: {} };
  return {
    execArgv: [`--import=${new URL('../../lines/preload/register.js', import.meta.url).href}`],
    env: lineChoiceEnvironment(choiceOf(option)),
  };
}
