import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { LaunchError } from '../../../../src/errors.js';
import { checkScript, didNotRun, runsFile, type ScriptStart } from '../../../../src/tracing/launch/script-check.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

const cwd = temporaryFolder();
const SHIM = '#!/bin/sh\nbasedir=$(dirname "$0")\nexec node  "$basedir/../vite/bin/vite.js" "$@"\n';
for (const folder of ['empty', 'whole', 'bin', 'node_modules/.bin', 'node_modules/jest/bin', 'node_modules/vite/bin']) {
  mkdirSync(join(cwd, folder), { recursive: true });
}
for (const [file, text] of Object.entries({
  'app.js': '',
  'batch.ts': 'enum A {}',
  'start.sh': '#!/bin/sh\necho',
  'tool.py': '#!/usr/bin/env python3\n',
  'whole/index.js': '',
  'bin/npm': '#!/usr/bin/env node\n',
  'node_modules/jest/bin/jest.js': '#!/usr/bin/env node\n',
  'node_modules/vite/bin/vite.js': '',
  'node_modules/.bin/vite': SHIM,
})) {
  writeFileSync(join(cwd, file), text);
  chmodSync(join(cwd, file), 0o755);
}
symlinkSync('../jest/bin/jest.js', join(cwd, 'node_modules/.bin/jest'));
afterAll(reapTargets);

function start(script: string, rest: Partial<ScriptStart> = {}): ScriptStart {
  return { script, args: [], cwd, nodeOptions: [], PATH: join(cwd, 'bin'), ...rest };
}

function reasonOf(one: ScriptStart): string | null {
  try {
    checkScript(one);
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(LaunchError);
    return (error as Error).message;
  }
}

test.each<[string, Partial<ScriptStart>]>([
  ['app.js', {}],
  ['./app', {}],
  ['whole', {}],
  ['start.sh', {}], // may be for both, a shell and node
  ['-', {}],
  ['-e', { args: ['1'] }],
  ['nope.js', { nodeOptions: ['--import=tsx'] }], // may find it
  ['nope.js', { nodeOptions: ['-r', 'ts-node/register'] }],
  ['nope.js', { nodeOptions: ['--snapshot-blob', 'app.blob'] }],
  ['a.test.js', { nodeOptions: ['--test'] }],
])('%s %j can be started', (script, rest) => {
  expect(reasonOf(start(script, rest))).toBeNull();
});

test.each<[string, Partial<ScriptStart>, string]>([
  ['nope.js', {}, `there is no file ${join(cwd, 'nope.js')}`],
  ['nope.js', { nodeOptions: ['--test-reporter=dot', '--max-old-space-size=100'] }, `there is no file ${join(cwd, 'nope.js')}`],
  ['batch.js', {}, `there is no file ${join(cwd, 'batch.js')}, but batch.ts is there`],
  ['empty', {}, 'it is a folder without an index.js or a main file'],
  [
    'node',
    { args: ['app.js'] },
    'tracemalloc starts node by itself; leave node out, and give its own options with --node-arg (in code: execArgv)',
  ],
  ['vite', {}, 'it is a command, not a script: tracemalloc run starts commands, too (in code: command: true)'],
  ['npm', { args: ['test'] }, 'it is a command, not a script: tracemalloc run starts commands, too (in code: command: true)'],
  ['npm', { args: ['test'], PATH: '' }, `there is no file ${join(cwd, 'npm')}`],
])('%s %j cannot', (script, rest, reason) => {
  expect(reasonOf(start(script, rest))).toBe(`${script} was not started: ${reason}`);
});

describe('advice for a script that did not run', () => {
  const TYPESCRIPT = 'if Node v20.20.2 cannot read such a file, give it a loader that can: --node-arg=--import=tsx (in code: execArgv)';

  test.each<[string, string[], string]>([
    ['app.js', [], ''],
    ['batch.ts', [], `; ${TYPESCRIPT}`],
    ['batch.ts', ['--import=tsx'], ''],
    ['start.sh', [], '; it is a script for sh'],
    ['tool.py', [], '; it is a script for python3'],
    ['node_modules/.bin/jest', [], ''],
    ['node_modules/.bin/vite', [], '; it is a script for sh; give the script that it runs: node_modules/vite/bin/vite.js'],
  ])('%s %j', (script, nodeOptions, advice) => {
    expect(didNotRun(start(script, { nodeOptions }), { code: 1, nodeVersion: 'v20.20.2' }).message).toBe(
      `${script} did not run: node ended with exit code 1 before its first line${advice}`,
    );
  });
});

test.each([
  [['--test-name-pattern=a'], true],
  [['--watch'], false],
  [['--run', 'dev'], false],
  [['--eval=1'], false],
])('with %j the script is the first to run: %s', (nodeOptions, isFirst) => {
  expect(runsFile(start('app.js', { nodeOptions }))).toBe(isFirst);
});
