import { execFile, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Snapshot, SnapshotFileError } from '../../../../src/index.js';
import { inputFile } from '../../../../src/snapshot/file/input-file.js';
import { repoPath } from '../../../helpers/paths.js';
import { reapLater, reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

afterAll(reapTargets);

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
  Snapshot.fromTraces([{ size: 5000, frames: [['/srv/main.js', 1]] }]).dump(join(folder, 'now.tmsnap'));
});

(process.platform === 'win32' ? describe.skip : describe)('an input that is no regular file', () => {
  const bin = `'${process.execPath}' '${repoPath('dist/src/cli/bin.js')}'`;
  const inBash = (line: string) => promisify(execFile)('/bin/bash', ['-c', line], { cwd: folder });

  it.each([
    ['a process substitution', `${bin} stats <(cat now.tmsnap)`],
    ['stdin', `cat now.tmsnap | ${bin} stats /dev/stdin`],
    ['a redirection', `${bin} stats /dev/stdin < now.tmsnap`],
    ['a writer that begins late', `(${bin} --version >&2; cat now.tmsnap) | ${bin} stats /dev/stdin`],
  ])('%s is read', async (_, line) => {
    expect((await inBash(line)).stdout).toContain('/srv/main.js:1');
  });

  it('two pipes, of different formats', async () => {
    const profile = repoPath('fixtures/profiles/node-26.heapprofile');
    expect((await inBash(`${bin} diff <(cat '${profile}') <(cat now.tmsnap) --top 500`)).stdout).toContain('/srv/main.js:1');
  });

  it('a FIFO is read to its end and only once, and its time is now', () => {
    const path = join(folder, 'fifo');
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', path]);
    const writer = spawn('/bin/sh', ['-c', 'printf "some text" > "$0"', path]);
    reapLater(async () => writer.kill('SIGKILL'));
    const before = Date.now();
    const file = inputFile(path);
    expect([file.size, Buffer.from(file.start(4)).toString(), Buffer.from(file.bytes()).toString()]).toEqual([9, 'some', 'some text']);
    expect(file.modified.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('a FIFO to which nobody writes is refused (long)', () => {
    const path = join(folder, 'lonely');
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', path]);
    expect(() => Snapshot.load(path)).toThrow(SnapshotFileError);
    expect(() => inputFile(path)).toThrow(`${path} cannot be read: it is a pipe to which nobody writes; give a file`);
  });

  it('a pipe without end is refused (long)', async () => {
    await expect(inBash(`${bin} stats <(cat /dev/zero)`)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^tracemalloc: \S+ cannot be read: more than 477 MiB come through this pipe; write them to a file.*\n$/,
      ),
    });
  });

  it.each(['/dev/zero', '/dev/null'])('%s is refused', (path) => {
    expect(() => inputFile(path)).toThrow(`${path} cannot be read: it is a device; give a file, or a pipe`);
  });
});

it('gives the properties of a file before that is read', () => {
  const path = join(folder, 'plain');
  writeFileSync(path, 'some text');
  const file = inputFile(path);
  expect([file.path, file.size]).toEqual([path, 9]);
  expect(() => inputFile(folder)).toThrow(`${folder} cannot be read: it is a folder; check the path`);
});
