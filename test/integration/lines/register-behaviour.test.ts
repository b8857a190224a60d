import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { REGISTER_URL, type Run, removeTemporaryFolders, run, runRegistered, temporaryFolder } from '../../helpers/registered.js';

const PROGRAMS = repoPath('fixtures/programs/lines/preload/behaviour');
const CACHE = temporaryFolder();
afterAll(removeTemporaryFolders);

const env = { NODE_TRACEMALLOC_CACHE: CACHE, NODE_NO_WARNINGS: '1' };
/** A preload that does nothing, because Node itself changes some behaviour as soon as anything is preloaded. */
const NOTHING = { execArgv: ['--import', 'data:text/javascript,'], env: { NODE_NO_WARNINGS: '1' } };

function compare(execPath: string, name: string): { plain: Run; registered: Run } {
  const program = join(PROGRAMS, name);
  const plain = run(execPath, [program], NOTHING);
  const registered = runRegistered(execPath, [program], { env });
  expect({ code: registered.code, stdout: registered.stdout, stderr: registered.code === 0 ? registered.stderr : '' }).toEqual({
    code: plain.code,
    stdout: plain.stdout,
    stderr: plain.code === 0 ? plain.stderr : '',
  });
  expect(plain.stdout).not.toBe('');
  return { plain, registered };
}

/** Labels are for all of them the same as true lines. */
function compareLabels(execPath: string, name: string): void {
  const program = join(PROGRAMS, name);
  const plain = run(execPath, [program], NOTHING);
  const labelled = runRegistered(execPath, [program], { env: { ...env, NODE_TRACEMALLOC_LABEL: 'requests' } });
  expect(labelled).toEqual(plain);
}

describe.each(nodeBinaries())('on Node $major', ({ major, execPath }) => {
  const names = [
    'modules.mjs',
    'stacks.cjs',
    'own-hooks.mjs',
    'own-compile.cjs',
    'evaluated.cjs',
    'contexts.cjs',
    'family.mjs',
    ...(major >= 22 ? ['typed.ts'] : []),
  ];

  test.each(names.map((name) => [name, name === 'modules.mjs' ? '' : ' (matrix)']))('%s does the same%s', (name) => {
    expect(compare(execPath, name!).plain.code).toBe(0);
    compare(execPath, name!); // again, now from the cache
  });

  test.each(names)('%s does the same with labels (long)', (name) => compareLabels(execPath, name));

  test('a program that throws ends in the same way', () => {
    const { plain, registered } = compare(execPath, 'throwing.mjs');
    expect(plain.code).toBe(1);
    expect(registered.stderr).toContain('TypeError: thrown at top');
    expect(registered.stderr).toMatch(/throwing\.mjs:4:7/);
  });

  test.each(['cjs', 'mjs'])('a long program that throws in its first line (%s) does not fill the screen (matrix)', (type) => {
    const program = join(temporaryFolder(), `long.${type}`);
    writeFileSync(program, `throw new Error('at once');\n${'globalThis.kept = [{ a: [] }];\n'.repeat(3000)}`);
    for (const cache of ['cold', 'warm']) {
      const { stderr } = runRegistered(execPath, [program], { env });
      expect([cache, stderr]).toEqual([cache, expect.stringMatching(/^\S+:1\n\S.*new Error\('at once'\)\)\(\);\n/)]);
      expect(stderr.split('\n')[1]!.length).toBeLessThan(150 + program.length);
    }
  });

  test('a program with a formatter of its own for stacks keeps it', () => {
    const { stdout, stderr } = runRegistered(execPath, [join(PROGRAMS, 'prepare.cjs')], { env });
    expect(stderr).toBe('');
    expect(stdout).toBe("[ 'Error: mine' ] [ true ]\nError: back\nError: none undefined true\n");
  });

  test('files that do not parse fail as they would without us, with one line about them', () => {
    const program = join(PROGRAMS, 'broken.cjs');
    const { stdout, stderr, code } = runRegistered(execPath, [program], { env });
    expect({ stdout, code }).toEqual({ stdout: run(execPath, [program], NOTHING).stdout, code: 0 });
    expect(stderr).toMatch(/^node-tracemalloc: 2 files have no true lines: \S+broken-list\.cjs does not parse: [^\n]+, …\n$/);
  });

  test('a program runs even if the folder of the cache cannot be written (matrix)', () => {
    // Nobody may write to /proc, not even root.
    for (const folder of ['/proc', '/proc/cache', join(PROGRAMS, 'modules.mjs')]) {
      const { code, stderr } = runRegistered(execPath, [join(PROGRAMS, 'modules.mjs')], {
        env: { ...env, NODE_TRACEMALLOC_CACHE: folder },
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  });

  test('hooks that were registered before us still take part', () => {
    const [program, hooks] = [join(PROGRAMS, 'early.mjs'), ['--import', join(PROGRAMS, 'early-hooks.mjs')]];
    const plain = run(execPath, [program], { ...NOTHING, execArgv: hooks });
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout.match(/replaced/g)).toHaveLength(2);
    expect(runRegistered(execPath, [program], { env, execArgv: hooks })).toEqual(plain);
  });

  test('several processes may fill one cache (matrix)', async () => {
    const folder = join(CACHE, `cold-${major}`);
    mkdirSync(folder, { mode: 0o700 });
    const options = { execArgv: ['--import', REGISTER_URL], env: { ...env, NODE_TRACEMALLOC_CACHE: folder } };
    const script = `const { spawn } = require('child_process'); let failed = 0;
      for (let i = 0; i < 4; i++) spawn(process.execPath, [process.argv[1]]).on('exit', (code) => { failed += code; console.log(failed); });`;
    const { stdout } = run(execPath, ['-e', script, join(PROGRAMS, 'modules.mjs')], options);
    expect(stdout).toBe('0\n0\n0\n0\n');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(readdirSync(folder).length).toBeGreaterThan(4);
  });
});
