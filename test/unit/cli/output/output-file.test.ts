import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { freeName } from '../../../../src/cli/output/output-file.js';
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
