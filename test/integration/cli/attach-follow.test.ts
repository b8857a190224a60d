import { on, once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inspectorAmong, listenersOf } from '../../../src/discovery/inspectable.js';
import { lookAt } from '../../../src/discovery/process-identity.js';
import { programsInTree } from '../../../src/discovery/running-programs.js';
import { Snapshot } from '../../../src/index.js';
import { runCommand, startCommand } from '../../helpers/command.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { startPlain } from '../../helpers/plain-process.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

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
      command.waitFor('stderr', new RegExp(`(?:tracing process \\d+: [^]*){${count - 1}}tracing process (\\d+):`));
    await tracing(4);
    child.stdin.write('one more\n');
    const late = await tracing(5);
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
