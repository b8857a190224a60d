import { afterEach, expect, jest, test } from '@jest/globals';
import { main } from '../../../src/cli/main.js';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Runs one command line, and gives its output. */
async function command(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += text;
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += text;
    return true;
  });
  const code = await main(argv);
  return { code, ...written };
}

test('help goes to stdout and is no error', async () => {
  expect(await command('stats', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('--group-by <key>'), err: '' });
});

test.each(['run', 'attach', 'top', 'serve', 'stats', 'diff', 'report', 'export', 'list'])(
  'the help of %s shows no default that says nothing',
  async (verb) => {
    const { out } = await command(verb, '--help');
    expect(out).toContain(`Usage: tracemalloc ${verb} `);
    expect(out.replace(/\s+/g, ' ')).not.toMatch(/default: (false|\[\])/);
  },
);

test('wrong usage says what is wrong, on stderr, with exit code 2', async () => {
  expect(await command('frobnicate')).toEqual({ code: 2, out: '', err: "tracemalloc: unknown command 'frobnicate'\n" });
  expect(await command('stats', '--frobnicate', 'x')).toMatchObject({ code: 2, err: "tracemalloc: unknown option '--frobnicate'\n" });
  expect((await command('diff')).err).toBe("tracemalloc: missing required argument 'old'\n");
});

test.each([
  ['run', ['no-such.js']],
  ['attach', ['127.0.0.1:1']],
  ['stats', ['no-such.tmsnap']],
  ['diff', ['no-such.tmsnap', 'no-such.tmsnap']],
])('%s refuses a grouping that cannot be printed before the work begins', async (verb, args) => {
  expect(await command(verb, '--cumulative', '--group-by', 'type', ...args)).toEqual({
    code: 2,
    out: '',
    err: 'tracemalloc: --cumulative goes with --group-by filename, lineno, function, package, own, label, not with type\n',
  });
});

test('a failure is one line with the exit code of its error; --verbose adds the stack, with control characters escaped', async () => {
  const missing = await command('stats', '/no/such\u001b[31m\nfile');
  expect([missing.code, missing.out]).toEqual([1, '']);
  expect(missing.err).toMatch(/^tracemalloc: \/no\/such\\u\{1b\}\[31m file cannot be read: .*\n$/);
  const verbose = await command('stats', '/no/such\u001b[31m\nfile', '--verbose');
  expect(verbose.err).toMatch(/\n {4}at .*open-file/);
  expect(verbose.err).not.toContain('\u001b');
  expect((await command('attach', 'localhost:99999')).code).toBe(2);
});
