import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from '@jest/globals';
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
  const missing = () => writeFile(join(folder, 'no/file'), bytes(''), 'save the snapshot to');
  expect(missing).toThrow(SnapshotFileError);
  expect(missing).toThrow(`cannot save the snapshot to ${folder}/no/file: there is no such folder; make it, or choose another place`);
  expect(() => writeFile(join(folder, 'sub'), bytes(''))).toThrow(`cannot write ${folder}/sub: it is a folder; choose a name in it`);
});

it('a device is written to, not replaced', () => {
  writeFile('/dev/null', bytes('x'));
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});
