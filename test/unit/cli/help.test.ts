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

/** Every verb that does something, with the words that name it. */
const NAMED = VERBS.flatMap((verb) =>
  'verbs' in verb ? verb.verbs.map((one) => ({ ...one, words: [verb.name, one.name] })) : [{ ...verb, words: [verb.name] }],
).map((verb) => ({ ...verb, title: verb.words.join(' ') }));

test('the help has one heading for each group of commands, in this order', async () => {
  const help = await helpOf();
  const headings = [...help.matchAll(/^([\w ]+):$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(['Options', 'Record', 'Look', 'Compare', 'Share', 'Many processes', 'Help']);
});

test.each(NAMED)('$title is under its heading, with its arguments', async ({ name, group, args, words }) => {
  const help = await helpOf(...words.slice(0, -1));
  const [section] = help.slice(help.indexOf(`\n${group}\n`)).split(/\n\n/, 1);
  const line = new RegExp(`^  ${[name, '[options]', ...args.map(([syntax]) => syntax)].join(' ').replace(/[[\].]/g, '\\$&')} `, 'm');
  expect(section).toMatch(line);
});

test.each(NAMED)('the help of $title has the description of the table', async ({ words, args, description }) => {
  const help = (await helpOf(...words)).replace(/\s+/g, ' ');
  expect(help).toContain(`Usage: tracemalloc ${[...words, '[options]', ...args.map(([syntax]) => syntax)].join(' ')} ${description}`);
});

test.each(NAMED)('the help of $title ends with two command lines that it understands', async ({ name, words, args, load }) => {
  const examples = examplesIn(await helpOf(...words));
  const { configure } = await load();
  for (const example of examples) {
    expect(example.slice(0, 1 + words.length)).toEqual(['tracemalloc', ...words]);
    let understood = false;
    const command = new Command(name).exitOverride().enablePositionalOptions();
    for (const [syntax, description] of args) command.argument(syntax, description);
    new Command('tracemalloc').enablePositionalOptions().addCommand(configure(command));
    command.action(() => {
      understood = true;
    });
    await command.parseAsync(example.slice(1 + words.length), { from: 'user' });
    expect(understood).toBe(true);
  }
});

test('the verb that a command line names is loaded', () => {
  expect(verbIn(['diff', 'run', 'x'])?.name).toBe('diff');
  expect(verbIn(['help', 'diff'])?.name).toBe('diff');
  expect(verbIn(['fleet', 'stats', 'folder:x'])?.description).not.toBe(verbIn(['stats'])?.description);
  expect(verbIn(['fleet', 'help', 'stats'])).toBe(verbIn(['fleet', 'stats']));
  expect(verbIn(['fleet', 'frobnicate'])).toBeUndefined();
  expect(verbIn(['--help'])).toBeUndefined();
  expect(verbIn(['frobnicate', 'diff'])).toBeUndefined();
});
