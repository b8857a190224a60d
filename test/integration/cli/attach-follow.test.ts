import { on, once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inspectorAmong, listenersOf } from '../../../src/discovery/inspectable.js';
import { isOurs, lookAt } from '../../../src/discovery/process-identity.js';
import { programsInTree } from '../../../src/discovery/running-programs.js';
import { Snapshot } from '../../../src/index.js';
import { runCommand, startCommand } from '../../helpers/command.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { startPlain } from '../../helpers/plain-process.js';
import { reapLater, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** The functions that hold memory in a file, the largest first. */
function keepers(file: string): string[] {
  return Snapshot.load(file)
    .statistics('function')
    .filter(({ size }) => size > 100_000)
    .map(({ traceback }) => traceback.at(-1)!.functionName);
}

describe.each(nodeBinaries())('attach --follow on Node $major', ({ execPath }) => {
  it('traces the processes below, and those that start meanwhile, and closes all inspectors (matrix)', async () => {
    const cwd = temporaryFolder();
    // All inspectors of the tree open on one port, as on 9229, but on one of our own: other tests run beside.
    const env = { NODE_OPTIONS: `--inspect-port=${await freePort()}` };
    const { child, pid: root } = await startPlain(execPath, '', {
      command: [execPath, repoPath('fixtures/programs/tree/cluster.cjs')],
      env,
    });
    const command = startCommand(['attach', `${root}`, '--follow', '--duration', '10m', '-o', 's.tmsnap'], { cwd });
    const tracing = (count: number) =>
      command.waitFor('stderr', new RegExp(`((?:tracing process \\d+: [^]*?){${count}}|.* is not traced: .*)`));
    expect(await tracing(4)).not.toContain('is not traced');
    child.stdin.write('one more\n');
    const late = /tracing process (\d+): (?!.*tracing process)/s.exec(await tracing(5))?.[1];
    const programs = await programsInTree(root);
    await keptByAll(
      child.stdout,
      programs.map(({ pid }) => pid),
    );
    command.child.kill('SIGINT');
    const { code, stderr, stdout } = await command.exited;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^5 processes:\n\d+ {2}cluster\.cjs {2}\S+ [KM]iB$/m)]);
    expect(stderr).not.toContain('no snapshot');
    expect(stdout).toMatch(/cluster\.cjs:\d+ keep/);
    const files = programs.map(({ pid }) => `s.tmsnap.${pid}`);
    expect(readdirSync(cwd).sort()).toEqual(['s.tmsnap', ...files].sort());
    expect(files).toContain(`s.tmsnap.${late}`);
    expect(programs.map(({ pid, script }) => [basename(script!), keepers(join(cwd, `s.tmsnap.${pid}`))[0]]).sort()).toEqual([
      ['below.cjs', 'below'],
      ['below.cjs', 'below'],
      ['cluster.cjs', 'keep'],
      ['cluster.cjs', 'keep'],
      ['cluster.cjs', 'keep'],
    ]);
    for (const { pid } of programs) expect(await inspectorAmong(await listenersOf(lookAt(pid)))).toBeNull();
  });
});

interface Following {
  readonly args?: readonly string[];
  /** Of the command. */
  readonly options?: readonly string[];
  /** What starts the command. */
  readonly through?: readonly string[];
  readonly duration?: string;
}

/** Attaches to a program of `fixtures/programs/tree` and all below it. Inspectors open on a port of their own, as in the test above. */
async function follow(file: string, { args = [], options = [], through = [], duration = '10m' }: Following = {}) {
  const cwd = temporaryFolder();
  const env = { NODE_OPTIONS: `--inspect-port=${await freePort()}` };
  const program = await startPlain('', '', { command: [process.execPath, repoPath('fixtures/programs/tree', file), ...args], env });
  const command = startCommand(['attach', `${program.pid}`, '--follow', '--duration', duration, '-o', 's.tmsnap', ...options], {
    cwd,
    env: { TRACEMALLOC_SPOOL: join(cwd, 'spool') },
    through,
  });
  return { ...program, command, cwd };
}

/** Those that do not end with their parents. */
function killLater(...pids: readonly number[]): void {
  reapLater(async () => {
    for (const pid of pids) if (isOurs(pid)) process.kill(pid, 'SIGKILL');
  });
}

it('attach --follow keeps the processes of a parent that ends first, and ends when all have ended', async () => {
  const { pid, kill, command, cwd } = await follow('orphan.cjs');
  const below = (await programsInTree(pid)).find((program) => program.pid !== pid)!.pid;
  killLater(below);
  await command.waitFor('stderr', new RegExp(`tracing process (${below}):`));
  await kill();
  process.kill(below, 'SIGUSR2');
  const late = await command.waitFor('stderr', new RegExp(`tracing process (?!${pid}|${below})(\\d+):`));
  process.kill(below, 'SIGTERM');
  const { code, stderr } = await command.exited;
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^3 processes:$/m)]);
  expect(readdirSync(cwd).sort()).toEqual(['s.tmsnap', `s.tmsnap.${late}`]); // the others were killed
});

it('attach --follow closes the inspector of a worker that starts as that of its primary opens (long)', async () => {
  const { pid, command } = await follow('late-worker.cjs');
  await command.waitFor('stderr', /(?:tracing process \d+: [\s\S]*)tracing process (\d+):/);
  const programs = await programsInTree(pid);
  command.child.kill('SIGINT');
  await expect(command.exited).resolves.toMatchObject({ code: 0 });
  expect(programs).toHaveLength(2);
  for (const one of programs) expect(await inspectorAmong(await listenersOf(lookAt(one.pid)))).toBeNull();
});

it('attach --follow names the processes that it cannot attach to, and traces the others (long)', async () => {
  const { pid, command, waitFor } = await follow('awkward.cjs');
  const kinds: Record<string, number> = JSON.parse(await waitFor('stdout', /^(\{.*\})$/m));
  killLater(...Object.values(kinds));
  // The busy one is attached to last: it keeps the port.
  await command.waitFor('stderr', new RegExp(`tracing process (${kinds.busy}):`));
  command.child.kill('SIGINT');
  const { code, stderr } = await command.exited;
  expect(code).toBe(0);
  const rowOf = (kind: string) => new RegExp(`^ +${kinds[kind]} .*$`, 'm').exec(stderr)?.[0];
  for (const kind of ['plain', 'busy', 'waiting']) expect(rowOf(kind)).toMatch(/ {2}[\d.]+ (?:[KM]i)?B$/);
  expect(rowOf('stopped')).toMatch(/no snapshot: .* is stopped and cannot open its inspector; let it go on/);
  // The busy one may have the port by the time that is sure.
  expect(rowOf('handler')).toMatch(/no snapshot: .* (?:it has a handler of its own for this signal|is held by process \d+ )/);
  expect(rowOf('withoutHandler')).toMatch(/no snapshot: .* has removed Node's handler for SIGUSR1/);
  for (const kind of ['stopped', 'handler', 'withoutHandler'])
    expect(stderr).toMatch(new RegExp(`^process ${kinds[kind]} is not traced: `, 'm'));
  // Nobody is harmed.
  const programs = await programsInTree(pid);
  expect(programs.map((one) => one.pid).sort()).toEqual([pid, ...Object.values(kinds)].sort());
  const open = await Promise.all(
    programs.map(async (one) => ((await inspectorAmong(await listenersOf(lookAt(one.pid)))) ? [one.pid] : [])),
  );
  expect(open.flat().sort()).toEqual([kinds.busy, kinds.waiting].sort());
  expect(stderr).toContain(`the inspector of process ${kinds.busy} is still open`);
});

it('attach --follow says once that it has no file descriptors left, and traces what it can (long)', async () => {
  const limit = 110;
  const through = ['/bin/sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'];
  const { pid, command } = await follow('many.cjs', { through, args: ['20'], duration: '1s' });
  const programs = await programsInTree(pid);
  const { code, stderr } = await command.exited;
  expect([code, stderr.match(/^tracemalloc has \d+ of its (?=110 file descriptors left)/gm)]).toEqual([0, [expect.anything()]]);
  const missing = stderr.match(/\(no snapshot: we had no file descriptors left for it\)$/gm) ?? [];
  const saved = stderr.match(/^snapshot saved as s\.tmsnap\.\d+$/gm) ?? [];
  expect([missing.length > 0, saved.length > 0, missing.length + saved.length]).toEqual([true, true, 20]);
  for (const one of programs) expect(await inspectorAmong(await listenersOf(lookAt(one.pid)))).toBeNull();
});

it('attach --follow --push sends the snapshots of each process, as its own', async () => {
  const { pid, command, cwd } = await follow('many.cjs', { args: ['2'], options: ['--push', 'folder:fleet', '--service', 'many'] });
  await command.waitFor('stderr', /(?:tracing process \d+:[\s\S]*)tracing process (\d+):/);
  const pids = (await programsInTree(pid)).map((program) => program.pid).sort();
  command.child.kill('SIGINT');
  expect(await command.exited).toMatchObject({ code: 0, stderr: expect.not.stringContaining('wait in') });
  const files = readdirSync(join(cwd, 'fleet', 'many'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmsnap'));
  const captures = files.map((file) => Snapshot.load(join(cwd, 'fleet', 'many', file)).capture);
  expect(captures.map(({ resource }) => Number(resource!['process.pid'])).sort()).toEqual(pids);
  expect(captures.map(({ target }) => target.pid).sort()).toEqual(pids);
  expect(new Set(captures.map(({ tracing }) => tracing)).size).toBe(2);
});

it.each([
  [['--diff'], /--follow takes one snapshot of each process; --diff is for a single process: leave it out$/m],
  [['--port', '9229'], /name one target/],
])('attach --follow refuses %j', async (args, message) => {
  const { code, stderr } = await runCommand(['attach', '1', '--follow', ...args], { cwd: temporaryFolder() });
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});

it('attach --follow says so if there is no Node process', async () => {
  const { pid } = await startPlain('', '', { command: ['/bin/sh', '-c', 'echo ready; exec sleep 600'] });
  const { code, stderr } = await runCommand(['attach', `${pid}`, '--follow'], { cwd: temporaryFolder() });
  expect([code, stderr]).toEqual([2, expect.stringContaining(`neither process ${pid} nor any below it is a Node process`)]);
});

/** Waits until each process has kept 10,000 more objects: it prints its pid for each 1,000. */
async function keptByAll(stdout: Readable, pids: readonly number[]): Promise<void> {
  const waiting = new Map(pids.map((pid) => [`${pid}`, 10]));
  for await (const [text] of on(stdout, 'data')) {
    for (const pid of String(text).split('\n')) {
      const times = waiting.get(pid);
      if (times === 1) waiting.delete(pid);
      else if (times !== undefined) waiting.set(pid, times - 1);
    }
    if (waiting.size === 0) return;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
