import { Command, CommanderError } from 'commander';
import { TracemallocError } from '../errors.js';
import { printable } from '../report/printable.js';
import { configureAttach, runAttach } from './commands/attach.js';
import { configureDiff, runDiff } from './commands/diff.js';
import { configureList, runList } from './commands/list.js';
import { configureRun, runRun } from './commands/run.js';
import { configureStats, runStats } from './commands/stats.js';
import type { Console } from './console.js';

/** @returns the exit code */
type Run<Values> = (args: readonly string[], values: Values, console: Console) => Promise<number>;

interface Verb {
  readonly name: string;
  readonly configure: (command: Command) => Command;
  /** Values are as the verb's own options declare them. */
  readonly run: Run<never>;
}

const VERBS: readonly Verb[] = [
  { name: 'run', configure: configureRun, run: runRun },
  { name: 'attach', configure: configureAttach, run: runAttach },
  { name: 'stats', configure: configureStats, run: runStats },
  { name: 'diff', configure: configureDiff, run: runDiff },
  { name: 'list', configure: configureList, run: runList },
];

const WRONG_USAGE = 2;
const FAILED = 1;

/** Carries out one command line. The only place where an error ends: as one line on stderr and an exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const console: Console = { out: process.stdout, err: process.stderr, cwd: process.cwd() };
  let exitCode = 0;
  const program = programOf(console, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE; // it has said what is wrong
    console.err.write(`${describe(error, argv.includes('--verbose'))}\n`);
    return error instanceof TracemallocError ? error.exitCode : FAILED;
  }
}

function programOf(console: Console, finish: (code: number) => void): Command {
  const program = new Command('tracemalloc')
    .description('see which lines of a Node.js program hold its memory')
    .enablePositionalOptions()
    .configureOutput({ writeOut: (text) => console.out.write(text), writeErr: (text) => console.err.write(text) })
    .exitOverride();
  for (const { name, configure, run } of VERBS) {
    const command = configure(program.command(name)).copyInheritedSettings(program);
    command.option('--verbose', 'print the stack of an error').option('--no-color', 'print without colour');
    command.action(async () => finish(await run(command.args, command.opts() as never, console)));
  }
  return program;
}

function describe(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return `tracemalloc: ${printable(String(error))}`;
  const line = `tracemalloc: ${error.message.split('\n').map(printable).join(' ')}`;
  return verbose && error.stack !== undefined ? [line, ...error.stack.split('\n').map(printable)].join('\n') : line;
}
