import { afterEach, describe, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { runCommand, startCommand } from '../../helpers/command.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { startPlain } from '../../helpers/plain-process.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const ALIVE = 'setInterval(() => {}, 1000)';

describe.each(nodeBinaries())('Node $major', ({ major, execPath }) => {
  it('tracemalloc attach PID: says so, prints the table, leaves the inspector closed', async () => {
    const code = 'globalThis.kept = []; setInterval(function work() { kept.push(new Array(1000).fill(0)); }, 1)';
    const target = await startPlain(execPath, code, { execArgv: ['--inspect-port=0', '--max-inlined-bytecode-size=0'] });
    for (const how of [[`${target.pid}`], ['--pid', `${target.pid}`]]) {
      const { code: exitCode, stdout, stderr } = await runCommand(['attach', ...how, '--duration', '200ms', '--interval', '64']);
      const [opened, ...rest] = stderr.trim().split('\n').reverse();
      expect(opened).toMatch(new RegExp(`^opened the inspector of process ${target.pid} on 127.0.0.1:\\d+; it is closed when we leave$`));
      expect(rest).toEqual(how.length > 1 ? [] : [`${target.pid} is taken as a pid: no inspector answers on port ${target.pid}`]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/ work$/m);
      const { stdout: list } = await runCommand(['list', '--json']);
      expect(JSON.parse(list).find(({ pid }: { pid: number }) => pid === target.pid)).toMatchObject({ inspector: 'closed', port: null });
    }
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
      title: expect.stringMatching(/^node --inspect-port=0 -e /),
    });
    expect(rows.find(({ pid }) => pid === open.pid)).toMatchObject({ inspector: 'open', port: open.port, workers: 0 });
    expect(rows.filter(({ title }) => title.includes(`:${open.port}/`))).toEqual([]); // the tracer's caretaker
    await tracer.close();
    const { stdout } = await runCommand(['list']);
    expect(stdout).toMatch(/^ *pid +inspector +port +workers +node +program$/m);
    expect(stdout).toMatch(new RegExp(`^ *${open.pid} +open +${open.port} +0 +v${major}\\S+ +/.*target\\.cjs$`, 'm'));
  });
});

const execPath = process.execPath;

it('Ctrl-C: the result, and the inspector closed', async () => {
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
