import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, linkSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { runCommand, startCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { reapLater, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const KEEPING = `globalThis.kept = [];
setInterval(function keep() { for (let i = 0; i < 1000; i++) globalThis.kept.push({ row: [i] }); }, 10);
console.log('ready');`;

/** Allocates on lines 4 and 5. */
const IN_LINES = `globalThis.kept = [];
setInterval(function keep() {
  for (let i = 0; i < 1000; i++) {
    globalThis.kept.push({ row: [i] });
    globalThis.kept.push({ text: String(i) + 'abcdefghi' });
  }
}, 10);
console.log('ready');`;

/** Says what `list` and `attach` show of a program under another name than Node's. */
async function shown(
  executable: string,
  args: readonly string[],
  options: readonly string[] = [],
): Promise<{ row: string | undefined; attached: string }> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'app.cjs'), KEEPING);
  const child = spawn(executable, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  reapLater(async () => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const { stdout } = await runCommand(['list']);
  const row = stdout.split('\n').find((line) => Number.parseInt(line, 10) === child.pid);
  const { stdout: attached } = await runCommand(['attach', `${child.pid}`, '--duration', '300ms', ...options], { cwd });
  return { row, attached };
}

describe.each(oldestAndNewest())('a Node with another name, Node $major', ({ major, execPath }) => {
  it('is listed with its script, and can be attached to (matrix)', async () => {
    const renamed = join(temporaryFolder(), 'server');
    const binary = realpathSync(execPath);
    try {
      linkSync(binary, renamed);
    } catch {
      copyFileSync(binary, renamed); // another file system
    }
    const { row, attached } = await shown(renamed, ['app.cjs', '--port', '80']);
    expect(row).toMatch(new RegExp(` v${major}\\..* .*/app\\.cjs --port 80$`));
    expect(attached).toMatch(/ app\.cjs:2 keep$/m);
  });

  // From 25.5 on node itself can make one.
  (major >= 26 ? it : it.skip)('in one file with its program is listed, and can be attached to, with true lines', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'main.cjs'), IN_LINES);
    writeFileSync(join(folder, 'sea.json'), JSON.stringify({ main: 'main.cjs', output: 'server', disableExperimentalSEAWarning: true }));
    execFileSync(execPath, ['--build-sea', 'sea.json'], { cwd: folder, stdio: 'ignore' });
    const server = join(folder, 'server');
    const { row, attached } = await shown(server, ['serve', '--port', '80'], ['--lines']);
    expect(row).toMatch(new RegExp(` v${major}\\..* ${server} serve --port 80$`));
    expect(attached).toMatch(/ main\.cjs:4 keep$/m); // keep starts on line 2
    const run = startCommand(['run', '--lines', server], { cwd: folder });
    await run.waitFor('stdout', /(ready)/);
    run.child.kill('SIGINT');
    expect((await run.exited).stderr).toMatch(/^a script inside of a single executable application has no true lines when it is run/m);
  });
});
