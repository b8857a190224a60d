import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Filter, Snapshot } from '../../../src/index.js';
import { callCommand, runCommand, startCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { enterTemporaryFolder, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const SERVICE = repoPath('fixtures/programs/service.cjs');
const MARKED = repoPath('fixtures/programs/marked.cjs');
const LITTLE = 'The last snapshot holds little of the program';

afterEach(reapTargets);

function program(code: string): string {
  const file = join(temporaryFolder(), 'app.cjs');
  writeFileSync(file, code);
  return file;
}

describe.each(oldestAndNewest())('tracemalloc run on Node $major', ({ execPath }) => {
  const node = ['--node', execPath];

  it("prints the program's streams as they are, the top list on stderr, and ends with its exit code", async () => {
    const cwd = temporaryFolder();
    const file = program(`
      globalThis.kept = Array.from({ length: 20000 }, function make(_, i) { return BigInt(i + 1) << 1024n; });
      globalThis.make = () => {};
      console.log(process.argv.slice(2).join(), process.execArgv.includes('--no-warnings'));
      console.error('to stderr');
      process.exitCode = 5;`);
    const { code, stdout, stderr } = await runCommand(['run', ...node, '--node-arg=--no-warnings', file, '--json', '-o', 'x'], { cwd });
    expect(code).toBe(5);
    expect(stdout).toBe('--json,-o,x true\n');
    expect(stderr).toMatch(/^to stderr\ntraced [\d.]+ /);
    expect(stderr).toMatch(/^ *[\d.]+ [KM]iB +[\d.]+ (B|[KM]iB) +~?\d+ +1[3-7]\d B {2}.*app\.cjs:2 make$/m);
    expect(stderr).not.toContain(LITTLE);
    const [saved] = readdirSync(cwd);
    expect(stderr.endsWith(`snapshot saved as ${saved}\n`)).toBe(true);
    expect(saved).toMatch(/^app\.\d+\.tmsnap$/);
    const snapshot = Snapshot.load(join(cwd, saved!));
    expect(snapshot.capture.target.title).toBe(file);
    // A few samples may be V8's own blocks: the bytecode of make, its feedback, the number i + 1.
    const averages = snapshot.traces
      .filter(({ traceback }) => traceback.at(-1)?.functionName === 'make')
      .map(({ size, count }) => size / count);
    expect(averages.filter((average) => average === 152).length / averages.length).toBeGreaterThan(0.9);
  });

  it('--marks: FILE.1, FILE.2, FILE, and what changed between them', async () => {
    const cwd = temporaryFolder();
    const { code, stdout, stderr } = await runCommand(['run', ...node, '--marks', '--interval', '1', '-o', 'm.tmsnap', MARKED], { cwd });
    expect([code, stdout]).toEqual([0, '']);
    expect(readdirSync(cwd).sort()).toEqual(['m.tmsnap', 'm.tmsnap.1', 'm.tmsnap.2']);
    expect(stderr).toContain(`mark 1 at ${MARKED}:6\nsnapshot saved as m.tmsnap.1\nmark 2 at ${MARKED}:8\nsnapshot saved as m.tmsnap.2\n`);
    // V8's own blocks for the code of the line come and go, some ten of them.
    const row = /^ *\+2[78]\d KiB +\d{3} KiB +~?\+(\d+) +~?(\d+) {2}.*marked\.cjs:3$/m.exec(stderr)?.slice(1).map(Number);
    expect(row?.map((count) => Math.round(count / 100))).toEqual([10, 30]);
    expect(stderr).toContain(LITTLE); // at the end everything is garbage
    const sizes = ['m.tmsnap.1', 'm.tmsnap.2', 'm.tmsnap'].map((name) => sizeAt(Snapshot.load(join(cwd, name)), 3));
    expect(Math.abs(sizes[0]! / (2000 * 152) - 1)).toBeLessThan(0.1);
    expect(Math.abs((sizes[1]! - sizes[0]!) / (1000 * 280) - 1)).toBeLessThan(0.1);
    expect(sizes[2]).toBeLessThan(10_000);
  });

  it('--follow reports a process that closes its inspector, and has the others (matrix)', async () => {
    const cwd = temporaryFolder();
    const file = program(`
      const { fork } = require('node:child_process');
      if (process.argv[2] === 'closing') setTimeout(() => require('node:inspector').close(), 50);
      globalThis.kept = Array.from({ length: 20000 }, (_, i) => BigInt(i + 1) << 1024n);
      if (!process.argv[2]) for (const role of ['closing', 'other']) fork(__filename, [role]);`);
    const { code, stderr } = await runCommand(['run', ...node, '--follow', '-o', 'f.tmsnap', file], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^ {2}\d+ {2}app\.cjs closing {2}\(no snapshot: the program closed its inspector before it could be asked\)$/m);
    expect(stderr).toMatch(/^ {2}\d+ {2}app\.cjs other {2}[\d.]+ [KM]iB$/m);
    expect(readdirSync(cwd)).toHaveLength(3); // one for each of two processes, and one for both
  });

  it('if a program closes its inspector, it says that there is no snapshot, and why', async () => {
    const file = program("setTimeout(() => require('node:inspector').close(), 50); process.exitCode = 4;");
    const { code, stderr } = await runCommand(['run', ...node, file], { cwd: temporaryFolder() });
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: 'no snapshot was saved: the program closed its inspector before it could be asked\n',
    });
  });

  it('with --heap-prof it says that another tool samples, and runs nothing', async () => {
    const file = program('console.log("it runs")');
    const { code, stdout, stderr } = await runCommand(['run', ...node, '--node-arg=--heap-prof', file], { cwd: temporaryFolder() });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tracemalloc: another tool is sampling the heap of this target.*\(--take-over\)\n$/);
  });

  it.each([
    ['stops it', "session.post('HeapProfiler.stopSampling', () => {})", 1],
    ['starts it and leaves', "session.post('HeapProfiler.startSampling', () => session.disconnect()); process.exitCode = 4", 4],
  ])('a program that has our sampler, and %s: says so, and the exit code tells it unless the program has one', async (_, act, expected) => {
    const file = program(`const session = new (require('node:inspector').Session)(); session.connect(); ${act};`);
    const { code, stderr } = await runCommand(['run', ...node, file], { cwd: temporaryFolder() });
    expect(stderr).toMatch(/^no snapshot was saved: somebody else has ended the sampling.*\n$/);
    expect(code).toBe(expected);
  });

  it('no snapshot of a program that never ran (matrix)', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'dep.mjs'), 'export const a = 1;');
    writeFileSync(join(cwd, 'link.mjs'), "import './dep.mjs'; import './missing.mjs';");
    writeFileSync(join(cwd, 'batch.ts'), 'enum Colour { Red }');
    writeFileSync(join(cwd, 'runs.mjs'), "import './dep.mjs'; process.exitCode = 3;");
    for (const [script, advice] of [
      ['link.mjs', ''],
      ['batch.ts', `; if Node v\\S+ cannot read such a file, give it a loader that can: --node-arg=--import=tsx \\(in code: execArgv\\)`],
    ] as const) {
      const { code, stderr } = await runCommand(['run', ...node, '-o', 's', script], { cwd });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        new RegExp(`\nno snapshot was saved: ${script} did not run: node ended with exit code 1 before its first line${advice}\n$`),
      );
    }
    expect(readdirSync(cwd)).not.toContain('s');
    const ran = await runCommand(['run', ...node, '-o', 's', 'runs.mjs'], { cwd });
    expect([ran.code, readdirSync(cwd).includes('s')]).toEqual([3, true]);
  });

  it.each([
    { signal: 'SIGINT', expected: 130, mark: '' },
    { signal: 'SIGTERM', expected: 143, mark: ' (matrix)' },
  ] as const)('$signal: the snapshot is saved first, then the program ends by it$mark', async ({ signal, expected }) => {
    const cwd = temporaryFolder();
    const command = startCommand(['run', ...node, '--interval', '1', '--include', '*service.cjs', '-o', 's.tmsnap', SERVICE], { cwd });
    await command.waitFor('stdout', /(ready)/);
    command.child.kill(signal);
    const { code, stderr } = await command.exited;
    expect(code).toBe(expected);
    expect(stderr).toMatch(/^ *[\d.]+ \w+ +~?\d+ +\d+ B {2}.*service\.cjs:4 serve$/m);
    expect(readdirSync(cwd)).toEqual(['s.tmsnap']);
  });
});

function sizeAt(snapshot: Snapshot, lineno: number): number {
  return snapshot.filterTraces([new Filter(true, MARKED, { lineno })]).statistics('filename')[0]?.size ?? 0;
}

it('a program that handles the signal itself ends as it wants (long)', async () => {
  const cwd = temporaryFolder();
  const command = startCommand(['run', '-o', 's.tmsnap', SERVICE, '--graceful'], { cwd });
  await command.waitFor('stdout', /(ready)/);
  command.child.kill('SIGTERM');
  expect((await command.exited).code).toBe(9);
  expect(readdirSync(cwd)).toEqual(['s.tmsnap']);
});

describe('a program that cannot be asked for its last snapshot', () => {
  // Stays in native code until stdin ends. Its child says when it is there. Atomics.wait would not do, because V8 answers the inspector from it.
  const STUCK = `require('node:child_process').execFileSync('sh', ['-c', 'trap "" INT TERM HUP; echo ready; cat'], { stdio: 'inherit' });`;
  const HANDLED = `for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {}); setTimeout(() => { ${STUCK} });`;

  it.each([
    ['the second signal ends it at once', STUCK, ['SIGINT', 'SIGTERM'], 143],
    ['the second signal ends it at once, in the other order (long)', STUCK, ['SIGTERM', 'SIGINT'], 143],
    ['the third signal ends it, whatever it handles', HANDLED, ['SIGINT', 'SIGTERM', 'SIGHUP'], 137],
  ] as const)(
    '%s',
    async (_, code, signals, expected) => {
      const command = startCommand(['run', '-o', 's.tmsnap', program(code)], { cwd: temporaryFolder() });
      await command.waitFor('stdout', /(ready)/);
      const asked = performance.now();
      for (const signal of signals) command.child.kill(signal); // both at once, because the order of arrival must not matter
      expect((await command.exited).code).toBe(expected);
      expect(performance.now() - asked).toBeLessThan(25_000); // waiting for its answer would take 30 s
    },
    30_000,
  );
});

it('--follow without a folder for temporary files is one line', async () => {
  const cwd = temporaryFolder();
  const { code, stderr } = await runCommand(['run', '--follow', '-o', 's.tmsnap', SERVICE], { cwd, env: { TMPDIR: join(cwd, 'nope') } });
  expect(code).toBe(1);
  expect(stderr).toBe(
    `tracemalloc: a program that is followed needs a folder, and none can be made in ${join(cwd, 'nope')} (ENOENT); set TMPDIR to one that is there and can be written\n`,
  );
  expect(existsSync(join(cwd, 'nope'))).toBe(false);
});

it('SIGQUIT is passed on like the others (long)', async () => {
  const cwd = temporaryFolder();
  const command = startCommand(['run', '-o', 's.tmsnap', SERVICE], { cwd });
  await command.waitFor('stdout', /(ready)/);
  command.child.kill('SIGQUIT');
  expect((await command.exited).code).toBe(131);
  expect(readdirSync(cwd)).toContain('s.tmsnap');
});

it.each([
  ['.', 'the-app', /^the-app\.\d+\.tmsnap$/],
  ['-', 'the-app', /^stdin\.\d+\.tmsnap$/],
  ['.hidden.js', 'the-app', /^hidden\.\d+\.tmsnap$/],
])('run %s in a folder saves a file with a plain name', async (script, name, saved) => {
  const cwd = join(temporaryFolder(), name);
  mkdirSync(cwd);
  for (const file of ['index.js', '.hidden.js']) writeFileSync(join(cwd, file), 'globalThis.kept = [1];');
  const command = startCommand(['run', script], { cwd });
  command.child.stdin.end('globalThis.kept = [1];');
  expect((await command.exited).code).toBe(0);
  expect(readdirSync(cwd).filter((file) => file.endsWith('.tmsnap'))).toEqual([expect.stringMatching(saved)]);
});

it('--json prints one document on stdout, also with --marks (long)', async () => {
  const cwd = temporaryFolder();
  const { stdout, stderr } = await runCommand(['run', '--json', '--marks', '--interval', '64', '-o', 'j.tmsnap', MARKED], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ keyType: 'lineno', cumulative: false });
  expect(stderr).toContain('mark 2');
});

it('a program that cannot be traced is not run, and no file is written (long)', async () => {
  const cwd = temporaryFolder();
  const file = program('console.log("it runs")');
  for (const [args, code, words] of [
    [['--mode', 'objects', '--interval', '5', file], 2, /^tracemalloc: object mode tracks every object; leave the interval out\n$/],
    [['--nframe', '70000', file], 2, /^tracemalloc: the number of frames must be in range.*\n$/],
    [['--mode', 'exact', '--interval', '5', file], 2, /^tracemalloc: exact mode samples every block.*\n$/],
    [['--interval', '0', file], 2, /at least 1/],
    [['--node', '/no/such/node', file], 1, /^tracemalloc: .*\/no\/such\/node does not run.*\n$/],
    [['--node-arg=--no-such', file], 1, /^tracemalloc: .*bad option: --no-such\n$/],
    [['--node-arg=--watch', file], 2, /^tracemalloc: node --watch runs the program in a process of its own, .*--follow.*\n$/],
    [['--node-arg=--permission', file], 1, /^tracemalloc: .*app\.cjs was not started: .*permission model.* --allow-inspector as well.*\n$/],
    [
      ['--follow', '--node-arg=--experimental-permission', '--node-arg=--allow-fs-read=*', file],
      1,
      /permission model.* --allow-fs-write as well.*\n$/,
    ],
  ] as const) {
    const result = await runCommand(['run', ...args], { cwd });
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toMatch(words);
  }
  expect(readdirSync(cwd)).toEqual([]);
});

it('a snapshot that holds most of the heap is not said to hold little, whoever has allocated it (long)', async () => {
  const file = program(`
    const { readFile } = require('node:fs');
    globalThis.kept = [];
    const next = () => readFile(__filename, 'latin1', (_, text) => {
      kept.push(Array.from({ length: 1000 }, Object)); // from a callback of Node
      if (kept.length < 200) next();
    });
    next();`);
  const nodes = program('globalThis.kept = Array.from({ length: 20000 }, () => new URLSearchParams("a=1"));');
  for (const script of [file, nodes]) {
    const { code, stderr } = await runCommand(['run', script], { cwd: temporaryFolder() });
    expect([code, stderr.includes(LITTLE)]).toEqual([0, false]);
  }
});

it('NODE_V8_COVERAGE is for the program alone (long)', async () => {
  const [cwd, coverage] = [temporaryFolder(), temporaryFolder()];
  // Its stderr is passed on by a process of ours.
  const file = program('console.log(process.pid); console.error("to stderr")');
  const { code, stdout } = await runCommand(['run', '-o', 's', file], { cwd, env: { NODE_V8_COVERAGE: coverage } });
  expect(code).toBe(0);
  expect(readdirSync(coverage)).toEqual([expect.stringMatching(`^coverage-${stdout.trim()}-`)]);
});

it('what is no script is not started, and the message says what to do', async () => {
  const cwd = enterTemporaryFolder();
  const { code, stderr } = await callCommand(['run', 'nope.js']);
  expect([code, stderr]).toEqual([1, `tracemalloc: nope.js was not started: there is no file ${join(cwd, 'nope.js')}\n`]);
});

it('a program that is killed leaves no file, not even half of one (long)', async () => {
  const cwd = temporaryFolder();
  // Not process.kill(process.pid): we take a snapshot before that.
  const file = program('require("node:child_process").execSync("kill -9 " + process.pid)');
  const { code, stderr } = await runCommand(['run', '-o', 'k.tmsnap', file], { cwd });
  expect(code).toBe(137);
  expect(stderr).toMatch(/^no snapshot was saved: .*\n$/);
  expect(existsSync(join(cwd, 'k.tmsnap'))).toBe(false);
});

it('a reader of stderr that closes the pipe does not stop the program (long)', async () => {
  const cwd = temporaryFolder();
  const file = program(`
    const line = 'x'.repeat(1000);
    let lines = 0;
    const more = () => { console.error(line); if (++lines < 2000) setImmediate(more); else console.log('done'); };
    more();`);
  const command = startCommand(['run', '-o', 'p.tmsnap', file], { cwd });
  command.child.stderr.destroy();
  const { code, stdout } = await command.exited;
  expect([code, stdout]).toEqual([0, 'done\n']);
});
