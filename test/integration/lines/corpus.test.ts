import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const CORPUS = resolve('fixtures/corpus');
const HOOK = resolve('fixtures/programs/lines/hook.mjs');

/** More packages than the repository depends on: a node_modules folder that holds them. */
const MORE = process.env.LINES_CORPUS_MODULES ?? '';

/** The workloads whose packages are installed here. */
const workloads = readdirSync(CORPUS).filter((file) => {
  const needed = [...readFileSync(join(CORPUS, file), 'utf8').matchAll(/require(?:\.resolve)?\('([^'.]+)'\)/g)].map(([, name]) => name!);
  return needed.length > 0 && !['report.cjs', 'serve.cjs'].includes(file) && needed.every(isInstalled);
});

function isInstalled(name: string): boolean {
  if (name === 'typescript' && MORE === '') return false; // ours has no API
  return [resolve('node_modules'), ...MORE.split(delimiter).filter(Boolean)].some((folder) => existsSync(join(folder, name)));
}

async function run(file: string, flags: string[]): Promise<{ output: string; wrappers: number }> {
  const env = { ...process.env, NODE_PATH: MORE, LINES_COUNTS: '1', NODE_OPTIONS: '' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, join(CORPUS, file)], { env, maxBuffer: 2 ** 26 });
  return { output: stdout, wrappers: Number(/"wrappers":(\d+)/.exec(stderr)?.[1] ?? 0) };
}

test('some packages are installed', () => {
  expect(workloads.length).toBeGreaterThanOrEqual(3);
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
