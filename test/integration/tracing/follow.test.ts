import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type LaunchedTracer, type LaunchOptions, launch, type Snapshot, type StartOptions } from '../../../src/index.js';
import { runCommand } from '../../helpers/command.js';
import { type NodeBinary, nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const PROGRAM = repoPath('fixtures', 'programs', 'process-tree.cjs');
const BIGINT_BYTES = 536;
/** The npm that runs the tests, or the one beside node, where its installers put it. */
const NPM = process.env.npm_execpath ?? join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');

/** Namespaces need privileges, or a system that gives them to everybody. */
const canUnshare = spawnSync('unshare', ['--fork', '--pid', '--net', 'true']).status === 0;

async function followed(
  file: string,
  { execPath }: Pick<NodeBinary, 'execPath'>,
  { start = {}, ...options }: LaunchOptions & { start?: StartOptions } = {},
) {
  const tracer = await launch(file, { execPath, stdio: 'pipe', follow: true, ...options });
  reapLater(async () => {
    await tracer.leaveProcesses();
    await tracer.kill('SIGKILL');
    await tracer.exited;
  });
  const output = Promise.all([text(tracer.stdout!), buffer(tracer.stderr!)]).then(([out, err]) => ({ out, err: err.toString() }));
  await tracer.start(start);
  return { tracer, output };
}

const bigints = (snapshot: Snapshot | null) =>
  snapshot?.traces.filter(({ size, traceback }) => size === BIGINT_BYTES && traceback.at(-1)?.functionName === 'keep').length;

/** Ways to kill a child that leads a process group. */
const KILLS = {
  'child.kill': 'child.kill()',
  SIGKILL: "child.kill('SIGKILL')",
  'process.kill': "process.kill(child.pid, 'SIGINT')",
  'its group': 'process.kill(-child.pid)',
  'a number': 'child.kill(15)',
};

function programOf(code: string, extension = 'cjs'): string {
  const file = join(temporaryFolder(), `program.${extension}`);
  writeFileSync(file, code);
  return file;
}

/** By first argument of a process: the bytes that it held. */
async function held({ processes }: LaunchedTracer): Promise<Record<string, number | undefined>> {
  const entries = processes.map(async ({ argv, tracer }) => [argv[2], bigints((await tracer.closed).snapshot)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function tracesEachProcess(binary: NodeBinary, mode: 'exact' | 'objects'): Promise<void> {
  const { tracer, output } = await followed(PROGRAM, binary, { mode, start: { mode } });
  const exit = await tracer.exited;
  await tracer.leaveProcesses();
  expect({ code: exit.code, error: exit.error }).toEqual({ code: 0, error: null });
  expect(bigints(exit.snapshot)).toBe(1000);
  const roles = ['fork', 'spawn', 'bare env', 'exec', 'shell', 'execFileSync', 'execSync', 'spawnSync', 'from a worker', 'cluster'];
  expect(await held(tracer)).toEqual(Object.fromEntries(roles.map((role) => [role, 1000])));
  expect(new Set(tracer.processes.map(({ parentPid }) => parentPid))).toEqual(new Set([tracer.pid]));
  const { out, err } = await output;
  const seen = out
    .trim()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  expect(seen.map(({ role }) => role)).toEqual([undefined, ...roles]);
  for (const { role, execArgv, options, ours } of seen) {
    expect({ role, execArgv, options, ours }).toEqual({
      role,
      execArgv: role === 'spawn' ? ['--no-warnings'] : [],
      options: role === 'spawnSync' ? '--no-deprecation' : (process.env.NODE_OPTIONS ?? null),
      ours: [],
    });
  }
  expect(err).toBe('');
}

describe.each(nodeBinaries())('follow on Node $major', (binary) => {
  it('traces each process from its first line on, however it was started (matrix)', () => tracesEachProcess(binary, 'exact'));
});

describe.each(oldestAndNewest())('follow on Node $major', (binary) => {
  it('in object mode, too (full)', () => tracesEachProcess(binary, 'objects'));

  it('true lines in every process (long)', async () => {
    const { tracer } = await followed(PROGRAM, binary, { lines: true, start: { mode: 'exact', lines: true } });
    await tracer.exited;
    await tracer.leaveProcesses();
    for (const { tracer: one } of tracer.processes) {
      const { snapshot } = await one.closed;
      const line = snapshot!.statistics('lineno').find(({ size }) => size >= 1000 * BIGINT_BYTES);
      expect(line?.traceback.at(-1)).toMatchObject({ filename: PROGRAM, lineno: 11, precision: 'line' });
    }
  });

  it('a child that outlives the program runs on without us, its inspector closed (matrix)', async () => {
    const file = programOf(`
      if (process.argv[2] === 'child') setInterval(() => {}, 1000);
      else { const child = require('node:child_process').spawn(process.execPath, [__filename, 'child'], { detached: true, stdio: 'ignore' }); child.once('spawn', () => child.unref()); }`);
    const { tracer } = await followed(file, binary);
    await tracer.exited;
    while (tracer.processes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [child] = tracer.processes;
    reapLater(async () => process.kill(child!.pid, 'SIGKILL'));
    expect(await child!.problem).toBeNull();
    await tracer.leaveProcesses();
    expect((await child!.tracer.closed).snapshot).not.toBeNull();
    const listed: { pid: number; inspector: string }[] = JSON.parse((await runCommand(['list', '--json'])).stdout);
    expect(listed.find(({ pid }) => pid === child!.pid)?.inspector).toBe('closed');
  });

  (canUnshare ? it : it.skip)(
    'a child in another pid namespace is traced under the pid that we see, one in another network is named (matrix)',
    async () => {
      const file = programOf(`
      const { spawnSync } = require('node:child_process');
      if (process.argv[2] === 'child') console.log('child', process.pid);
      else for (const how of ['--pid', '--net']) spawnSync('unshare', ['--fork', how, process.execPath, __filename, 'child', how], { stdio: 'inherit' });`);
      const { tracer, output } = await followed(file, binary);
      await tracer.exited;
      expect((await output).out).toMatch(/^child 1\nchild \d+\n$/);
      const [traced] = tracer.processes;
      expect(tracer.processes).toHaveLength(1);
      expect([await traced!.problem, traced!.argv.at(-1)]).toEqual([null, '--pid']);
      expect(traced!.pid).toBeGreaterThan(tracer.pid);
      expect((await traced!.tracer.closed).snapshot).not.toBeNull();
      expect(tracer.untracedProcesses).toMatchObject([
        { parentPid: tracer.pid, problem: { message: 'it is in a network of its own, in which its inspector cannot be reached' } },
      ]);
    },
  );

  it('children keep their own inspector, options and environment; a child whose environment a shell has wiped is not followed', async () => {
    const file = programOf(`
      const { fork, spawn, spawnSync } = require('node:child_process');
      const role = process.argv[2];
      const ended = (child) => new Promise((resolve) => child.once('exit', resolve));
      if (role) {
        console.log(JSON.stringify([role, process.execArgv, process.env.NODE_OPTIONS ?? null, require('node:inspector').url() !== undefined]));
        if (role === 'wiped') spawnSync(process.execPath, [__filename, 'below'], { stdio: 'inherit' });
        process.disconnect?.();
      } else (async () => {
        await ended(fork(__filename, ['inspect'], { execArgv: ['--inspect=127.0.0.1:0'] }));
        await ended(fork(__filename, ['empty'], { execArgv: [], env: {} }));
        await ended(fork(__filename, ['options'], { env: { NODE_OPTIONS: '--no-deprecation' } }));
        await ended(spawn('env', ['-i', process.execPath, __filename, 'wiped'], { stdio: 'inherit' }));
      })();`);
    const { tracer, output } = await followed(file, binary);
    expect((await tracer.exited).code).toBe(0);
    await tracer.leaveProcesses();
    const seen = (await output).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(seen).toEqual([
      ['inspect', ['--inspect=127.0.0.1:0'], null, true],
      ['empty', [], null, false],
      ['options', [], '--no-deprecation', false],
      ['wiped', [], null, false],
      ['below', [], null, false],
    ]);
    const traced = tracer.processes.map(async ({ argv, tracer: one }) => [argv[2], (await one.closed).snapshot !== null]);
    expect(await Promise.all(traced)).toEqual(['inspect', 'empty', 'options'].map((role) => [role, true]));
  });

  it('frozen options are no obstacle, and the children of workers with their own environment or arguments are followed (matrix)', async () => {
    const file = programOf(`
      const { spawn, spawnSync } = require('node:child_process');
      const { isMainThread, SHARE_ENV, Worker, workerData } = require('node:worker_threads');
      const ended = (one) => new Promise((resolve) => one.once('exit', resolve));
      const see = (role) => console.log(JSON.stringify([role, process.execArgv, process.env.NODE_OPTIONS ?? null]));
      const inherit = Object.freeze({ stdio: 'inherit', env: Object.freeze({ NODE_OPTIONS: '--no-deprecation' }) });
      if (process.argv[2]) see(process.argv[2]);
      else if (!isMainThread) {
        if (workerData.below) new Worker(__filename, { workerData: { role: workerData.below }, env: {} });
        see('worker, ' + workerData.role);
        spawnSync(process.execPath, [__filename, workerData.role], { stdio: 'inherit' });
      } else (async () => {
        spawnSync(process.execPath, [__filename, 'spawnSync'], inherit);
        await ended(spawn(process.execPath, [__filename, 'spawn'], inherit));
        class Own extends Worker {}
        await ended(new Own(__filename, { workerData: { role: 'none' }, env: {} }));
        await ended(new Worker(__filename, Object.freeze({ workerData: { role: 'frozen' }, env: inherit.env })));
        await ended(new Worker(__filename, { workerData: { role: 'arguments', below: 'below' }, execArgv: ['--no-warnings'] }));
        await ended(new Worker(__filename, { workerData: { role: 'both' }, env: {}, execArgv: [] }));
        await ended(new Worker(__filename, { workerData: { role: 'shared' }, env: SHARE_ENV }));
      })();`);
    const { NODE_OPTIONS: _, ...env } = process.env;
    const { tracer, output } = await followed(file, binary, { env });
    expect((await tracer.exited).code).toBe(0);
    await tracer.leaveProcesses();
    const { out } = await output;
    const seen = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const frozen = '--no-deprecation';
    expect(seen).toEqual(
      expect.arrayContaining([
        ['spawnSync', [], frozen],
        ['spawn', [], frozen],
        ['worker, none', [], null],
        ['worker, frozen', [], frozen],
        ['worker, arguments', ['--no-warnings'], null],
        ['worker, below', ['--no-warnings'], null],
        ['worker, both', [], null],
        ['worker, shared', [], null],
      ]),
    );
    const roles = ['arguments', 'below', 'both', 'frozen', 'none', 'shared', 'spawn', 'spawnSync'];
    expect(tracer.processes.map(({ argv }) => argv[2]).sort()).toEqual(roles);
  });

  it('children that may not read our files run as they would without us, and the others are traced (matrix)', async () => {
    const file = programOf(`
      const { exec, execSync, fork, spawn, spawnSync } = require('node:child_process');
      const role = process.argv[2];
      const [flag] = ['--permission', '--experimental-permission'].filter((one) => process.allowedNodeEnvironmentFlags.has(one));
      const permissions = flag ? [flag, '--allow-fs-read=' + __dirname + '/*'] : ['--no-warnings'];
      const ended = (child) => new Promise((resolve) => child.once('exit', resolve));
      if (role) console.log(JSON.stringify([role, process.permission !== undefined]));
      else (async () => {
        const inherit = { stdio: 'inherit' };
        await ended(spawn(process.execPath, [...permissions, __filename, 'spawn'], inherit));
        await ended(fork(__filename, ['fork'], { execArgv: permissions }));
        await ended(spawn(process.execPath, [__filename, 'options'], { ...inherit, env: { NODE_OPTIONS: permissions.join(' ') } }));
        const line = (role) => [process.execPath, ...permissions, __filename, role].map((word) => "'" + word + "'").join(' ');
        await ended(exec(line('exec')).once('spawn', function () { this.stdout.pipe(process.stdout); }));
        execSync(line('execSync'), inherit);
        spawnSync(process.execPath, [...permissions, __filename, 'spawnSync'], inherit);
        await ended(spawn(process.execPath, [__filename, 'free'], inherit));
      })();`);
    const { tracer, output } = await followed(file, binary);
    expect((await tracer.exited).code).toBe(0);
    await tracer.leaveProcesses();
    const { out, err } = await output;
    const hasModel = binary.major >= 20;
    const restricted = ['spawn', 'fork', 'options', 'exec', 'execSync', 'spawnSync'];
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([...restricted.map((role) => [role, hasModel]), ['free', false]]);
    expect(err).not.toContain('ERR_ACCESS_DENIED');
    expect(tracer.processes.map(({ argv }) => argv[2])).toEqual(hasModel ? ['free'] : [...restricted, 'free']);
  });

  it('children of another user get nothing from us', async () => {
    const file = programOf(`
      const { spawn, spawnSync } = require('node:child_process');
      const print = ['-c', 'echo "$NODE_OPTIONS,$NODE_TRACEMALLOC_FOLLOW"'];
      for (const options of [{ uid: 65534 }, { gid: 65534 }]) {
        const { error, stdout } = spawnSync('/bin/sh', print, { ...options, encoding: 'utf8' });
        console.log(error ? error.code : stdout.trim());
      }
      spawn('/bin/sh', print, { uid: 65534, gid: 65534, stdio: 'inherit' }).once('error', ({ code }) => console.log(code));`);
    const { tracer, output } = await followed(file, binary, { env: { ...process.env, NODE_OPTIONS: '' } });
    expect((await tracer.exited).code).toBe(0);
    const seen = process.getuid!() === 0 ? ',' : 'EPERM'; // only root may start such children
    expect((await output).out).toBe(`${seen}\n`.repeat(3));
  });

  it('processes do not see the inspector that we opened', async () => {
    const seen = `
      import inspector, { url } from 'node:inspector';
      const before = [inspector.url() ?? null, url() ?? null, process.debugPort];
      inspector.open(process.debugPort, '127.0.0.1', false);
      console.log(JSON.stringify([...before, new URL(url()).port === String(process.debugPort)]));`;
    const file = programOf(seen, 'mjs');
    const { tracer, output } = await followed(file, binary);
    const { code, snapshot } = await tracer.exited;
    expect([code, JSON.parse((await output).out)]).toEqual([0, [null, null, 9229, true]]);
    expect(snapshot).not.toBeNull();
  });

  it.each(Object.entries(KILLS))('a process that another one kills has its snapshot: %s (long)', async (_, kill) => {
    const file = programOf(`
      const { fork } = require('node:child_process');
      if (process.argv[2] === 'child') {
        globalThis.kept = [];
        globalThis.keep = function keep() { for (let i = 0; i < 1000; i++) globalThis.kept.push(BigInt(i + 1) << 4096n); };
        globalThis.keep();
        setInterval(() => {}, 1000);
        process.send('ready');
      } else {
        const child = fork(__filename, ['child'], { detached: true });
        child.once('exit', (code, signal) => console.log(signal));
        child.once('message', () => ${kill});
      }`);
    const { tracer, output } = await followed(file, binary, { start: { mode: 'exact' } });
    expect((await tracer.exited).code).toBe(0);
    await tracer.leaveProcesses();
    expect(await output).toEqual({ out: expect.stringMatching(/^SIG(TERM|KILL|INT)\n$/), err: '' });
    expect(await held(tracer)).toEqual({ child: 1000 });
  });

  it('a process that kills a stopped one does not wait for it', async () => {
    const file = programOf(`
      const { fork } = require('node:child_process');
      const { readFileSync } = require('node:fs');
      if (process.argv[2]) { setInterval(() => {}, 1000); process.send('runs'); return; }
      const child = fork(__filename, ['child']).once('message', () => {
        process.kill(child.pid, 'SIGSTOP');
        while (!readFileSync('/proc/' + child.pid + '/stat', 'latin1').includes(') T ')); // stopping all threads takes a while
        const before = performance.now();
        child.kill('SIGKILL');
        console.log(performance.now() - before);
      });`);
    const { tracer, output } = await followed(file, binary);
    expect((await tracer.exited).code).toBe(0);
    await tracer.leaveProcesses();
    expect(Number((await output).out)).toBeLessThan(5_000); // it would wait for 10 s
  });

  it('a program that kills itself has its snapshot', async () => {
    const file = programOf("globalThis.kept = 'x'.repeat(10); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);");
    const { tracer } = await followed(file, binary);
    const { signal, snapshot, error } = await tracer.exited;
    expect({ signal, error }).toEqual({ signal: 'SIGTERM', error: null });
    expect(snapshot).not.toBeNull();
  });

  it('node --watch: the program has its own pid, not that of the process that watches', async () => {
    const file = programOf('console.log(process.pid); setInterval(() => {}, 1000)');
    const tracer = await launch(file, { execPath: binary.execPath, execArgv: ['--watch'], stdio: 'pipe', follow: true, detached: true });
    reapLater(async () => {
      await tracer.kill('SIGKILL', { atOnce: true, group: true });
      await tracer.exited;
    });
    const said = new Promise((resolve) => tracer.stdout!.once('data', (data) => resolve(Number(data))));
    await tracer.start();
    expect(await said).toBe(tracer.pid);
  });

  it('node --test: each test file, below the process that only starts them (long)', async () => {
    const folder = temporaryFolder();
    const files = ['a', 'b'].map((name) => join(folder, `${name}.cjs`));
    const output = join(folder, 'all.tmsnap');
    const code = "require('node:fs').writeFileSync(__filename + '.seen', process.execArgv.join(' ') + process.env.NODE_OPTIONS);";
    for (const file of files) writeFileSync(file, code);
    for (const given of [files, files.slice(0, 1)]) {
      const args = ['run', '--follow', '--force', '--node', binary.execPath, '--node-arg=--test', '-o', output, ...given];
      const { code: exitCode, stderr } = await runCommand(args);
      expect(exitCode).toBe(0);
      const [, tree] = /processes:\n([\s\S]*?)\n\n/.exec(stderr)!;
      const rows = tree!.split('\n').map((row) => row.replace(/\d+ {2}| {2}[\d.]+ \w+$/g, ''));
      const runner = given.map((file, i) => (i === 0 ? basename(file) : file)).join(' ');
      const only = binary.major >= 20 ? '  (not traced: it only starts the others)' : '';
      expect(rows[0]).toBe(`${runner.length > 60 ? `${runner.slice(0, 60)}...` : runner}${only}`);
      expect(rows.slice(1).sort()).toEqual(given.map((file) => `  ${basename(file)}`));
    }
    for (const file of files) expect(readFileSync(`${file}.seen`, 'utf8')).not.toMatch(/follow\.cjs|publish-uid=http\b/);
  });

  it('processes that start after we have left run as they would without us (matrix)', async () => {
    const { tracer, output } = await followed(PROGRAM, binary);
    // Other tests have such folders, too, so ours is asked of the environment with which the program was started.
    const [, folder] = /"folder":"([^"]+)"/.exec(readFileSync(`/proc/${tracer.pid}/environ`, 'utf8'))!;
    expect(existsSync(folder!)).toBe(true);
    await tracer.leaveProcesses();
    expect((await tracer.exited).code).toBe(0);
    expect((await output).out).toMatch(/\ndone\n$/);
    expect(existsSync(folder!)).toBe(false);
  });
});

describe('follow through other tools', () => {
  it('jest: each of its workers (long)', async () => {
    const folder = temporaryFolder();
    for (const name of ['a', 'b', 'c']) {
      writeFileSync(join(folder, `${name}.test.js`), `globalThis.kept = []; test('${name}', () => {});`);
    }
    writeFileSync(join(folder, 'package.json'), '{"name": "traced"}');
    const { tracer, output } = await followed(
      repoPath('node_modules', 'jest', 'bin', 'jest.js'),
      { execPath: process.execPath },
      {
        args: ['--maxWorkers=2', '--workerThreads=false', '--rootDir', folder],
        cwd: folder,
      },
    );
    const { code } = await tracer.exited;
    await tracer.leaveProcesses();
    expect({ code, err: (await output).err }).toEqual({ code: 0, err: expect.stringMatching(/3 passed, 3 total/) });
    const workers = tracer.processes.filter(({ argv }) => argv[1]?.endsWith('processChild.js'));
    expect(workers.length).toBeGreaterThanOrEqual(2); // jest also starts processes that look for its files
    for (const { problem } of workers) expect(await problem).toBeNull();
  });

  (existsSync(NPM) ? it : it.skip)('npm: the script that it runs in a shell', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src', 'app.cjs'), "globalThis.kept = 'x'.repeat(10); console.log('app ran');");
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'traced', scripts: { start: 'node src/app.cjs' } }));
    const { tracer, output } = await followed(NPM, { execPath: process.execPath }, { args: ['start'], cwd: folder });
    expect((await tracer.exited).code).toBe(0);
    await tracer.leaveProcesses();
    expect((await output).out).toMatch(/app ran/);
    expect(tracer.processes.map(({ argv }) => argv[1])).toEqual([join(folder, 'src', 'app.cjs')]);
  });
});
