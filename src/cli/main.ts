import { readFileSync } from 'node:fs';
import { Command, CommanderError, Help, type Option } from 'commander';
import { TracemallocError } from '../errors.js';
import { printable } from '../text/printable.js';
import { type Console, errorLine } from './console/console.js';
import { tellStarter } from './console/starter.js';
import { behindDashes } from './options/behind-dashes.js';
import { FAILED } from './output/exit-codes.js';
import { VERBS, verbIn } from './verbs.js';

const WRONG_USAGE = 2;

/** Carries out one command line. Every error ends here, as one line on stderr and an exit code. @returns the exit code */
export async function main(argv: readonly string[], console: Console = ownConsole()): Promise<number> {
  try {
    return await carryOut(argv, console);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE; // commander has printed what is wrong
    console.err.write(`${describe(error, argv.includes('--verbose'))}\n`);
    return error instanceof TracemallocError ? error.exitCode : FAILED;
  }
}

/** @returns the exit code */
async function carryOut(argv: readonly string[], console: Console): Promise<number> {
  const program = programOf(console);
  const named = verbIn(argv);
  let exitCode = 0;
  for (const verb of VERBS) {
    const command = program.command(verb.name).description(verb.description).helpGroup(verb.group);
    for (const [syntax, description] of verb.args) command.argument(syntax, description);
    const loaded = verb === named ? await verb.load() : null;
    loaded?.configure(command);
    command.option('--verbose', 'print the stack of an error').option('--no-color', 'print without colour');
    command.action(async () => {
      exitCode = await loaded!.run(command.args, { ...command.opts<object>(), ...behindDashes(argv) } as never, console);
    });
  }
  await program.parseAsync(argv, { from: 'user' });
  return exitCode;
}

function programOf(console: Console): Command {
  return new Command('tracemalloc')
    .description('see which lines of a Node.js program hold its memory')
    .version(ownVersion(), '--version', 'print the version')
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => console.out.write(text),
      writeErr: (text) => console.err.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, 'tracemalloc:')),
    })
    .configureHelp({ optionDescription })
    .exitOverride()
    .addHelpCommand(
      new Command('help').argument('[command]').description('print the help of a command').helpOption(false).helpGroup('Help:'),
    );
}

function ownConsole(): Console {
  return { out: process.stdout, err: process.stderr, cwd: process.cwd(), ...tellStarter() };
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

/** Leaves out defaults that say nothing: "(default: false)", "(default: [])". */
function optionDescription(option: Option): string {
  const says = option.defaultValue !== false && !(Array.isArray(option.defaultValue) && option.defaultValue.length === 0);
  return says ? Help.prototype.optionDescription(option) : option.description;
}

function describe(error: unknown, verbose: boolean): string {
  const line = `tracemalloc: ${errorLine(error)}`;
  const stack = error instanceof Error ? error.stack : undefined;
  return verbose && stack !== undefined ? [line, ...stack.split('\n').map(printable)].join('\n') : line;
}
