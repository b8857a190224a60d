import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { corpusModules } from '../../helpers/corpus.js';
import { repoPath } from '../../helpers/paths.js';

const CORPUS = repoPath('fixtures/corpus');
const HOOK = repoPath('fixtures/programs/lines/hook.mjs');

/** The packages that the workloads use; where they could not be installed, those that the repository happens to depend on. */
const MODULES = corpusModules() ?? repoPath('node_modules');

/** The workloads whose packages are there. */
const workloads = readdirSync(CORPUS).filter((file) => {
  if (!file.endsWith('.cjs')) return false;
  const needed = [...readFileSync(join(CORPUS, file), 'utf8').matchAll(/require(?:\.resolve)?\('([^'.]+)'\)/g)].map(([, name]) => name!);
  return (
    needed.length > 0 &&
    !['report.cjs', 'serve.cjs'].includes(file) &&
    needed.every((name) => name.startsWith('node:') || existsSync(join(MODULES, name)))
  );
});

async function run(file: string, flags: string[]): Promise<{ output: string; wrappers: number }> {
  const env = { ...process.env, NODE_PATH: MODULES, LINES_COUNTS: '1', NODE_OPTIONS: '' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, join(CORPUS, file)], { env, maxBuffer: 2 ** 26 });
  return { output: stdout, wrappers: Number(/"wrappers":(\d+)/.exec(stderr)?.[1] ?? 0) };
}

test('some packages are installed', () => {
  expect(workloads.length).toBeGreaterThanOrEqual(corpusModules() === null ? 3 : 25);
});

test.each(workloads)(
  '%s does the same with wrappers and without',
  async (file) => {
    const [original, transformed] = await Promise.all([run(file, []), run(file, ['--no-warnings', '--import', HOOK])]);
    expect(transformed.output).toBe(original.output);
    expect(original.output).toMatch(/^[0-9a-f]{16} \d+ /);
    expect(transformed.wrappers).toBeGreaterThan(20);
  },
  180_000,
);
