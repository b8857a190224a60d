import type { Command } from 'commander';

/** A command line, and what it does. */
type Example = readonly [line: string, does: string];

/** Adds examples at the end of a verb's help. */
export function addExamples(command: Command, examples: readonly [Example, Example]): Command {
  const lines = examples.flatMap(([line, does]) => [`  # ${does}`, `  ${line}`]);
  return command.addHelpText('after', ['', 'Examples:', ...lines].join('\n'));
}
