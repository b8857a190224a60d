import { existsSync, mkdirSync, readdirSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Filter, Snapshot } from '../../../src/index.js';
import { type RunningCommand, runCommand, startCommand } from '../../helpers/command.js';
import { nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const MORTAL = repoPath('fixtures/programs/mortal.cjs');
const KEPT = 20_000 * 152;
const EVERY = ['--checkpoint', '100ms'];
const KILLED = 'no last snapshot: the program was killed before it could be asked; what follows is the checkpoint of 20';

function kept(file: string): number {
  return Snapshot.load(file)
    .filterTraces([new Filter(true, MORTAL)])
    .traces.reduce((sum, { size }) => sum + size, 0);
}

function expectKept(file: string): void {
  expect(Math.abs(kept(file) / KEPT - 1)).toBeLessThan(0.4); // there are only about 100 samples
}

/** Resolves when there is a checkpoint that was begun after the call. That is the second one which is dated after it. */
async function checkpointed(folder: string, name: string): Promise<void> {
  const file = join(folder, name);
  const called = Date.now();
  let first = Number.POSITIVE_INFINITY;
  await until(folder, () => {
    const time = existsSync(file) ? Date.parse(Snapshot.load(file).capture.time) : 0;
    if (time >= called) first = Math.min(first, time);
    return time > first;
  });
}

/** Looks again whenever something in the folder changes. */
async function until(folder: string, isThere: () => boolean): Promise<void> {
  if (isThere()) return;
  const watcher = watch(folder);
  await new Promise<void>((resolve) => watcher.on('change', () => isThere() && resolve()));
  watcher.close();
}

async function running(execPath: string, args: readonly string[] = [], options: readonly string[] = []) {
  const cwd = temporaryFolder();
  const command = startCommand(['run', '--node', execPath, ...EVERY, ...options, '-o', 's.tmsnap', MORTAL, ...args], { cwd });
  const pid = Number(await command.waitFor('stdout', /pid (\d+)/));
  return { cwd, command, pid, file: join(cwd, 's.tmsnap') };
}

const tell = (line: string) => (command: RunningCommand) => void command.child.stdin.write(`${line}\n`);

describe.each(oldestAndNewest())('run --checkpoint on Node $major', ({ execPath }) => {
  it.each([
    ['SIGKILL', (_: RunningCommand, pid: number): unknown => process.kill(pid, 'SIGKILL'), 137],
    ['SIGTERM from outside (matrix)', (_: RunningCommand, pid: number): unknown => process.kill(pid, 'SIGTERM'), 143],
    ['an abort (matrix)', tell('abort'), 134],
  ] as const)('%s: the last checkpoint is the result', async (_, end, code) => {
    const { cwd, command, pid, file } = await running(execPath);
    await checkpointed(cwd, 's.tmsnap.checkpoint');
    end(command, pid);
    const { stderr, ...exit } = await command.exited;
    expect(exit.code).toBe(code);
    expect(stderr).toContain(KILLED);
    expect(stderr).toMatch(/mortal\.cjs:\d/);
    expect(readdirSync(cwd).sort()).toEqual(['s.tmsnap', 's.tmsnap.checkpoint']);
    expectKept(file);
  });

  it.each([
    ['process.exit (matrix)', tell('exit'), 3],
    ['a throw (matrix)', tell('throw'), 1],
    ['SIGTERM to us (matrix)', ({ child }: RunningCommand) => child.kill('SIGTERM'), 143],
  ] as const)('%s: there is a last snapshot, and no checkpoint is left', async (_, end, code) => {
    const { cwd, command } = await running(execPath);
    await checkpointed(cwd, 's.tmsnap.checkpoint');
    end(command);
    const { stderr, ...exit } = await command.exited;
    expect(exit.code).toBe(code);
    expect(stderr).not.toContain('checkpoint');
    expect(readdirSync(cwd)).toEqual(['s.tmsnap']);
  });

  it('SIGKILL of the command: the checkpoint is on the disk', async () => {
    const { cwd, command, pid } = await running(execPath);
    await checkpointed(cwd, 's.tmsnap.checkpoint');
    command.child.kill('SIGKILL');
    await command.exited.finally(() => process.kill(pid, 'SIGKILL'));
    expectKept(join(cwd, 's.tmsnap.checkpoint'));
  });

  it('--follow: each process has its own (matrix)', async () => {
    const { cwd, command, pid } = await running(execPath, ['parent'], ['--follow']);
    const child = Number(await command.waitFor('stdout', /child (\d+)/));
    await checkpointed(cwd, `s.tmsnap.${child}.checkpoint`);
    await checkpointed(cwd, `s.tmsnap.${pid}.checkpoint`);
    process.kill(child, 'SIGKILL');
    tell('exit')(command);
    const { code, stderr } = await command.exited;
    expect(code).toBe(3);
    expect(stderr).toMatch(new RegExp(`^ {2}${child} .*\\(the checkpoint of 20.*: it was killed before it could be asked\\)$`, 'm'));
    const files = ['s.tmsnap', `s.tmsnap.${pid}`, `s.tmsnap.${child}`, `s.tmsnap.${child}.checkpoint`];
    expect(readdirSync(cwd).sort()).toEqual(files.sort());
    expectKept(join(cwd, `s.tmsnap.${child}`));
  });
});

describe.each(oldestAndNewest())('run --checkpoint of threads on Node $major', ({ execPath }) => {
  const STUCK = repoPath('fixtures/programs/stuck.cjs');
  const start = (options: readonly string[], args: readonly string[] = []) => {
    const cwd = temporaryFolder();
    const command = startCommand(['run', '--node', execPath, ...EVERY, ...options, '-o', 's.tmsnap', STUCK, ...args], { cwd });
    return { cwd, command };
  };
  const threadsOf = (file: string) => {
    const own = Snapshot.load(file).filterTraces([new Filter(true, STUCK)]).traces;
    const held = (thread: string) => own.reduce((sum, trace) => sum + (trace.thread === thread ? trace.size : 0), 0);
    return [...new Set(own.map(({ thread }) => thread))].sort().map((thread) => [thread, Math.abs(held(thread) / KEPT - 1) < 0.4]);
  };
  const BOTH = [
    ['main', true],
    ['worker 1', true],
  ];

  /** Whether both threads have made everything that they keep. */
  const hasBoth = (file: string) => existsSync(file) && isDeepStrictEqual(threadsOf(file), BOTH);

  it('a checkpoint that lacks a worker, because that never yields, says so and keeps the last whole one (long)', async () => {
    const { cwd, command } = start([]);
    const pid = Number(await command.waitFor('stdout', /pid (\d+)/));
    const file = join(cwd, 's.tmsnap.checkpoint');
    await until(cwd, () => hasBoth(file));
    command.child.stdin.write('stick\n');
    await until(cwd, () => existsSync(`${file}.partial`));
    process.kill(pid, 'SIGKILL');
    const { code, stderr } = await command.exited;
    expect(code).toBe(137);
    expect(stderr).toContain(KILLED);
    expect(Snapshot.load(`${file}.partial`).capture.missing).toEqual([{ thread: 'worker 1', reason: expect.stringMatching(/\S/) }]);
    expect(threadsOf(`${file}.partial`)).toEqual([['main', true]]);
    for (const whole of [file, join(cwd, 's.tmsnap')]) {
      expect(threadsOf(whole)).toEqual(BOTH);
      expect(Snapshot.load(whole).capture.missing).toBeUndefined();
    }
  });

  it('if a process tree is killed, the checkpoint has each thread of each process (long)', async () => {
    const { cwd, command } = start(['--follow'], ['tree']);
    const [child, pid] = (await command.waitFor('stdout', /child (\d+ pid \d+)/)).split(' pid ').map(Number) as [number, number];
    const files = [pid, child].map((one) => join(cwd, `s.tmsnap.${one}.checkpoint`));
    await until(cwd, () => files.every(hasBoth));
    for (const one of [child, pid]) process.kill(one, 'SIGKILL');
    const { code, stderr } = await command.exited;
    expect(code).toBe(137);
    expect(stderr.match(/\(the checkpoint of 20.*: it was killed before it could be asked\)$/gm)).toHaveLength(2);
    for (const file of files) expect(threadsOf(file)).toEqual(BOTH);
    expect(threadsOf(join(cwd, 's.tmsnap'))).toEqual(
      [pid, child]
        .sort((a, b) => (`${a}` < `${b}` ? -1 : 1))
        .flatMap((one) => BOTH.map(([thread, isRight]) => [`${one} stuck.cjs ${thread}`, isRight])),
    );
  });
});

describe('attach --checkpoint', () => {
  const { execPath } = nodeBinaries().at(-1)!;

  it('SIGKILL of the target: the last checkpoint is the result', async () => {
    const target = await startTarget({ execPath, file: repoPath('fixtures/programs/growing.cjs'), ready: true });
    const cwd = temporaryFolder();
    const command = startCommand(['attach', ...EVERY, '-o', 's.tmsnap', '--port', `${target.port}`], { cwd });
    const watcher = watch(cwd);
    await new Promise<void>((resolve) => watcher.on('change', (_, name) => name === 's.tmsnap.checkpoint' && resolve()));
    watcher.close();
    await target.kill();
    const { code, stdout, stderr } = await command.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^no last snapshot: .*; what follows is the checkpoint of 20.*\nsnapshot saved as s\.tmsnap\n$/);
    expect(stdout).toContain('traced ');
    expect(readdirSync(cwd).sort()).toEqual(['s.tmsnap', 's.tmsnap.checkpoint']);
  });

  it('a target that lives leaves no checkpoint (long)', async () => {
    const target = await startTarget({ execPath, file: repoPath('fixtures/programs/growing.cjs'), ready: true });
    const cwd = temporaryFolder();
    const { code } = await runCommand(['attach', ...EVERY, '--duration', '1s', '-o', 's.tmsnap', '--port', `${target.port}`], { cwd });
    expect(code).toBe(0);
    expect(readdirSync(cwd)).toEqual(['s.tmsnap']);
  });

  it('needs a name for the file', async () => {
    const { code, stderr } = await runCommand(['attach', '9229', '--checkpoint', '5s']);
    expect([code, stderr]).toEqual([2, 'tracemalloc: --checkpoint needs -o FILE: the checkpoints are saved as FILE.checkpoint\n']);
  });

  it.each(['0', '10ms', 'often'])('refuses the time %s', async (time) => {
    const { code, stderr } = await runCommand(['attach', '9229', '-o', 'x', '--checkpoint', time]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^tracemalloc: option '--checkpoint <time>' argument .* is invalid\. \S.*\n$/),
    ]);
  });
});

it('a checkpoint that cannot be written is one line, and does not end the program', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'gone'));
  const command = startCommand(['run', ...EVERY, '-o', 'gone/s.tmsnap', MORTAL], { cwd });
  await command.waitFor('stdout', /pid (\d+)/);
  rmSync(join(cwd, 'gone'), { recursive: true });
  await command.waitFor(
    'stderr',
    /((a checkpoint failed, the next one comes: cannot save the snapshot to gone\/s\.tmsnap\.checkpoint: .*\n){2})/,
  );
  tell('exit')(command);
  expect((await command.exited).code).toBe(1);
});
