import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseCommandLine } from '../../../src/discovery/command-line.js';
import { isOurs } from '../../../src/discovery/process-identity.js';
import { attach } from '../../../src/index.js';
import { runCommand, startCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { startPlain } from '../../helpers/plain-process.js';
import { reapLater, reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const ALIVE = 'setInterval(() => {}, 1000)';

describe.each(oldestAndNewest())('Node $major', ({ major, execPath }) => {
  it.each([
    ['PID', (pid: number) => [`${pid}`]],
    ['--pid PID (matrix)', (pid: number) => ['--pid', `${pid}`]],
  ])('says so, prints the table, leaves the inspector closed: tracemalloc attach %s', async (_, how) => {
    const code = 'globalThis.kept = []; setInterval(function work() { kept.push(new Array(1000).fill(0)); }, 1)';
    const target = await startPlain(execPath, code, { execArgv: ['--inspect-port=0', '--max-inlined-bytecode-size=0'] });
    const { code: exitCode, stdout, stderr } = await runCommand(['attach', ...how(target.pid), '--duration', '200ms', '--interval', '64']);
    expect(stderr).toMatch(new RegExp(`^opened the inspector of process ${target.pid} on 127.0.0.1:\\d+; it is closed when we leave\n$`));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ work$/m);
    const { stdout: list } = await runCommand(['list', '--json']);
    expect(JSON.parse(list).find(({ pid }: { pid: number }) => pid === target.pid)).toMatchObject({ inspector: 'closed', port: null });
  });

  it('tracemalloc list: with and without an inspector, with its workers', async () => {
    const workers = (count: number) => `const { Worker } = require('worker_threads');
      let left = ${count}; for (let i = 0; i < ${count}; i++) new Worker('setInterval(() => {}, 1000)', { eval: true })
        .on('online', () => { if (--left === 0) console.log('online'); }); ${ALIVE}`;
    const plain = await startPlain(execPath, workers(3));
    await plain.waitFor('stdout', /(online)/);
    const open = await startTarget({ execPath, code: `${ALIVE}; console.log('ready')`, ready: true });
    const tracer = await attach(open.port);
    const rows: { pid: number; title: string }[] = JSON.parse((await runCommand(['list', '--json'])).stdout);
    expect(rows.find(({ pid }) => pid === plain.pid)).toEqual({
      pid: plain.pid,
      host: null,
      port: null,
      inspector: 'closed',
      nodeVersion: expect.stringMatching(`^v${major}\\.\\d+\\.\\d+$`),
      workers: 3,
      parent: expect.any(Number), // the tests' own process
      rss: expect.any(Number),
      uptime: expect.any(Number),
      launcher: null,
      programs: [],
      script: null,
      args: expect.arrayContaining(['-e']),
      title: expect.stringMatching(/^node -e /),
    });
    expect(rows.find(({ pid }) => pid === open.pid)).toMatchObject({ inspector: 'open', port: open.port, workers: 0 });
    expect(rows.filter(({ title }) => title.includes(`:${open.port}/`))).toEqual([]); // the tracer's caretaker
    await tracer.close();
    const { stdout } = await runCommand(['list']);
    expect(stdout).toMatch(/^ *pid +parent +inspector +port +workers +rss +uptime +node +program$/m);
    expect(stdout).toMatch(
      new RegExp(`^ *${open.pid} +\\d+ +open +${open.port} +0 +[\\d.]+ [KM]iB +\\d+s +v${major}\\S+ +/.*target\\.cjs$`, 'm'),
    );
  });

  it('the options of node whose value is a word of its own', async () => {
    const code = `const options = require('internal/test/binding').internalBinding('options');
      const table = options.getCLIOptions?.() ?? { ...options.getCLIOptionsInfo(), ...options };
      const types = options.types ?? table.types;
      const withValue = ['kInteger', 'kUInteger', 'kString', 'kHostPort', 'kStringList'].map((name) => types[name]);
      console.log(JSON.stringify([...table.options].map(([name, { type }]) => [name, withValue.includes(type)])));`;
    const { stdout } = await promisify(execFile)(execPath, ['--expose-internals', '-e', code]);
    const options: [string, boolean][] = JSON.parse(stdout);
    // They take a value in some versions only, or run no script.
    const others = ['--stack-trace-limit', '--experimental-specifier-resolution', '--eval', '--print', '--test', '--run'];
    const seen = options.filter(([name]) => name.startsWith('--') && !others.includes(name));
    expect(seen.length).toBeGreaterThan(100);
    const scripts = seen.map(([name]) => [name, parseCommandLine(['node', name, 'x', 'app.js']).script]);
    expect(scripts).toEqual(seen.map(([name, hasValue]) => [name, hasValue ? 'app.js' : 'x']));
  });

  it('attach by the name of the script, and by the title (matrix)', async () => {
    const target = await startTarget({ execPath, code: `process.title = 'my-${major}-app'; ${ALIVE}; console.log('ready')`, ready: true });
    const [first] = JSON.parse((await runCommand(['list', '--json'])).stdout).filter(({ pid }: { pid: number }) => pid === target.pid);
    expect(first.title).toBe(`my-${major}-app`);
    for (const name of [first.script, `my-${major}-app`]) {
      const { code, stderr } = await runCommand(['attach', name, '--duration', '1ms']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: `${name} is process ${target.pid}: my-${major}-app\n` });
    }
  });
});

const execPath = process.execPath;

it('Ctrl-C: the result, and the inspector closed (long)', async () => {
  const target = await startPlain(execPath, ALIVE);
  const command = startCommand(['attach', '--pid', `${target.pid}`, '--duration', '1h']);
  await command.waitFor('stderr', /(opened the inspector)/);
  command.child.kill('SIGINT');
  const { code, stdout } = await command.exited;
  expect([code, stdout.startsWith('traced ')]).toEqual([0, true]);
  expect((await runCommand(['attach', '--port', '1', '--duration', '1s'])).stderr).toContain('no inspector at 127.0.0.1:1');
  const again = await runCommand(['attach', '--pid', `${target.pid}`, '--duration', '1ms']);
  expect(again.stderr).toContain('opened the inspector'); // so the first attach had closed it
});

it('if the program closes its inspector meanwhile, it says so in one line and exits with 1', async () => {
  const code = `process.stdin.once('data', () => require('inspector').close()); ${ALIVE}`;
  const target = await startPlain(execPath, code);
  const command = startCommand(['attach', '--pid', `${target.pid}`, '--duration', '1h']);
  await command.waitFor('stderr', /(opened the inspector)/);
  target.child.stdin.write('close\n');
  const result = await command.exited;
  expect([result.code, result.stdout]).toEqual([1, '']);
  expect(result.stderr.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^tracemalloc: .*the program closed its inspector; attach to its pid, which opens it again$/),
    '',
  ]);
  expect(target.child.exitCode).toBeNull();
});

it('attach by the name of a script: several processes, and none (long)', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'twice.cjs'), `${ALIVE}; console.log('ready')`);
  const command = [execPath, '--no-warnings', join(folder, 'twice.cjs')] as const;
  const both = [await startPlain('', '', { command: [...command] }), await startPlain('', '', { command: [...command] })];
  const facts = String.raw`\([\d.]+ MiB, up \d+[sm]\)`;
  expect((await runCommand(['attach', 'twice.cjs'], { cwd: folder })).stderr).toMatch(
    new RegExp(
      `^tracemalloc: 2 processes run twice\\.cjs; name one by its pid: ${both
        .map(({ pid }) => `${pid} ${facts}`)
        .sort()
        .join(' or ')}\\n$`,
    ),
  );
  await both[0]!.kill();
  const { code, stderr } = await runCommand(['attach', './twice.cjs', '--duration', '1ms'], { cwd: folder });
  expect([code, stderr.split('\n')[0]]).toEqual([0, `./twice.cjs is process ${both[1]!.pid}: ${join(folder, 'twice.cjs')}`]);
  await both[1]!.kill();
  expect(await runCommand(['attach', 'twice.cjs'], { cwd: folder })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^tracemalloc: no Node process runs twice\.cjs; to start it: tracemalloc run twice\.cjs, or tracemalloc leaks -- twice\.cjs; tracemalloc list shows those that can be named, .*host:port\n$/,
    ),
  });
});

it('names the program if the pid is that of what started it (long)', async () => {
  const script = join(temporaryFolder(), 'app.cjs');
  writeFileSync(script, `${ALIVE}; console.log('ready')`);
  const shell = await startPlain('', '', { command: ['sh', '-c', '"$0" "$1"; exit', execPath, script] });
  const ofShell = await runCommand(['attach', `${shell.pid}`]);
  reapChild(ofShell.stderr);
  expect(ofShell.stderr).toMatch(
    new RegExp(
      `^tracemalloc: process ${shell.pid} \\(\\w+\\) is not a Node program; below it, Node runs in process \\d+ \\(${script}\\)\n$`,
    ),
  );
  const watcher = await startPlain('', '', { command: [execPath, '--watch', script] });
  const ofWatcher = await runCommand(['attach', `${watcher.pid}`, '--duration', '1ms']);
  reapChild(ofWatcher.stderr);
  expect(ofWatcher.stderr).toMatch(
    new RegExp(`^process ${watcher.pid} is node --watch, which only starts the program; the program is process \\d+\n`),
  );
});

/** Ends the child that a line names last, after its parent. */
function reapChild(line: string): void {
  const pid = Number(/in process (\d+)|program is process (\d+)/.exec(line)?.slice(1).join(''));
  reapLater(async () => void (pid > 1 && isOurs(pid) && process.kill(pid, 'SIGKILL')));
}

it('a number that could also be a port (long)', async () => {
  const target = await startPlain(execPath, ALIVE);
  if (target.pid > 65_535) return; // no port has this number
  const server = createServer((socket) => socket.end('SSH-2.0\r\n')).on('error', () => {});
  await new Promise<void>((resolve) => server.listen(target.pid, '127.0.0.1', resolve).once('error', () => resolve()));
  const { stderr } = await runCommand(['attach', `${target.pid}`, '--duration', '1ms']);
  server.close();
  expect(stderr).toMatch(/^(\d+) is taken as a pid: what listens on port \1 is not the inspector of a Node program\nopened the inspector/);
});

it('a program that collects its coverage keeps it (long)', async () => {
  const folder = temporaryFolder();
  const code = 'function used() {} function unused() {} setInterval(used, 1); process.stdin.once("data", () => process.exit())';
  const target = await startPlain(execPath, code, { env: { NODE_V8_COVERAGE: folder } });
  for (const option of ['--no-inline', '--lines', '--mode=exact', '--mode=objects']) {
    const { code: exitCode, stderr } = await runCommand(['attach', option, '--pid', `${target.pid}`, '--duration', '1ms']);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('collects the coverage of its code (NODE_V8_COVERAGE), and would lose it'),
    ]);
  }
  expect((await runCommand(['attach', '--pid', `${target.pid}`, '--duration', '1ms'])).code).toBe(0);
  target.child.stdin.write('end\n');
  await target.exited;
  const [file] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, file!), 'utf8'));
  const functions = result.flatMap(({ functions }: { functions: object[] }) => functions);
  expect(functions).toContainEqual(expect.objectContaining({ functionName: 'unused', ranges: [expect.objectContaining({ count: 0 })] }));
});

it('refuses no target, two targets, and a target that is neither pid nor port', async () => {
  expect(await runCommand(['attach'])).toMatchObject({ code: 2, stderr: expect.stringContaining('name a target') });
  expect(await runCommand(['attach', '1', '--pid', '2'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not both 1 and process 2'),
  });
  const gone = await startPlain(execPath, ALIVE);
  await gone.kill();
  const { code, stderr } = await runCommand(['attach', `${gone.pid}`]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^tracemalloc: no inspector at 127\.0\.0\.1:\d+: nothing listens there; .*no process of yours has the pid \d+\n$/);
});
