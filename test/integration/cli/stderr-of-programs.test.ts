import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { reapLater, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** Writes to stderr, and 50 times more when its controller is gone. Says the outcome on stdout. */
const WRITER = `
  const controller = process.ppid;
  let left = 50;
  let i = 0;
  process.on('exit', (code) => console.log('ended with ' + code));
  const timer = setInterval(() => {
    process.stderr.write('line ' + i++ + '\\n');
    if (process.ppid !== controller && left-- === 0) clearInterval(timer);
  }, 10);`;

/** Leaves a process behind that has its stderr, and writes to it when the named file exists. */
const LEAVING = `
  const { spawn } = require('node:child_process');
  const { existsSync } = require('node:fs');
  const [name, role] = process.argv.slice(2);
  if (role === 'left') {
    setInterval(() => {
      if (existsSync(name)) process.stderr.write('last words\\n', () => process.exit());
    }, 10);
  } else {
    process.stderr.write('first words\\n');
    spawn(process.execPath, [__filename, name, 'left'], { detached: true, stdio: 'inherit' }).unref();
  }`;

function program(code: string): string {
  const file = join(temporaryFolder(), 'app.cjs');
  writeFileSync(file, code);
  return file;
}

describe.each(oldestAndNewest())("a program's stderr, Node $major", ({ execPath }) => {
  it.each([
    [[], ''],
    [['--follow'], ' (matrix)'],
  ])('goes on when the command is killed, without what Node says of its inspector: run %j%s', async (options) => {
    const cwd = temporaryFolder();
    const command = startCommand(['run', ...options, '--node', execPath, '-o', 'x.tmsnap', program(WRITER)], { cwd });
    await command.waitFor('stderr', /^(line 3)$/m);
    command.child.kill('SIGKILL');
    const { signal, stdout, stderr } = await command.exited; // and the program has, too, because it has the same streams
    expect([signal, stdout]).toEqual(['SIGKILL', 'ended with 0\n']);
    const lines = stderr.split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(50);
    expect(lines).toEqual(lines.map((_, index) => `line ${index}`));
  });

  it.each([[[]], [['--follow']]])('a process that still has it does not delay the command: run %j (matrix)', async (options) => {
    const cwd = temporaryFolder();
    const go = join(cwd, 'go');
    reapLater(async () => writeFileSync(go, ''));
    const command = startCommand(['run', ...options, '--node', execPath, '-o', 'x.tmsnap', program(LEAVING), go], { cwd });
    await once(command.child, 'exit');
    expect(command.child.exitCode).toBe(0);
    expect(existsSync(join(cwd, 'x.tmsnap'))).toBe(true);
    writeFileSync(go, '');
    const { stderr } = await command.exited;
    expect(stderr).toMatch(/^first words\n[\s\S]*snapshot saved as x\.tmsnap\nlast words\n$/);
    expect(stderr).not.toMatch(/Debugger|Waiting/);
  });
});
