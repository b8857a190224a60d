import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readProc } from '../../../src/discovery/proc.js';
import { Snapshot } from '../../../src/index.js';
import { runCommand, startCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const ROWS = 20_000;
/** Keeps BigInts of 152 bytes, made on line 2, and ends with 3. */
const KEEPING = `globalThis.kept = (function keep() {
  return Array.from({ length: ${ROWS} }, (_, i) => BigInt(i + 1) << 1024n);
})();
process.exitCode = 3;`;

/** A folder with two scripts, a package.json and a command as pnpm makes it. `node` is the first of its PATH. */
function project(execPath: string): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = temporaryFolder();
  const bin = join(cwd, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(cwd, 'node_modules', 'tool'));
  for (const name of ['a.cjs', 'b.cjs', 'node_modules/tool/cli.js']) writeFileSync(join(cwd, name), KEEPING);
  writeFileSync(join(cwd, 'package.json'), '{"scripts": {"start": "node a.cjs"}}');
  writeFileSync(join(bin, 'tool'), '#!/bin/sh\nbasedir=$(dirname "$0")\nexec node "$basedir/../tool/cli.js" "$@"\n');
  writeFileSync(join(bin, 'node'), `#!/bin/sh\nexec "${execPath}" "$@"\n`);
  for (const name of ['tool', 'node']) chmodSync(join(bin, name), 0o755);
  return { cwd, env: { PATH: `${bin}:${process.env.PATH}` } };
}

/** Resolves when a process has ended that is not ours. */
async function ended(pid: number): Promise<void> {
  while (readProc(pid) !== null && readProc(pid)!.state !== 'Z') await new Promise((resolve) => setImmediate(resolve));
}

/** The bytes of a script's own row in a snapshot, as a share of what it keeps. */
function keptBy(script: string, file: string): number {
  const rows = Snapshot.load(file)
    .statistics('filename')
    .filter(({ traceback }) => traceback.frames[0]!.filename.endsWith(script));
  return rows.reduce((sum, { size }) => sum + size, 0) / (ROWS * 152);
}

describe.each(oldestAndNewest())('run with a command, Node $major', ({ execPath }) => {
  it.each([
    ['node itself', ['node', '--max-old-space-size=200', 'a.cjs'], 'a.cjs', 'node'],
    ['a shim of a package manager', ['tool', '--flag'], 'tool/cli.js', 'tool'],
    ['a path', ['node_modules/.bin/tool'], 'tool/cli.js', 'tool'],
  ])('%s', async (_, words, script, name) => {
    const { cwd, env } = project(execPath);
    const { code, stderr } = await runCommand(['run', '--', ...words], { cwd, env });
    expect([code, stderr]).toEqual([3, expect.stringContaining(script)]);
    const saved = readdirSync(cwd).filter((file) => file.endsWith('.tmsnap'));
    expect(saved).toEqual([expect.stringMatching(`^${name}\\.\\d+\\.tmsnap$`)]);
    expect(Math.abs(keptBy(script, join(cwd, saved[0]!)) - 1)).toBeLessThan(0.4); // about 100 samples
  });

  it('a line for the shell, whose processes start at once, with true lines', async () => {
    const { cwd, env } = project(execPath);
    const args = ['run', '--shell', '--lines', '-o', 's.tmsnap', 'node a.cjs & node b.cjs & wait'];
    const { code, stderr } = await runCommand(args, { cwd, env });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^3 processes:\n\d+ +node a\.cjs & node b\.cjs & wait +\(not traced: it only starts the others\)$/m);
    for (const script of ['a.cjs', 'b.cjs']) {
      expect(stderr).toMatch(new RegExp(` ${script.replace('.', '\\.')}:2\\b`));
      expect(Math.abs(keptBy(script, join(cwd, 's.tmsnap')) - 1)).toBeLessThan(0.4);
    }
  });

  it('npm start (matrix)', async () => {
    const { cwd, env } = project(execPath);
    const { code, stderr } = await runCommand(['run', '-o', 's.tmsnap', 'npm', 'start'], { cwd, env });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^2 processes:\n\d+ +npm start +\S+ \S+\n +\d+ +a\.cjs +\S+ \S+$/m);
    expect(Math.abs(keptBy('a.cjs', join(cwd, 's.tmsnap')) - 1)).toBeLessThan(0.4);
  });
});

it('a command that starts no Node process says so', async () => {
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = await runCommand(['run', '--', 'echo', 'hello'], { cwd });
  expect([code, stdout]).toEqual([1, 'hello\n']);
  expect(stderr).toMatch(/^tracemalloc: \S*echo has started no Node process that can be traced: it ended with exit code 0\n$/);
  expect(readdirSync(cwd)).toEqual([]);
});

it('a command that has not started node yet ends with Ctrl-C, and all that it has started', async () => {
  const command = startCommand(['run', '--shell', 'sh -c \'echo "pid $$"; exec sleep 1000\''], { cwd: temporaryFolder() });
  const pid = Number(await command.waitFor('stdout', /pid (\d+)/));
  command.child.kill('SIGINT');
  const { code, stderr } = await command.exited;
  expect([code, stderr]).toEqual([1, expect.stringMatching(/ has started no Node process that can be traced: it was interrupted\n$/)]);
  await ended(pid);
});

it('what may be a script and a command is a script, and that is said', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'ls'), KEEPING);
  const { code, stderr } = await runCommand(['run', 'ls'], { cwd });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^ls is a file here, and a command, too: the file is run; for the command write \/\S*\/ls$/m);
});

it('options of node are refused for a command, which starts node by itself', async () => {
  const { code, stderr } = await runCommand(['run', '--node-arg=--expose-gc', 'echo'], { cwd: temporaryFolder() });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/echo is a command, which starts node by itself: leave out --node and --node-arg/),
  ]);
});
