import { type Command, Option } from 'commander';

export interface MarkdownValues {
  readonly markdown?: true;
}

/** For commands whose result is also an answer for a model or a pull request. */
export function addMarkdownOption(command: Command): Command {
  const option = new Option('--markdown', 'print Markdown: the finding first, then the largest rows, and what was left out');
  return command.addOption(option.conflicts(['json', 'tree', 'watch']));
}
