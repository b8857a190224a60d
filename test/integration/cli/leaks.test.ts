import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Series } from '../../../src/index.js';
import { callCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { enterTemporaryFolder, reapTargets, startTarget, type TargetProcess } from '../../helpers/target-process.js';

/** Each request leaks on line 6, turns a full cache over on line 7, and works on line 9. `/end` ends the program, as does the request of the argument's number. */
const SERVICE = `const http = require('node:http');
const kept = [];
const cache = Array.from({ length: 50 }, () => ({ entry: 1 }));
let next = 0, requests = 0;
function work() {
  for (let i = 0; i < 50; i++) kept.push({ session: i });
  for (let i = 0; i < 50; i++) cache[next++ % 50] = { entry: i };
  let text = '';
  for (let i = 0; i < 1000; i++) text += i;
  return text;
}
for (let i = 0; i < 20; i++) work();
const server = http.createServer((request, response) => {
  if (request.url === '/end' || ++requests === Number(process.argv[2])) process.exit(0);
  work();
  response.end();
});
server.listen(0, '127.0.0.1', () => { console.log('port ' + server.address().port); console.log('ready'); });`;

let cwd = '';
beforeEach(() => {
  cwd = enterTemporaryFolder();
  writeFileSync(join(cwd, 'service.cjs'), SERVICE);
});
afterEach(reapTargets);

const startService = (execPath: string, ...args: readonly string[]) =>
  startTarget({ execPath, file: join(cwd, 'service.cjs'), args, ready: true });
/** A command that makes a request. */
const request = (service: TargetProcess, path = '/') => {
  const port = /port (\d+)/.exec(service.stdout())![1]!;
  return `"${process.execPath}" -e "require('http').get('http://127.0.0.1:${port}${path}', (r) => r.resume()).on('error', () => {})"`;
};

/** Rounds of one request, exact and with true lines. */
const leaksOf = (service: TargetProcess, ...options: readonly string[]) =>
  callCommand(['leaks', '--port', `${service.port}`, '--mode', 'exact', '--lines', '--each', request(service), ...options]);

describe.each(oldestAndNewest())('tracemalloc leaks on Node $major', ({ execPath }) => {
  it('names the line that leaks, and neither a full cache nor work that is done; ends with 3', async () => {
    const service = await startService(execPath);
    const { code, stdout, stderr } = await leaksOf(service, '-o', 'a.tmseries', '--own');
    expect(stdout).toMatch(
      /^6 rounds, the first 1 for warming up\n\nverdict +a round +alive +ages +line of your code\n(.*\n)* +leaks +\+\d+ B .*service\.cjs:6 work$/m,
    );
    expect(stdout).not.toMatch(/leaks .*service\.cjs:[79] /);
    expect(stdout).toMatch(/^service\.cjs:6 work keeps \d+ B of every round: of 4 rounds, 4 left something that was not freed$/m);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^series saved as a\.tmseries$/m);
    expect(Series.load(join(cwd, 'a.tmseries')).rounds).toHaveLength(6);
    expect((await service.kill()).signal).toBe('SIGKILL'); // it lived on
  });
});

it('refuses a list of known leaks that cannot be read, before it touches the process', async () => {
  mkdirSync(join(cwd, '.tracemallocignore'));
  const { code, stderr } = await callCommand(['leaks', '1']);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^tracemalloc: \.tracemallocignore cannot be read: EISDIR/)]);
});

it('ignores what is known to leak, names rules that are not needed any more, and then ends with 0 (long)', async () => {
  const service = await startService(process.execPath);
  writeFileSync(join(cwd, '.tracemallocignore'), '# known leaks\nservice.cjs:6 # sessions are kept on purpose\ngone.cjs\n');
  const { code, stdout, stderr } = await leaksOf(service, '--include', 'service.cjs', '--json');
  const { leaks, rounds, growth } = JSON.parse(stdout) as {
    leaks: number;
    rounds: unknown[];
    growth: { traceback: { frames: { lineno: number }[] } }[];
  };
  expect([code, leaks, rounds.length]).toEqual([0, 0, 6]);
  expect(growth.map(({ traceback }) => traceback.frames[0]!.lineno)).not.toContain(6);
  expect(stderr).toMatch(/^gone\.cjs is ignored, but does not leak any more$/m);
  expect(stderr).not.toMatch(/service\.cjs:6 is ignored/);
});

describe('a round', () => {
  it.each([
    ['whose command fails', 'exit 1', [], /the command of a round ended with code 1: /],
    ['whose command hangs', 'sleep 60', ['--timeout', '300ms'], /the command of a round did not end within 0\.3 s: sleep 60/],
  ])('%s ends the command with 1, and the target lives on', async (_, command, more, message) => {
    const service = await startService(process.execPath);
    const { code, stderr } = await callCommand(['leaks', '--port', `${service.port}`, '--each', command, ...more]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect((await service.kill()).signal).toBe('SIGKILL');
  });

  it('in which the program ends gives the verdict of the rounds so far, which are too few', async () => {
    const service = await startService(process.execPath);
    const { code, stderr } = await callCommand(['leaks', '--port', `${service.port}`, '--each', request(service, '/end')]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/there is no round, and so no verdict|are too few to tell a leak/)]);
  });

  it('in which the program ends gives the verdict of the rounds so far, which are enough (long)', async () => {
    const service = await startService(process.execPath, '8');
    const { code, stdout, stderr } = await leaksOf(service, '--rounds', '20');
    expect(stderr).toMatch(/^the program has ended: the verdict is that of the rounds so far$/m);
    expect(stdout).toMatch(/^7 rounds, the first 1 for warming up$/m);
    expect(stdout).toMatch(/^service\.cjs:6 work keeps /m);
    expect(code).toBe(3);
  });

  it('in which nothing runs says that the verdict may mean nothing', async () => {
    const idle = await startTarget({
      execPath: process.execPath,
      code: "console.log('ready'); setInterval(() => {}, 60_000);",
      ready: true,
    });
    const { code, stdout, stderr } = await callCommand(['leaks', '--port', `${idle.port}`, '--every', '100ms']);
    expect(stdout).toMatch(/^nothing grew in every round$/m);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^nothing that the program allocated in these rounds was alive at their end: if no work was done/m),
    ]);
  });
});

it.each([
  [['--rounds', '5'], /a leak takes 5 rounds after the warm-up: give --rounds 6 or more/],
  [['--warmup', '3'], /give --rounds 8 or more/],
  [['--every', '1s', '--each', 'true'], /a round is either a time .* or a run of a command/],
  [['--ignore', ':7'], /':7' ignores nothing/],
  [['--group-by', 'type'], /--group-by type needs --mode objects/],
])('%j is refused before any target is asked', async (options, message) => {
  const { code, stderr } = await callCommand(['leaks', '127.0.0.1:1', ...options]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});
