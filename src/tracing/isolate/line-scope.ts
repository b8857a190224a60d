import { normalFilename } from '../../collect/stacks/filenames.js';
import { fileMatcher, type LineChoice, lineChoiceEnvironment } from '../../lines/scope/line-choice.js';

/** Which scripts get true lines: the program's own files, all files, or a choice of them by patterns as those of Filter. */
export type LinesOption = boolean | 'all' | Partial<LineChoice>;

function choiceOf(option: LinesOption): LineChoice {
  const choice = typeof option === 'object' ? option : { all: option === 'all' };
  return { all: false, include: [], exclude: [], ...choice };
}

/** Tells from a script's URL whether it is to have true lines. Never Node's own code, ours, or what has no file. */
export function scriptMatcher(option: LinesOption): (url: string) => boolean {
  const matches = fileMatcher(choiceOf(option));
  return (url) => matches(normalFilename(url));
}

/** What a program is launched with that instruments itself; empty for one that does not. */
export interface LaunchedLines {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Has a program that we launch instrument itself: `node-tracemalloc/register` as the last of its preloads, so that it sees what they made. */
export function launchedLines(option: LinesOption): LaunchedLines {
  if (option === false) return { execArgv: [], env: {} };
  return {
    execArgv: [`--import=${new URL('../../lines/preload/register.js', import.meta.url).href}`],
    env: lineChoiceEnvironment(choiceOf(option)),
  };
}
