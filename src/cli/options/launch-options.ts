import type { Command } from 'commander';
import type { LaunchOptions } from '../../tracing/launch/launch.js';
import { labelsOption } from './label-options.js';
import { collected } from './option-values.js';
import { linesOption, type TracingValues } from './shared-options.js';

/** Options that say how a program is started. */
export interface LaunchValues extends TracingValues {
  readonly node?: string;
  readonly nodeArg: readonly string[];
}

export function addLaunchOptions(command: Command): Command {
  return command
    .option('--node <path>', 'the node binary that runs the program (default: the one that runs tracemalloc)')
    .option('--node-arg <arg>', 'an argument for node itself; repeatable', collected, []);
}

export function addShellOption(command: Command): Command {
  return command.option('--shell', 'the program is a line for the shell: npm run build && node app.js', false);
}

export function launchOptions(args: readonly string[], values: LaunchValues): LaunchOptions {
  return {
    args,
    execArgv: values.nodeArg,
    lines: linesOption(values),
    labels: labelsOption(values),
    inlining: values.inline,
    mode: values.mode,
    detached: true, // a Ctrl-C in the terminal reaches only us, so that we take a snapshot before we pass it on
    ...(values.node !== undefined && { execPath: values.node }),
  };
}
