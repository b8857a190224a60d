import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { IS_FULL } from '../helpers/dose.js';
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

const VARIANTS = [
  ['wrappers', {}],
  ['wrappers and labels', { LINES_LABELS: '1' }],
] as const;

/** Each package with both only in full, else with one and the next package with the other. */
const cases = workloads.flatMap((file, i) =>
  VARIANTS.filter((_, variant) => IS_FULL || variant === i % VARIANTS.length).map(([name, env]) => [file, name, env] as const),
);

test.each(cases)(
  '%s does the same with %s and without (stress)',
  async (file, _, env) => {
    const hooked = ['--no-warnings', '--import', HOOK];
    const [original, transformed] = await Promise.all([run(file, []), run(file, hooked, env)]);
    expect(transformed.output).toBe(original.output);
    expect(original.output).toMatch(/^[0-9a-f]{16} \d+ /);
    expect(transformed.wrappers).toBeGreaterThan(20);
  },
  180_000,
);
