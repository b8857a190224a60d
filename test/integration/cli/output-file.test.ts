import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { callCommand, startCommand } from '../../helpers/command.js';
import { repoPath } from '../../helpers/paths.js';
import { enterTemporaryFolder, reapTargets, startTarget } from '../../helpers/target-process.js';
import { commandLine, hasTerminal, startInTerminal } from '../../helpers/terminal.js';

const PROGRAM = "const { writeFileSync } = require('node:fs'); writeFileSync('ran', '');";
/** Nothing listens there. A command that reports this has passed all checks before its work. */
const NO_TARGET = '127.0.0.1:1';

let cwd = '';
const tracemalloc = (...args: readonly string[]) => callCommand(args);
const path = (name: string) => join(cwd, name);
const content = (name: string) => readFileSync(path(name), 'latin1');

beforeEach(() => {
  cwd = enterTemporaryFolder();
  Snapshot.fromTraces([{ size: 5000, count: 50, frames: [['/srv/main.js', 1]] }]).dump(path('now.tmsnap'));
  writeFileSync(path('app.cjs'), PROGRAM);
});
afterEach(reapTargets);

/** Each command that writes a file, and the beginning of what it writes. */
const WRITERS = [
  ['export', 'out.csv', /^size,count,/, ['export', 'now.tmsnap', '-o', 'out.csv']],
  ['report', 'out.html', /^<!doctype html>/, ['report', 'now.tmsnap', '-o', 'out.html']],
  ['run', 'out.tmsnap', /^\x89TMSNAP/, ['run', '-o', 'out.tmsnap', 'app.cjs']],
] as const;
const ATTACH = ['attach', NO_TARGET, '-o', 'out.tmsnap'];

it.each([
  ['run', ['run', '-o', '-', 'app.cjs']],
  ['attach', ['attach', NO_TARGET, '-o', '-']],
])('%s has no text for stdout', async (_, args) => {
  const { code, stderr } = await tracemalloc(...args);
  expect([code, stderr]).toEqual([2, 'tracemalloc: a snapshot cannot go to stdout; name a file (./- for one that is called -)\n']);
  expect(readdirSync(cwd).sort()).toEqual(['app.cjs', 'now.tmsnap']);
});

describe.each([...WRITERS, ['attach', 'out.tmsnap', /./, ATTACH]] as const)('%s, if %s', (name, file, _, args) => {
  it('exists, refuses before any work, keeps the file, and names --force', async () => {
    writeFileSync(path(file), 'mine');
    expect(await tracemalloc(...args)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `tracemalloc: ${file} already exists; choose another name, or replace it with --force\n`,
    });
    expect(content(file)).toBe('mine');
    expect(existsSync(path('ran'))).toBe(false);
  });

  it.each([
    ['a missing folder', 'no/such/x.csv', 'there is no such folder; make it, or choose another place'],
    ['a folder', 'folder.csv', 'it is a folder; choose a name in it'],
    ['a folder that is a file', 'now.tmsnap/x.csv', 'there is no such folder; make it, or choose another place'],
    ['a name that is too long', `${'x'.repeat(300)}.csv`, 'the name is too long; choose another'],
  ])('would be in or is %s, begins no work', async (_, output, reason) => {
    mkdirSync(path('folder.csv'));
    const { code, stdout, stderr } = await tracemalloc(...args.map((arg) => (arg === file ? output : arg)));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^tracemalloc: cannot write ${output.slice(0, 100)}.*: ${reason}\n$`));
    expect(readdirSync(cwd).sort()).toEqual(['app.cjs', 'folder.csv', 'now.tmsnap']);
  });

  (hasTerminal ? it : it.skip)('is there, asks at a terminal (long)', async () => {
    writeFileSync(path(file), 'mine');
    for (const refusal of ['n\r', '\r', '\u0003', '\u0004']) {
      const terminal = startInTerminal(commandLine(...args), { cwd });
      await terminal.waitFor(/(Replace it\? \[y\/N\] )/);
      terminal.type(refusal);
      expect([await terminal.exited, terminal.written()]).toEqual([1, expect.stringContaining(`${file} already exists`)]);
    }
    expect([content(file), existsSync(path('ran'))]).toEqual(['mine', false]);
    const terminal = startInTerminal(commandLine(...args), { cwd });
    await terminal.waitFor(/(Replace it\? \[y\/N\] )/);
    terminal.type('y\r');
    expect(await terminal.exited).toBe(name === 'attach' ? 1 : 0);
    expect(content(file) === 'mine').toBe(name === 'attach'); // attach had no target
  });
});

describe.each(WRITERS)('%s --force', (_name, file, beginning, args) => {
  const force = [args[0], '--force', ...args.slice(1)];

  it('replaces the existing file, also through a link', async () => {
    writeFileSync(path('real'), 'mine');
    symlinkSync('real', path(file));
    expect(await tracemalloc(...force)).toMatchObject({ code: 0 });
    expect(content('real')).toMatch(beginning);
    expect(
      readdirSync(cwd)
        .filter((name) => name !== 'ran')
        .sort(),
    ).toEqual(['app.cjs', 'now.tmsnap', file, 'real'].sort());
  });

  (existsSync('/dev/full') ? it : it.skip)('tells of a full disk in one line', async () => {
    const format = args[0] === 'export' ? ['--format', 'csv'] : [];
    const full = [args[0], ...format, ...args.slice(1)].map((arg) => (arg === file ? '/dev/full' : arg));
    const { code, stderr } = await tracemalloc(...full);
    expect(code).toBe(1);
    expect(stderr).toMatch(/(^|\n)tracemalloc: cannot .*\/dev\/full: the disk is full; make room, or choose another place\n$/);
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});

it('run replaces a link that was put under the name meanwhile, and nothing that it points to', async () => {
  writeFileSync(path('victim'), 'mine');
  writeFileSync(path('app.cjs'), "require('node:fs').symlinkSync('victim', 'out.tmsnap');");
  expect(await tracemalloc('run', '-o', 'out.tmsnap', 'app.cjs')).toMatchObject({ code: 0 });
  expect([content('victim'), lstatSync(path('out.tmsnap')).isFile()]).toEqual(['mine', true]);
});

it('attach --force replaces the existing file', async () => {
  const target = await startTarget({ execPath: process.execPath, file: repoPath('fixtures/programs/growing.cjs'), ready: true });
  writeFileSync(path('out.tmsnap'), 'mine');
  const args = ['attach', '--force', '--duration', '100ms', '--port', `${target.port}`, '-o', 'out.tmsnap'];
  expect(await tracemalloc(...args)).toMatchObject({ code: 0 });
  expect(Snapshot.load(path('out.tmsnap')).capture.target.pid).toBe(target.pid);
});

it('--force does not take a sampler over', async () => {
  const target = await startTarget({
    execPath: process.execPath,
    file: repoPath('fixtures/programs/growing.cjs'),
    execArgv: ['--heap-prof', `--heap-prof-dir=${cwd}`],
    ready: true,
  });
  const attaching = ['attach', '--duration', '100ms', '--port', `${target.port}`];
  const { code, stderr } = await tracemalloc(...attaching, '--force');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^tracemalloc: another tool is sampling .*\(--take-over\)\n$/)]);
  expect(await tracemalloc(...attaching, '--take-over')).toMatchObject({ code: 0 });
});

describe('the files beside the output', () => {
  it.each([
    ['--marks', 'out.tmsnap.1'],
    ['--peak', 'out.tmsnap.peak'],
    ['--follow', 'out.tmsnap.4711'],
    ['--checkpoint=1h', 'out.tmsnap.checkpoint'],
    ['--checkpoint=1h', 'out.tmsnap.checkpoint.partial'],
    ['--checkpoint=1h', 'out.tmsnap.4711.checkpoint'],
  ])('run %s leaves %s alone', async (option, file) => {
    writeFileSync(path(file), 'mine');
    expect(await tracemalloc('run', option, '-o', 'out.tmsnap', 'app.cjs')).toMatchObject({
      code: 1,
      stderr: `tracemalloc: ${file} already exists; choose another name, or replace it with --force\n`,
    });
    expect(existsSync(path('ran'))).toBe(false);
    expect(await tracemalloc('run', '-o', 'out.tmsnap', 'app.cjs')).toMatchObject({ code: 0 }); // run without --marks writes no such file
    expect(content(file)).toBe('mine');
  });

  it('run --force leaves none of an earlier call beside its own', async () => {
    for (const name of ['', '.1', '.2']) writeFileSync(path(`out.tmsnap${name}`), 'earlier');
    writeFileSync(path('marks.cjs'), 'debugger;');
    expect((await tracemalloc('run', '--force', '--marks', '-o', 'out.tmsnap', 'marks.cjs')).code).toBe(0);
    expect(readdirSync(cwd).filter((name) => name.startsWith('out.'))).toEqual(['out.tmsnap', 'out.tmsnap.1']);
    expect(content('out.tmsnap.1')).not.toBe('earlier');
  });

  it('attach --checkpoint leaves the checkpoint of another tracing alone', async () => {
    writeFileSync(path('out.tmsnap.checkpoint'), 'mine');
    expect(await tracemalloc(...ATTACH, '--checkpoint', '1h')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tracemalloc: out\.tmsnap\.checkpoint already exists; /),
    });
  });

  it('are named together', async () => {
    for (const name of ['', '.1', '.2', '.3', '.10']) writeFileSync(path(`out.tmsnap${name}`), 'mine');
    expect((await tracemalloc('run', '--marks', '-o', 'out.tmsnap', 'app.cjs')).stderr).toBe(
      'tracemalloc: out.tmsnap, out.tmsnap.1, out.tmsnap.10, 2 more already exist; choose another name for the output, or replace them with --force\n',
    );
  });
});

it('if the folder disappears while the program runs, it says so in one line and exits with 1 (long)', async () => {
  mkdirSync(path('gone'));
  writeFileSync(path('wait.cjs'), "process.stdin.once('data', () => process.exit(0)); console.log('waits');");
  const command = startCommand(['run', '-o', 'gone/out.tmsnap', 'wait.cjs'], { cwd });
  await command.waitFor('stdout', /(waits)/);
  rmdirSync(path('gone'));
  command.child.stdin.write('go\n');
  const { code, stderr } = await command.exited;
  expect(code).toBe(1);
  expect(stderr).toMatch(/\ntracemalloc: cannot save the snapshot to gone\/out\.tmsnap: there is no such folder; .*\n$/);
});

(hasTerminal ? it : it.skip)('after the question, the terminal is the program’s', async () => {
  writeFileSync(path('out.tmsnap'), 'mine');
  writeFileSync(
    path('wait.cjs'),
    "process.stdin.once('data', (text) => { console.log('got ' + text); process.exit(0); }); console.log('waits');",
  );
  const terminal = startInTerminal(commandLine('run', '-o', 'out.tmsnap', 'wait.cjs'), { cwd });
  await terminal.waitFor(/(Replace it\?)/);
  terminal.type('y\r');
  await terminal.waitFor(/(waits)/);
  terminal.type('words\r');
  await terminal.waitFor(/(got words)/);
  expect(await terminal.exited).toBe(0);
});
