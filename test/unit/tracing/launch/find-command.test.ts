import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findCommand, startsItself } from '../../../../src/tracing/launch/find-command.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

const cwd = temporaryFolder();
for (const folder of ['below', 'bin', 'node_modules/.bin', 'node_modules/jest/bin']) mkdirSync(join(cwd, folder), { recursive: true });
for (const [file, text, mode] of [
  ['bin/tool', '#!/bin/sh\n', 0o755],
  ['bin/vite', '#!/bin/sh\n', 0o755],
  ['bin/notes', 'text', 0o644],
  ['bin/binary', '\u007fELF', 0o755],
  ['bin/npm', '#!/usr/bin/env node\n', 0o755],
  ['bin/app', "console.log('no first line')", 0o755],
  ['bin/typed', '#!/usr/bin/env -S tsx --flag\n', 0o755],
  ['bin/plain.sh', '#!/bin/sh\n', 0o644],
  ['node_modules/jest/bin/jest.js', '#!/usr/bin/env node\n', 0o755],
  ['node_modules/.bin/vite', '#!/bin/sh\n', 0o755],
] as const) {
  writeFileSync(join(cwd, file), text);
  chmodSync(join(cwd, file), mode);
}
symlinkSync('../jest/bin/jest.js', join(cwd, 'node_modules/.bin/jest'));
afterAll(reapTargets);

test.each([
  ['tool', '', 'bin/tool'],
  ['vite', '', 'node_modules/.bin/vite'],
  ['jest', 'below', 'node_modules/.bin/jest'],
  ['notes', '', null],
  ['nothing', '', null],
])('the command %s, asked for in the folder "%s"', (name, folder, found) => {
  const path = found === null ? null : join(cwd, found);
  expect(findCommand(name, { cwd: join(cwd, folder), PATH: `/no/such:${join(cwd, 'bin')}` })).toBe(path);
});

test.each([
  ['bin/tool', true],
  ['bin/binary', true],
  ['bin/typed', true],
  ['bin/npm', false],
  ['bin/app', false],
  ['bin/plain.sh', false],
  ['node_modules/.bin/jest', false],
  ['bin/missing', false],
])('%s is started by the system, not by node: %s', (file, expected) => {
  expect(startsItself(join(cwd, file))).toBe(expected);
});
