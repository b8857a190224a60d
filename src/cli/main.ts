import { readFileSync } from 'node:fs';
import { Command, CommanderError, Help, type Option } from 'commander';
import { TracemallocError } from '../errors.js';
import { printable } from '../text/printable.js';
import { type Console, errorLine } from './console/console.js';
import { tellStarter } from './console/starter.js';
import { behindDashes } from './options/behind-dashes.js';
import { FAILED } from './output/exit-codes.js';
import { type SimpleVerb, VERBS, type Verb, verbIn } from './verbs.js';

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
  const calling = { argv, console, named: verbIn(argv), exitCode: 0 };
  for (const verb of VERBS) await addVerb(program, verb, calling);
  await program.parseAsync(argv, { from: 'user' });
  return calling.exitCode;
}

interface Calling {
  readonly argv: readonly string[];
  readonly console: Console;
  readonly named: SimpleVerb | undefined;
  exitCode: number;
}

async function addVerb(parent: Command, verb: Verb, calling: Calling): Promise<void> {
  const command = parent.command(verb.name).description(verb.description).helpGroup(verb.group);
  if ('verbs' in verb) {
    command.addHelpCommand(helpCommand());
    for (const one of verb.verbs) await addVerb(command, one, calling);
    return;
  }
  for (const [syntax, description] of verb.args) command.argument(syntax, description);
  const loaded = verb === calling.named ? await verb.load() : null;
  loaded?.configure(command);
  command.option('--verbose', 'print the stack of an error').option('--no-color', 'print without colour');
  command.action(async () => {
    const values = { ...command.opts<object>(), ...behindDashes(calling.argv) };
    calling.exitCode = await loaded!.run(command.args, values as never, calling.console);
  });
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
    .addHelpCommand(helpCommand());
}

function helpCommand(): Command {
  return new Command('help').argument('[command]').description('print the help of a command').helpOption(false).helpGroup('Help:');
}

function ownConsole(): Console {
  return { out: process.stdout, err: process.stderr, cwd: process.cwd(), ...tellStarter() };
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

/** Leaves out defaults that say nothing: "(default: false)", "(default: [])", "(default: {})". */
function optionDescription(option: Option): string {
  const { defaultValue } = option;
  const isEmpty = typeof defaultValue === 'object' && defaultValue !== null && Object.keys(defaultValue).length === 0;
  return defaultValue === false || isEmpty ? option.description : Help.prototype.optionDescription(option);
}

function describe(error: unknown, verbose: boolean): string {
  const line = `tracemalloc: ${errorLine(error)}`;
  const stack = error instanceof Error ? error.stack : undefined;
  return verbose && stack !== undefined ? [line, ...stack.split('\n').map(printable)].join('\n') : line;
}
