import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportTo } from '../../../src/formats/index.js';
import { Snapshot } from '../../../src/index.js';
import { callCommand, startCommand } from '../../helpers/command.js';
import { repoPath } from '../../helpers/paths.js';
import { enterTemporaryFolder, reapLater, reapTargets } from '../../helpers/target-process.js';

let cwd = '';
const tracemalloc = (...args: string[]) => callCommand(args);
const main = ['/srv/main.js', 1] as const;

beforeEach(() => {
  cwd = enterTemporaryFolder();
  Snapshot.fromTraces([{ size: 1000, count: 10, frames: [main, ['/srv/load.js', 7]] }]).dump(join(cwd, 'old.tmsnap'));
  Snapshot.fromTraces([{ size: 5000, count: 50, frames: [main, ['/srv/load.js', 7]] }]).dump(join(cwd, 'new.tmsnap'));
});
afterAll(reapTargets);

describe('the format', () => {
  it('by the name of the output', async () => {
    const { code, stdout, stderr } = await tracemalloc('export', 'new.tmsnap', '-o', 'out.speedscope.json');
    expect([code, stdout, stderr]).toEqual([0, '', 'written to out.speedscope.json\n']);
    expect(readFileSync(join(cwd, 'out.speedscope.json'), 'utf8')).toMatch(/^\{"\$schema":"https:\/\/www\.speedscope\.app/);
  });

  it('by --format, to stdout', async () => {
    const { code, stdout, stderr } = await tracemalloc('export', 'new.tmsnap', '--format', 'collapsed', '-o', '-');
    expect([code, stdout, stderr]).toEqual([0, '/srv/main.js:1;/srv/load.js:7 5000\n', '']);
    expect((await tracemalloc('export', 'new.tmsnap', '--format', 'jsonl', '-o', '-')).stdout).toMatch(/^\{"size":5000,/);
  });

  it('--diff', async () => {
    const { stdout } = await tracemalloc('export', 'new.tmsnap', '--diff', 'old.tmsnap', '--format', 'collapsed', '-o', '-');
    expect(stdout).toBe('/srv/main.js:1;/srv/load.js:7 1000 5000\n');
  });

  it('exports a .heapprofile of another tool, and reads the one that it wrote', async () => {
    const file = repoPath('fixtures/profiles/node-26.heapprofile');
    expect((await tracemalloc('export', file, '-o', 'again.heapprofile')).code).toBe(0);
    const total = async (path: string) => JSON.parse((await tracemalloc('stats', path, '--json')).stdout).total;
    expect(await total('again.heapprofile')).toEqual(await total(file));
    expect(await total(file)).toMatchObject({ count: 135 });
  });
});

describe('wrong usage, exit code 2', () => {
  it.each([
    ['no output', ['new.tmsnap'], /required option '-o, --output <file>'/],
    [
      'a name that tells no format',
      ['new.tmsnap', '-o', 'out.txt'],
      /^tracemalloc: the name out\.txt does not tell the format; .*\.pb\.gz \(pprof\).*\n$/,
    ],
    ['stdout without a format', ['new.tmsnap', '-o', '-'], /^tracemalloc: the name - does not tell the format/],
    ['an unknown format', ['new.tmsnap', '--format', 'xml', '-o', '-'], /^tracemalloc: unknown format xml; choose pprof, .*\n$/],
    [
      'a difference that the format cannot hold',
      ['new.tmsnap', '--diff', 'old.tmsnap', '-o', 'out.heapprofile'],
      /^tracemalloc: a heapprofile cannot hold a difference; .*\n$/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await tracemalloc('export', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(readdirSync(cwd).sort()).toEqual(['new.tmsnap', 'old.tmsnap']);
  });
});

it('a file of a format that can only be written is named as that format', async () => {
  exportTo(join(cwd, 'out.heapprofile'), Snapshot.load(join(cwd, 'new.tmsnap')), { format: 'pprof' });
  const { code, stdout, stderr } = await tracemalloc('export', 'out.heapprofile', '-o', 'out.csv');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    'tracemalloc: out.heapprofile cannot be read: it is a pprof profile, which can be written only; give a .tmsnap, a .tmseries or a .heapprofile\n',
  );
});

describe('if the output cannot be written, it exits with 1', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('a full disk behind stdout', async () => {
    const command = spawn(
      'sh',
      [
        '-c',
        `exec "$0" "$@" > /dev/full`,
        process.execPath,
        repoPath('dist/src/cli/bin.js'),
        'export',
        'new.tmsnap',
        '--format',
        'csv',
        '-o',
        '-',
      ],
      { cwd },
    );
    expect(await ended(command)).toEqual([1, 'tracemalloc: the result could not be written: ENOSPC: no space left on device, write\n']);
  });

  it('writes to a device, which stays one', async () => {
    expect((await tracemalloc('export', 'new.tmsnap', '--format', 'csv', '-o', '/dev/null')).code).toBe(0);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

it('stops quietly if the reader closes the pipe', async () => {
  const traces = Array.from({ length: 4000 }, (_, i) => ({ size: i + 1, frames: [[`/srv/${i}.js`, 1] as const] }));
  Snapshot.fromTraces(traces).dump(join(cwd, 'large.tmsnap'));
  const command = startCommand(['export', 'large.tmsnap', '--format', 'csv', '-o', '-'], { cwd });
  command.child.stdout.once('data', () => command.child.stdout.destroy());
  const { code, stderr } = await command.exited;
  expect([code, stderr]).toEqual([0, '']);
});

it('keeps an existing output if the input cannot be read', async () => {
  writeFileSync(join(cwd, 'out.csv'), 'precious');
  writeFileSync(join(cwd, 'bad.tmsnap'), '{}');
  expect((await tracemalloc('export', 'bad.tmsnap', '-o', 'out.csv', '--force')).code).toBe(1);
  expect(readFileSync(join(cwd, 'out.csv'), 'utf8')).toBe('precious');
});

function ended(child: ChildProcess): Promise<[code: number | null, stderr: string]> {
  reapLater(async () => child.kill('SIGKILL'));
  let stderr = '';
  child.stderr!.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve([code, stderr])));
}
