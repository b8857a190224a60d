import { normalFilename } from '../../collect/stacks/filenames.js';
import { type LabelsOption, labelChoiceEnvironment, labelChoiceOf } from '../../lines/labels/label-choice.js';
import { fileMatcher, type LineChoice, lineChoiceEnvironment } from '../../lines/scope/line-choice.js';

/** Which scripts get true lines: the program's own files, all files, or those that match patterns, which are those of Filter. */
export type LinesOption = boolean | 'all' | Partial<LineChoice>;

/** How a program instruments itself when it is loaded. */
export interface Registration {
  /** The work of the program has labels. */
  readonly hasLabels: boolean;
}

/** Labels need true lines. */
export function linesOf({ lines = false, labels = false }: { readonly lines?: LinesOption; readonly labels?: LabelsOption }): LinesOption {
  return lines || labels !== false;
}

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
  readonly registration: Registration | null;
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Makes a launched program instrument itself: `node-tracemalloc/register` is the last of its preloads, so that it sees what the others made. */
export function launchedLines(options: { readonly lines?: LinesOption; readonly labels?: LabelsOption }): LaunchedLines {
  const lines = linesOf(options);
  if (lines === false) return { registration: null, execArgv: [], env: {} };
  const labels = labelChoiceOf(options.labels ?? false);
  return {
    registration: { hasLabels: labels !== null },
    execArgv: [`--import=${new URL('../../lines/preload/register.js', import.meta.url).href}`],
    env: { ...lineChoiceEnvironment(choiceOf(lines)), ...(labels && labelChoiceEnvironment(labels)) },
  };
}
