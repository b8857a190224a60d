import { type Command, Option } from 'commander';
import { DEFAULT_ROWS } from './shared-options.js';

export interface MarkdownValues {
  readonly markdown?: true;
}

/** For commands whose result is also an answer for a model or a pull request. */
export function addMarkdownOption(command: Command): Command {
  const option = new Option('--markdown', 'print Markdown: the finding first, then the largest rows, and what was left out');
  return command.addOption(option.conflicts(['json', 'tree', 'watch']));
}

/** The number of rows of a document: by default all in JSON, and ten in Markdown. */
export function rowsOfDocument({ top, json }: { readonly top?: number; readonly json: boolean }): number {
  return top ?? (json ? Number.POSITIVE_INFINITY : DEFAULT_ROWS);
}
