import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { formerFiles, freeName } from '../../../../src/cli/output/output-file.js';
import { writeFile } from '../../../../src/snapshot/file/atomic-write.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

afterAll(reapTargets);

it('a name that we choose is not in use, and neither are the names derived from it', () => {
  const folder = temporaryFolder();
  const name = (n: number) => join(folder, `app.${n}.tmsnap`);
  expect(freeName(name)).toBe(name(1));
  writeFileSync(name(1), '');
  mkdirSync(name(2));
  writeFileSync(`${name(3)}.1`, '');
  writeFileSync(`${name(3)}.10.checkpoint`, '');
  expect(freeName(name)).toBe(name(3));
  expect(freeName(name, [/^\.peak$/])).toBe(name(3));
  expect(freeName(name, [/^\.peak$/, /^\.\d+$/])).toBe(name(4));
});

it('of the files beside the output, those that were there before and were not replaced are removed', () => {
  const folder = temporaryFolder();
  const output = join(folder, 'app.tmsnap');
  for (const name of ['', '.1', '.2', '.peak', '.txt']) writeFileSync(`${output}${name}`, 'earlier');
  const removeFormer = formerFiles(output, [/^\.\d+$/]);
  writeFile(`${output}.1`, [Buffer.from('now')], { followLinks: false });
  writeFileSync(`${output}.3`, 'now');
  removeFormer();
  expect(readdirSync(folder).sort()).toEqual(['app.tmsnap', 'app.tmsnap.1', 'app.tmsnap.3', 'app.tmsnap.peak', 'app.tmsnap.txt']);
});
