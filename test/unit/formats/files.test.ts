import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportTo, FORMATS, formatNamed, formatOfFilename, openFile } from '../../../src/formats/index.js';
import { Snapshot, SnapshotFileError, UsageError } from '../../../src/index.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

let cwd = '';
const snapshot = Snapshot.fromTraces([{ size: 5000, count: 50, frames: [['/srv/main.js', 1]] }]);
const written = FORMATS.filter(({ read }) => !read).map(({ name }) => name);

beforeEach(() => {
  cwd = temporaryFolder();
});
afterAll(reapTargets);

describe('the format of a file to be written', () => {
  it.each(FORMATS.flatMap(({ name, extensions }) => extensions.map((extension) => [extension, name])))('%s is %s', (extension, name) => {
    expect(formatOfFilename(`/x/y.z${extension}`).name).toBe(name);
    expect(formatOfFilename(`Y${extension.toUpperCase()}`).name).toBe(name);
    expect(formatNamed(extension.slice(1)).name).toBe(name);
    expect(formatNamed(name).name).toBe(name);
    const path = join(cwd, `out${extension}`);
    exportTo(path, snapshot);
    const content = readFileSync(path);
    expect(FORMATS.filter(({ sniff }) => sniff(content))[0]?.name).toBe(name);
  });

  it.each(['-', 'out', 'out.json', 'csv', '/x.csv/y'])('%s names no format', (path) => {
    expect(() => formatOfFilename(path)).toThrow(UsageError);
  });

  it.each(['', 'xml', '.csv', 'constructor'])('%j is no format', (name) => {
    expect(() => formatNamed(name)).toThrow(UsageError);
  });
});

describe('the format of a file is recognised by its content', () => {
  it.each(written)('%s', (name) => {
    const path = join(cwd, 'x.heapprofile');
    exportTo(path, snapshot, { format: name });
    expect(() => openFile(path)).toThrow(SnapshotFileError);
    expect(() => openFile(path)).toThrow(`${path} cannot be read: it is ${formatNamed(name).description}, which can be written only`);
  });

  it('a heapprofile and a snapshot whose names are exchanged', () => {
    exportTo(join(cwd, 'x.tmsnap'), snapshot, { format: 'heapprofile' });
    snapshot.dump(join(cwd, 'y.heapprofile'));
    for (const name of ['x.tmsnap', 'y.heapprofile']) expect(openFile(join(cwd, name)).traces[0]!.size).toBe(5000);
  });

  it.each([
    ['gzip of something else', Buffer.from('1f8b0800000000000003', 'hex')],
    ['a gzipped heapprofile', gzipSync('{"head":{}}'), 'gunzip it first'],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(100)],
    ['UTF-16', Buffer.from('\ufeff{"head":{}}', 'utf16le')],
    ['prose', Buffer.from('Memory of the past\n')],
    ...['[1,2]', '"x"', '12', 'null'].map((json) => [json, Buffer.from(json)] as const),
  ])('%s', (_, content, advice = 'give a .tmsnap, a .tmseries or a .heapprofile') => {
    const path = join(cwd, 'x');
    writeFileSync(path, content);
    expect(() => openFile(path)).toThrow(SnapshotFileError);
    expect(() => openFile(path)).toThrow(path);
    expect(() => openFile(path)).toThrow(advice);
    expect(() => openFile(path)).toThrow('.heapprofile');
  });
});

it('a failed write leaves no new file, and keeps an old one', () => {
  const path = join(cwd, 'x.csv');
  writeFileSync(path, 'precious');
  expect(() => exportTo(join(cwd, 'no', 'x.csv'), snapshot)).toThrow(SnapshotFileError);
  expect(() => exportTo(path, snapshot, { format: 'heapprofile', old: snapshot })).toThrow(UsageError);
  expect(readdirSync(cwd)).toEqual(['x.csv']);
  expect(readFileSync(path, 'utf8')).toBe('precious');
});
