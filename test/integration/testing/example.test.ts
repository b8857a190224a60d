import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Series } from '../../../src/series/series.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { reapLater, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const modules = join(await providePackages('assertions'), 'node_modules');
const EXAMPLE = repoPath('docs/examples/assertions');
const KEPT = /.*\/\/ without this line the tests fail\n/;

const SCRIPTS = {
  'node:test': [join(modules, 'tsx/dist/cli.mjs'), '--test', 'test/node.test.ts'],
  jest: [join(modules, 'jest/bin/jest.js')],
  vitest: [join(modules, 'vitest/vitest.mjs'), 'run'],
} as const;

/** Other compilers of jest, each with its inline maps. */
const TRANSFORMS = {
  '@swc/jest': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
  'babel-jest': ['babel-jest', { presets: [['@babel/preset-env', { targets: { node: 'current' } }], '@babel/preset-typescript'] }],
};

/** A copy of the example with the packages that its users would install. */
function project({ leaks }: { readonly leaks: boolean }): string {
  const folder = temporaryFolder();
  cpSync(EXAMPLE, folder, { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(modules)) symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  symlinkSync(repoPath(), join(folder, 'node_modules/node-tracemalloc'));
  const file = join(folder, 'src/sessions.ts');
  if (leaks) writeFileSync(file, readFileSync(file, 'utf8').replace(KEPT, ''));
  return folder;
}

async function run(
  cwd: string,
  args: readonly string[],
  nodeOptions = '',
): Promise<{ readonly code: number | null; readonly output: string }> {
  const env = { ...process.env, NODE_OPTIONS: nodeOptions, NO_COLOR: '1', CI: '1', JEST_WORKER_ID: undefined };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  reapLater(() => {
    child.kill('SIGKILL');
    return exited;
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await exited, output: stdout + stderr };
}

/** The line of the example's source that contains a text. */
function lineWith(folder: string, part: string): number {
  return (
    readFileSync(join(folder, 'src/sessions.ts'), 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(part)) + 1
  );
}

function useTransform(folder: string, transform: readonly unknown[]): void {
  const file = join(folder, 'package.json');
  const json = JSON.parse(readFileSync(file, 'utf8')) as { jest: object };
  writeFileSync(file, JSON.stringify({ ...json, jest: { ...json.jest, transform: { '\\.ts$': transform } } }));
}

describe('docs/examples/assertions', () => {
  it.each(Object.entries(SCRIPTS))('%s passes (long)', async (_, args) => {
    expect(await run(project({ leaks: false }), args)).toMatchObject({ code: 0 });
  });

  // Each runner with its compiler takes some three seconds.
  it.each([
    ['node:test (long)', 'node:test'],
    ['jest (long)', 'jest'],
    ['vitest (long)', 'vitest'],
  ] as const)('fails if sessions are kept, names their function, and writes the rounds: %s', async (_, runner) => {
    const folder = project({ leaks: true });
    const { code, output } = await run(folder, SCRIPTS[runner]);
    expect(output).toContain(`a call: src/sessions.ts:${lineWith(folder, 'function logIn')} logIn`);
    expect(code).toBe(1);
    expect(Series.load(join(folder, 'growth/visit.tmseries')).rounds).toHaveLength(7);
    expect(readFileSync(join(folder, 'growth/visit.html'), 'utf8')).toContain('sessions.ts');
  });

  it.each(Object.entries(TRANSFORMS))('%s gives the same line (full)', async (_, transform) => {
    const folder = project({ leaks: true });
    useTransform(folder, transform);
    const { output } = await run(folder, SCRIPTS.jest);
    expect(output).toContain(`a call: src/sessions.ts:${lineWith(folder, 'function logIn')} logIn`);
  });

  // jest and vitest compile and run files themselves, past the loaders of Node.
  it.each([
    ['node:test (full)', 'node:test', 'const session ='],
    ['jest (long)', 'jest', 'function logIn'],
    ['vitest (full)', 'vitest', 'function logIn'],
  ] as const)('with true lines, the right line is named: %s', async (_, runner, line) => {
    const folder = project({ leaks: true });
    const { output } = await run(folder, SCRIPTS[runner], `--import ${repoPath('dist/src/lines/preload/register.js')}`);
    expect(output).toContain(`a call: src/sessions.ts:${lineWith(folder, line)} logIn`);
  });

  it("has the matchers' types in jest and vitest (long)", async () => {
    const folder = project({ leaks: false });
    const tsc = [join(modules, 'typescript/bin/tsc'), '--noEmit', '-p', '.'];
    expect(await run(folder, tsc)).toEqual({ code: 0, output: '' });
    for (const runner of ['jest', 'vitest']) {
      const file = join(folder, `test/${runner}.test.ts`);
      writeFileSync(file, readFileSync(file, 'utf8').replace("artifacts: 'growth'", 'rounds: true'));
    }
    const { output } = await run(folder, tsc);
    expect(output.match(/test\/\w+\.test\.ts.*: error TS2322: Type 'boolean' is not assignable to type 'number'/g)).toHaveLength(2);
  });
});
