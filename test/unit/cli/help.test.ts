import { afterEach, expect, jest, test } from '@jest/globals';
import { Command } from 'commander';
import { main } from '../../../src/cli/main.js';
import { VERBS, verbIn } from '../../../src/cli/verbs.js';

afterEach(() => {
  jest.restoreAllMocks();
});

async function helpOf(...argv: string[]): Promise<string> {
  let out = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  expect(await main([...argv, '--help'])).toBe(0);
  return out;
}

/** The two command lines, as a shell would split them. */
function examplesIn(help: string): string[][] {
  const [, end] = help.split('\nExamples:\n');
  const lines = end!.split('\n').filter((line) => line !== '');
  expect(lines.map((line) => line.startsWith('  # '))).toEqual([true, false, true, false]);
  return lines
    .filter((_, i) => i % 2 === 1)
    .map((line) => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!));
}

test('the help has one heading for each group of commands, in this order', async () => {
  const help = await helpOf();
  const headings = [...help.matchAll(/^(\w+):$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(['Options', 'Record', 'Look', 'Compare', 'Share', 'Help']);
});

test.each(VERBS)('$name is under its heading, with its arguments', async ({ name, group, args }) => {
  const help = await helpOf();
  const [section] = help.slice(help.indexOf(`\n${group}\n`)).split(/\n\n/, 1);
  const line = new RegExp(`^  ${[name, '[options]', ...args.map(([syntax]) => syntax)].join(' ').replace(/[[\].]/g, '\\$&')} `, 'm');
  expect(section).toMatch(line);
});

test.each(VERBS)('the help of $name has the description of the table', async ({ name, args, description }) => {
  const help = (await helpOf(name)).replace(/\s+/g, ' ');
  expect(help).toContain(`Usage: tracemalloc ${[name, '[options]', ...args.map(([syntax]) => syntax)].join(' ')} ${description}`);
});

test.each(VERBS)('the help of $name ends with two command lines that it understands', async ({ name, args, load }) => {
  const examples = examplesIn(await helpOf(name));
  const { configure } = await load();
  for (const [program, verb, ...words] of examples) {
    expect([program, verb]).toEqual(['tracemalloc', name]);
    let understood = false;
    const command = new Command(name).exitOverride().enablePositionalOptions();
    for (const [syntax, description] of args) command.argument(syntax, description);
    new Command('tracemalloc').enablePositionalOptions().addCommand(configure(command));
    command.action(() => {
      understood = true;
    });
    await command.parseAsync(words, { from: 'user' });
    expect(understood).toBe(true);
  }
});

test('the verb that a command line names is loaded', () => {
  expect(verbIn(['diff', 'run', 'x'])?.name).toBe('diff');
  expect(verbIn(['help', 'diff'])?.name).toBe('diff');
  expect(verbIn(['--help'])).toBeUndefined();
  expect(verbIn(['frobnicate', 'diff'])).toBeUndefined();
});
