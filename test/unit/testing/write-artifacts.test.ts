import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { OutputFileError } from '../../../src/errors.js';
import { buildReport } from '../../../src/report/html/build-report.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { writeArtifacts } from '../../../src/testing/messages/write-artifacts.js';
import { temporaryFolder } from '../../helpers/registered.js';

const snapshot = Snapshot.fromTraces([{ size: 1, frames: [['app.js', 1]] }]);
const written = (folder: string, dump = (path: string) => writeFileSync(path, 'a dump')) =>
  writeArtifacts(folder, {
    name: 'a visit: of /home',
    what: 'It is',
    extension: '.tmsnap',
    dump,
    report: async () => buildReport(snapshot, { title: 'a visit', old: null, own: true, embedSources: false, cwd: '/' }),
  });

it('two failures of one name have files of their own', async () => {
  const folder = join(temporaryFolder(), 'made/now');
  const path = join(folder, 'a-visit-of-home');
  expect(await written(folder)).toBe(`It is in ${path}.tmsnap, and the report in ${path}.html.`);
  expect(await written(folder)).toBe(`It is in ${path}-2.tmsnap, and the report in ${path}-2.html.`);
  expect(readdirSync(folder).sort()).toEqual(
    ['a-visit-of-home-2', 'a-visit-of-home'].flatMap((name) => [`${name}.html`, `${name}.tmsnap`]),
  );
  expect(readFileSync(`${path}.html`, 'utf8')).toContain('<title>a visit');
});

it('what cannot be written is said, and leaves no empty file', async () => {
  const folder = temporaryFolder();
  const full = () => {
    throw new OutputFileError('the disk is full');
  };
  expect(await written(folder, full)).toBe('the disk is full');
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(join(folder, 'file'), '');
  expect(await written(join(folder, 'file'))).toMatch(/^It is lost: .*file cannot be written to: .*EEXIST/);
});
