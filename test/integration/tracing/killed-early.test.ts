import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isStillThere, lookAt } from '../../../src/discovery/process-identity.js';
import { startCommand } from '../../helpers/command.js';
import { markedProcesses } from '../../helpers/marked-processes.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { startPlain } from '../../helpers/plain-process.js';
import { reapLater, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const LAUNCHER = repoPath('dist', 'test', 'helpers', 'doomed-launcher.js');
const POLL_MS = 20;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

interface Doomed {
  readonly killed: Promise<unknown>;
  readonly stderr: Promise<string>;
}

/** Starts a controller that kills itself, in a temporary folder of its own. */
function startDoomed(args: readonly string[], folder: string): Doomed {
  const doomed = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  reapLater(async () => {
    for (const found of markedProcesses(`TMPDIR=${folder}\0`)) process.kill(Number.parseInt(found, 10), 'SIGKILL');
  });
  return { killed: once(doomed, 'exit'), stderr: text(doomed.stderr) };
}

/** Resolves when neither the program nor a helper of ours is left, with all that was written to stderr. */
async function allGone({ killed, stderr }: Doomed, folder: string): Promise<string> {
  expect(await killed).toEqual([null, 'SIGKILL']);
  await until(() => markedProcesses(`TMPDIR=${folder}\0`).length === 0);
  expect(readdirSync(folder).filter((name) => name.startsWith('node-tracemalloc-'))).toEqual([]);
  return stderr;
}

describe.each(nodeBinaries())('a controller that is killed early, Node $major', ({ execPath }) => {
  const program = (folder: string) => {
    const file = join(folder, 'program.cjs');
    writeFileSync(
      file,
      `require('fs').writeFileSync(${JSON.stringify(join(folder, 'ran'))}, '');
      process.stderr.write('ran\\n');
      const timer = setInterval(() => require('inspector').url() ?? clearInterval(timer), 20);`,
    );
    return file;
  };

  it.each([
    ['launch', ''],
    ['follow', ' (matrix)'],
  ])('%s: when the program has just been spawned, the program is ended before its first line%s', async (verb) => {
    const folder = temporaryFolder();
    await allGone(startDoomed(['spawned', verb, execPath, program(folder)], folder), folder);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it.each(['launch', 'follow'])(
    '%s: when it has just connected, the program runs on, its stderr arrives, and its inspector is closed (matrix)',
    async (verb) => {
      const folder = temporaryFolder();
      const stderr = await allGone(startDoomed(['connected', verb, execPath, program(folder)], folder), folder);
      expect(stderr).toContain('ran\n');
    },
  );

  it('attach: when it has sent the signal, the inspector is closed again', async () => {
    const folder = temporaryFolder();
    const target = await startPlain(execPath, 'setInterval(() => {}, 1000)');
    const doomed = startDoomed(['signalled', 'attach', `${target.pid}`], folder);
    const port = Number(await target.waitFor('stderr', /listening on ws:\/\/127\.0\.0\.1:(\d+)/));
    await allGone(doomed, folder);
    const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    expect([target.child.exitCode, target.child.signalCode]).toEqual([null, null]);
  });

  it('a worker that started when the controller did not listen any more is not left paused', async () => {
    const file = join(temporaryFolder(), 'program.cjs');
    writeFileSync(
      file,
      `process.stdin.once('data', () => {
        new (require('worker_threads').Worker)("console.log('worker ran')", { eval: true }).once('exit', () => process.exit(0));
        console.log('worker made');
      });
      console.log('pid', process.pid);`,
    );
    const command = startCommand(['run', '--node', execPath, '-o', `${file}.tmsnap`, file]);
    const pid = Number(await command.waitFor('stdout', /^pid (\d+)$/m));
    const program = lookAt(pid);
    reapLater(async () => {
      if (isStillThere(program)) process.kill(pid, 'SIGKILL');
    });
    command.child.kill('SIGSTOP');
    command.child.stdin.write('go\n');
    await command.waitFor('stdout', /^(worker made)$/m);
    const { stdout } = command.child;
    command.child.kill('SIGKILL');
    await once(stdout, 'close'); // the program has ended
    expect((await command.exited).stdout).toContain('worker ran');
  });
});
