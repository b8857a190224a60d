import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SnapshotFileError } from '../../../../src/errors.js';
import { writeFile } from '../../../../src/snapshot/file/atomic-write.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
});
afterAll(reapTargets);

const bytes = (text: string) => [new TextEncoder().encode(text)];

it('replaces an old file, also through a link', () => {
  writeFileSync(join(folder, 'file'), 'old');
  symlinkSync('file', join(folder, 'link'));
  writeFile(join(folder, 'link'), bytes('new'));
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['file', 'link']);
});

it('replaces a link, if links are not to be followed', () => {
  writeFileSync(join(folder, 'file'), 'old');
  symlinkSync('file', join(folder, 'link'));
  writeFile(join(folder, 'link'), bytes('new'), { followLinks: false });
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
  expect([readFileSync(join(folder, 'link'), 'utf8'), lstatSync(join(folder, 'link')).isFile()]).toEqual(['new', true]);
});

(process.platform === 'win32' ? it.skip : it)('a new file is for its owner; an old one keeps its mode', () => {
  const mode = (name: string) => statSync(join(folder, name)).mode & 0o777;
  writeFile(join(folder, 'new'), bytes('x'));
  expect(mode('new')).toBe(0o600);
  for (const old of [0o400, 0o664]) {
    writeFileSync(join(folder, `${old}`), '');
    chmodSync(join(folder, `${old}`), old);
    writeFile(join(folder, `${old}`), bytes('x'));
    expect(mode(`${old}`)).toBe(old);
  }
});

(process.platform === 'win32' ? describe.skip : describe)('a FIFO', () => {
  beforeEach(() => void execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', join(folder, 'pipe')]));

  it('is written to, also if its reader is slow and it cannot hold everything', async () => {
    const reader = spawn('cat', [join(folder, 'pipe')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const read = text(reader.stdout);
    writeFile(join(folder, 'pipe'), bytes('x'.repeat(60_000)), { followLinks: false });
    expect((await read).length).toBe(60_000);
    expect(lstatSync(join(folder, 'pipe')).isFIFO()).toBe(true);
  });

  it('that nobody reads is refused (long)', () => {
    expect(() => writeFile(join(folder, 'pipe'), bytes('x'))).toThrow(
      `cannot write ${folder}/pipe: it is a pipe that nobody reads; give a file`,
    );
  });
});

it('a write that fails half-way leaves only the old file, and throws the original error', () => {
  writeFileSync(join(folder, 'file'), 'old');
  function* parts() {
    yield* bytes('half');
    throw new RangeError('no more');
  }
  expect(() => writeFile(join(folder, 'file'), parts())).toThrow(new RangeError('no more'));
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['file']);
});

it('says what failed, and why', () => {
  mkdirSync(join(folder, 'sub'));
  const missing = () => writeFile(join(folder, 'no/file'), bytes(''), { what: 'save the snapshot to' });
  expect(missing).toThrow(SnapshotFileError);
  expect(missing).toThrow(`cannot save the snapshot to ${folder}/no/file: there is no such folder; make it, or choose another place`);
  expect(() => writeFile(join(folder, 'sub'), bytes(''))).toThrow(`cannot write ${folder}/sub: it is a folder; choose a name in it`);
});

it('a device is written to, not replaced', () => {
  writeFile('/dev/null', bytes('x'));
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});
