import { readFileSync } from 'node:fs';
import { Command, CommanderError, Help, type Option } from 'commander';
import { TracemallocError } from '../errors.js';
import { printable } from '../text/printable.js';
import { configureAttach, runAttach } from './commands/attach.js';
import { configureDiff, runDiff } from './commands/diff.js';
import { configureExport, runExport } from './commands/export.js';
import { configureList, runList } from './commands/list.js';
import { configureReport, runReport } from './commands/report.js';
import { configureRun, runRun } from './commands/run.js';
import { configureServe, runServe } from './commands/serve.js';
import { configureStats, runStats } from './commands/stats.js';
import { configureTop, runTop } from './commands/top.js';
import { type Console, errorLine } from './console/console.js';

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
  { name: 'top', configure: configureTop, run: runTop },
  { name: 'serve', configure: configureServe, run: runServe },
  { name: 'stats', configure: configureStats, run: runStats },
  { name: 'diff', configure: configureDiff, run: runDiff },
  { name: 'report', configure: configureReport, run: runReport },
  { name: 'export', configure: configureExport, run: runExport },
  { name: 'list', configure: configureList, run: runList },
];

const WRONG_USAGE = 2;
const FAILED = 1;

/** Carries out one command line. The only place where an error ends: as one line on stderr and an exit code. */
export async function main(argv: readonly string[], console: Console = ownConsole()): Promise<number> {
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
    .version(ownVersion(), '--version', 'print the version')
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => console.out.write(text),
      writeErr: (text) => console.err.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, 'tracemalloc:')),
    })
    .configureHelp({ optionDescription })
    .exitOverride();
  for (const { name, configure, run } of VERBS) {
    const command = configure(program.command(name)).copyInheritedSettings(program);
    command.option('--verbose', 'print the stack of an error').option('--no-color', 'print without colour');
    command.action(async () => finish(await run(command.args, command.opts() as never, console)));
  }
  return program;
}

function ownConsole(): Console {
  return { out: process.stdout, err: process.stderr, cwd: process.cwd() };
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

/** Without the defaults that say nothing: "(default: false)", "(default: [])". */
function optionDescription(option: Option): string {
  const says = option.defaultValue !== false && !(Array.isArray(option.defaultValue) && option.defaultValue.length === 0);
  return says ? Help.prototype.optionDescription(option) : option.description;
}

function describe(error: unknown, verbose: boolean): string {
  const line = `tracemalloc: ${errorLine(error)}`;
  const stack = error instanceof Error ? error.stack : undefined;
  return verbose && stack !== undefined ? [line, ...stack.split('\n').map(printable)].join('\n') : line;
}
