import { once } from 'node:events';
import { watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Snapshot, ThreadFilter } from '../../../src/index.js';
import { startCommand } from '../../helpers/command.js';
import { nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const LEAKING = repoPath('fixtures/programs/leaking.cjs');
const LEAKING_WORKER = repoPath('fixtures/programs/leaking-worker.cjs');
const LIMIT = '--max-old-space-size=64';
const NOTICE = 'the program came to its heap limit; what follows is what was alive then\n';
/** Matches the first row of the table. */
const LEAK = /^ *size .*\n *\d\d\.\d MiB .*leaking\.cjs:4 makeRows$/m;

describe.each(oldestAndNewest())('--on-oom on Node $major', ({ execPath }) => {
  it('run prints the lines that hold the heap, and exits with the code of the program', async () => {
    const cwd = temporaryFolder();
    const args = ['run', '--on-oom', '--node', execPath, '--node-arg', LIMIT, '-o', 'oom.tmsnap', LEAKING];
    const command = startCommand(args, { cwd });
    await command.waitFor('stdout', /(ready)/);
    command.child.stdin.write('leak\n');
    const { code, stderr } = await command.exited;
    expect(code).toBe(134);
    expect(stderr).toContain(NOTICE);
    expect(stderr).toMatch(LEAK);
    expect(String(Snapshot.load(join(cwd, 'oom.tmsnap')).statistics('lineno')[0]?.traceback)).toBe(`${LEAKING}:4`);
  });

  it('attach traces until the program ends (matrix)', async () => {
    const target = await startTarget({ execPath, file: LEAKING, execArgv: [LIMIT], ready: true });
    const cwd = temporaryFolder();
    const args = ['attach', '--on-oom', '--checkpoint', '100ms', '-o', 'oom.tmsnap', '--port', `${target.port}`];
    const watcher = watch(cwd);
    const command = startCommand(args, { cwd });
    await once(watcher, 'change'); // its first checkpoint shows that it traces
    watcher.close();
    target.child.stdin.write('leak\n');
    const { code, stdout, stderr } = await command.exited;
    expect([code, stderr]).toEqual([0, `${NOTICE}snapshot saved as oom.tmsnap\n`]);
    expect(stdout).toMatch(LEAK);
    expect(await target.exited).toEqual({ code: null, signal: 'SIGABRT' });
  });
});

describe.each(nodeBinaries())('--on-oom on Node $major', ({ execPath, major }) => {
  it('a worker at its own limit ends as it would without us, and the table shows what it held', async () => {
    const cwd = temporaryFolder();
    const command = startCommand(['run', '--on-oom', '--node', execPath, '-o', 'oom.tmsnap', LEAKING_WORKER], { cwd });
    await command.waitFor('stdout', /(worker: ERR_WORKER_OUT_OF_MEMORY)/);
    command.child.stdin.write('end\n');
    const { code, stderr } = await command.exited;
    expect(code).toBe(3);
    expect(stderr).not.toContain('FATAL ERROR');
    // Node 18 answers the question for the limit only between two turns of the event loop, and this worker fills its heap in one.
    if (major === 18) return;
    expect(stderr).toContain('\nworker 1 (leaker) came to its heap limit; what it held then is shown.\n');
    expect(stderr).not.toContain(NOTICE);
    const snapshot = Snapshot.load(join(cwd, 'oom.tmsnap'));
    expect(snapshot.capture.atHeapLimit).toEqual(['worker 1 (leaker)']);
    const [largest] = snapshot.filterTraces([new ThreadFilter(true, 'worker 1 (leaker)')]).statistics('lineno');
    expect(String(largest!.traceback)).toBe(`${LEAKING_WORKER}:7`);
    expect(largest!.size / 2 ** 20).toBeGreaterThan(30); // of 48 MiB
  }, 60_000);
});

describe.each(oldestAndNewest())('--on-oom --follow on Node $major (long)', ({ execPath }) => {
  it('each process at its own limit', async () => {
    const cwd = temporaryFolder();
    const parent = `
      require('node:child_process').fork(${JSON.stringify(LEAKING_WORKER)}, ['itself'], { execArgv: ['${LIMIT}'] }).once('exit', (code, signal) => {
        console.log(signal);
        (globalThis.keepRows = function keepRows() { for (globalThis.kept = []; ; ) globalThis.kept.push({ row: [1] }); })();
      });`;
    writeFileSync(join(cwd, 'parent.cjs'), parent);
    const args = [
      'run',
      '--follow',
      '--on-oom',
      '--node',
      execPath,
      '--node-arg=--max-old-space-size=48',
      '-o',
      'oom.tmsnap',
      'parent.cjs',
    ];
    const { code, stdout, stderr } = await startCommand(args, { cwd }).exited;
    expect([code, stdout]).toEqual([134, 'SIGABRT\n']);
    expect(stderr.match(/^ *\d+ {2}(?:parent|leaking-worker)\.cjs.* MiB {2}\(at its heap limit\)$/gm)).toHaveLength(2);
    const functions = Snapshot.load(join(cwd, 'oom.tmsnap')).statistics('function').slice(0, 2);
    expect(functions.map(({ traceback }) => traceback.at(-1)?.functionName).sort()).toEqual(['keepRows', 'makeRows']);
  });
});

it('--on-oom --mode objects is refused', async () => {
  const { code, stderr } = await startCommand(['run', '--on-oom', '--mode', 'objects', LEAKING]).exited;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^tracemalloc: object mode has no snapshot at the heap limit, .*leave onOom out\n$/);
});
