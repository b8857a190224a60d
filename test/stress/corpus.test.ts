import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { repoPath } from '../helpers/paths.js';
import { providePackages } from '../helpers/provide.js';
import { CORPUS, workloadsWith } from '../helpers/workloads.js';

const HOOK = repoPath('fixtures/programs/lines/hook.mjs');

/** The packages that the workloads use. */
const MODULES = join(await providePackages('corpus'), 'node_modules');

const workloads = workloadsWith(MODULES);

async function run(file: string, flags: string[], more: NodeJS.ProcessEnv = {}): Promise<{ output: string; wrappers: number }> {
  const env = { ...more, ...process.env, NODE_PATH: MODULES, LINES_COUNTS: '1', NODE_OPTIONS: '' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, join(CORPUS, file)], { env, maxBuffer: 2 ** 26 });
  return { output: stdout, wrappers: Number(/"wrappers":(\d+)/.exec(stderr)?.[1] ?? 0) };
}

test('some packages are installed (stress)', () => {
  expect(workloads.length).toBeGreaterThanOrEqual(25);
});

test.each(workloads)(
  '%s does the same with wrappers, with labels and without (stress)',
  async (file) => {
    const hooked = ['--no-warnings', '--import', HOOK];
    const [original, transformed] = await Promise.all([run(file, []), run(file, hooked)]);
    const labelled = await run(file, hooked, { LINES_LABELS: '1' });
    expect([transformed.output, labelled.output]).toEqual([original.output, original.output]);
    expect(original.output).toMatch(/^[0-9a-f]{16} \d+ /);
    expect(transformed.wrappers).toBeGreaterThan(20);
  },
  180_000,
);
