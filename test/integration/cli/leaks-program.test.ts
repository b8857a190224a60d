import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readProc } from '../../../src/discovery/proc.js';
import { Series } from '../../../src/index.js';
import { callCommand, runCommand, startCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { enterTemporaryFolder, reapTargets } from '../../helpers/target-process.js';

/** Leaks on line 4, fills a cache of 50 on line 5, once a round. Its arguments: how many rounds, and its exit code. */
const BATCH = `const kept = [], cache = [];
const [, , rounds, code] = process.argv.map(Number);
function work(round) {
  for (let i = 0; i < 50; i++) kept.push({ session: i });
  for (let i = 0; i < 50; i++) cache[i] = { round };
}
for (let round = 0; round < rounds; round++) {
  work(round);
  debugger;
}
console.log('worked');
process.exitCode = code;`;

let cwd = '';
beforeEach(() => {
  cwd = enterTemporaryFolder();
  writeFileSync(join(cwd, 'batch.cjs'), BATCH);
});
afterEach(reapTargets);

/** Resolves when a process has ended that is not ours. */
async function endOf(pid: number): Promise<void> {
  while (readProc(pid) !== null && readProc(pid)!.state !== 'Z') await new Promise((resolve) => setImmediate(resolve));
}

const EXACT = ['leaks', '--mode', 'exact', '--lines'];

describe.each(oldestAndNewest())('tracemalloc leaks -- program on Node $major', ({ execPath }) => {
  it('takes a round at each debugger statement, names the line that leaks, and leaves stdout to the program (matrix)', async () => {
    const { code, stdout, stderr } = await runCommand([...EXACT, '--node', execPath, '-o', 'b.tmseries', '--', 'batch.cjs', '7', '0']);
    expect([code, stdout]).toEqual([3, 'worked\n']);
    expect(stderr).toMatch(/^round 1 at .*batch\.cjs:9\n(.*\n)*round 7 at .*batch\.cjs:9\n/);
    expect(stderr).toMatch(/^ +leaks +\+\d+ B .*batch\.cjs:4 work$/m);
    expect(stderr).not.toMatch(/leaks .*batch\.cjs:5 /);
    expect(stderr).not.toMatch(/has ended/);
    expect(Series.load(join(cwd, 'b.tmseries')).rounds).toHaveLength(7);
  });
});

describe('a program that is started', () => {
  it('is ended when there are enough rounds; with --json, stdout has the document (long)', async () => {
    const { code, stdout } = await runCommand([...EXACT, '--rounds', '6', '--json', '--', 'batch.cjs', '1000000', '0']);
    const { rounds, leaks } = JSON.parse(stdout) as { rounds: unknown[]; leaks: number };
    expect([code, rounds.length, leaks > 0]).toEqual([3, 6, true]);
  });

  it.each([
    [
      'with enough rounds gives the verdict of those (long)',
      '7',
      3,
      /^the program has ended with exit code 5: the verdict is that of the rounds so far$/m,
    ],
    ['with too few rounds ends the command with 1 (long)', '4', 1, /^4 rounds are too few to tell a leak: it takes 6$/m],
    [
      'before its first round says what to write (long)',
      '0',
      1,
      /^the program passed no debugger statement: write one at the end of each round/m,
    ],
  ])('and ends in the middle %s', async (_, passed, expected, message) => {
    const { code, stderr } = await runCommand([...EXACT, '--rounds', '9', '--', 'batch.cjs', passed, '5']);
    expect([code, stderr]).toEqual([expected, expect.stringMatching(message)]);
  });

  it('ends with the verdict so far at a Ctrl-C (long)', async () => {
    writeFileSync(join(cwd, 'service.cjs'), `${BATCH}\nsetInterval(() => {}, 1000);`);
    const command = startCommand([...EXACT, '--', 'service.cjs', '7', '0']);
    await command.waitFor('stdout', /(worked)/);
    command.child.kill('SIGINT');
    const { code, stderr } = await command.exited;
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^ +leaks .*service\.cjs:4 work$/m)]);
  });

  it('takes its rounds by a command or the clock, too, and is ended if the command fails (long)', async () => {
    writeFileSync(join(cwd, 'service.cjs'), 'setInterval(() => {}, 1000);');
    const { code, stderr } = await runCommand(['leaks', '--each', 'exit 7', '--', 'service.cjs']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/the command of a round ended with code 7/)]);
    const timed = await runCommand(['leaks', '--every', '100ms', '--', 'service.cjs']);
    expect([timed.code, timed.stderr]).toEqual([0, expect.stringMatching(/^6 rounds, the first 1 for warming up$/m)]);
  });
});

describe('a command that is started', () => {
  beforeEach(() => {
    writeFileSync(join(cwd, 'package.json'), '{"scripts": {"start": "node batch.cjs 7 0"}}');
    writeFileSync(join(cwd, 'service.cjs'), 'setInterval(() => {}, 1000);');
  });

  it('npm start: the rounds are those of the process that passes debugger statements', async () => {
    const { code, stderr } = await runCommand([...EXACT, '-o', 'b.tmseries', '--', 'npm', 'start']);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^ +leaks +\+\d+ B .*batch\.cjs:4 work$/m)]);
    expect(stderr).not.toMatch(/also ran|has ended/);
    expect(Series.load(join(cwd, 'b.tmseries')).rounds).toHaveLength(7);
  });

  it('a build before the service, and a process beside it, by the clock (long)', async () => {
    const line = 'node -e "0" && node service.cjs & sleep 1; node service.cjs & sh -c "echo pid \\$\\$; exec sleep 1000"';
    const { code, stdout, stderr } = await runCommand(['leaks', '--every', '500ms', '--shell', '--', line]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^6 rounds, the first 1 for warming up$/m)]);
    expect(stderr).toMatch(
      /^the rounds are those of process \d+ \(service\.cjs\); the command also ran process \d+( \(service\.cjs\))? and process \d+.*: leaks PID$/m,
    );
    await endOf(Number(/pid (\d+)/.exec(stdout)![1])); // the shell passes no SIGTERM on
  });

  it('a tool that starts the program as its child, by the clock (long)', async () => {
    const tool = join(cwd, 'node_modules', 'tool');
    mkdirSync(tool, { recursive: true });
    writeFileSync(
      join(tool, 'cli.cjs'),
      "require('node:child_process').spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit' });",
    );
    const { code, stderr } = await runCommand(['leaks', '--every', '500ms', '--', 'node', join(tool, 'cli.cjs'), 'service.cjs']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^taking the rounds of process \d+ \(service\.cjs\)$/m)]);
    expect(stderr).not.toMatch(/also ran/);
  });

  it('that ends without a process to take rounds of says so (long)', async () => {
    writeFileSync(join(cwd, 'package.json'), '{"scripts": {"start": "echo nothing"}}');
    const { code, stderr } = await runCommand(['leaks', '--every', '500ms', '--', 'npm', 'start']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^there is no round, and so no verdict$/m)]);
    expect(stderr).toMatch(/^the command has run no Node process but npm/m);
  });
});

it('(long) a program that does not end at SIGTERM is killed', async () => {
  writeFileSync(join(cwd, 'service.cjs'), "setInterval(() => {}, 1000); process.on('SIGTERM', () => console.log('stays'));");
  const { code, stdout } = await runCommand(['leaks', '--every', '100ms', '--', 'service.cjs']);
  expect([code, stdout]).toEqual([0, 'stays\n']);
});

it.each([
  [['leaks', '--'], /the program to start is missing after --/],
  [['leaks', '4711', '--', 'batch.cjs'], /name a process, or a program to start after --, not both/],
  [['leaks', '--pid', '4711', '--', 'batch.cjs'], /not both/],
  [['leaks', 'batch.cjs', 'more'], /a program to start and its arguments come after --/],
  [['leaks', '--node', 'node', '4711'], /--node, --node-arg and --shell are for a program to start/],
  [['leaks', '--shell', '4711'], /--node, --node-arg and --shell are for a program to start/],
  [['leaks', '--', 'missing.cjs'], /missing\.cjs was not started: there is no file/],
])('%j is refused', async (words, message) => {
  const { code, stderr } = await callCommand(words);
  expect([code === 1 || code === 2, stderr]).toEqual([true, expect.stringMatching(message)]);
});
