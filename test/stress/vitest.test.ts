import { spawn } from 'node:child_process';
import { readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Filter, Snapshot } from '../../src/index.js';
import { withOriginalLines } from '../../src/snapshot/original-lines.js';
import { runCommand } from '../helpers/command.js';
import { newestUnlessFull } from '../helpers/dose.js';
import { nodeBinaries } from '../helpers/nodes.js';
import { providePackages } from '../helpers/provide.js';
import { reapTargets, temporaryFolder } from '../helpers/target-process.js';

afterEach(reapTargets);

const modules = join(await providePackages('runners'), 'node_modules');
const VITEST = join(modules, 'vitest', 'vitest.mjs');
/** The oldest Node that vitest supports. */
const OLDEST = 20;
const ROWS = 500;
const NAMES = ['a', 'b', 'c'];
const KEPT = ROWS * 8016;
const ENV = { NO_COLOR: '1', CI: '1', VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true', NODE_OPTIONS: '' };

/** In each test file one test always fails, and one fails if it sees anything of us. */
function project(): string {
  const folder = temporaryFolder();
  symlinkSync(modules, join(folder, 'node_modules'));
  const files = {
    'package.json': '{"type": "module"}',
    'vitest.config.js': "export default { cacheDir: '.cache', test: { maxWorkers: 2 } };",
    'rows.ts': `interface Row { readonly values: number[] }
export function keepRows(count: number): Row['values'][] {
  const rows: Row['values'][] = [];
  for (let i = 0; i < count; i++) rows.push(new Array<number>(1000).fill(i));
  return rows;
}`,
    ...Object.fromEntries(
      NAMES.map((name) => [
        `${name}.test.ts`,
        `import { url } from 'node:inspector';
import { expect, test } from 'vitest';
import { keepRows } from './rows.ts';
test('${name}', () => {
  Object.assign(globalThis, { kept: keepRows(${ROWS}) });
  expect([url(), ...Object.keys(process.env).filter((key) => key.includes('TRACEMALLOC')), ...process.execArgv.filter((arg) => arg.includes('inspect'))]).toEqual([undefined]);
  expect(process.env.NODE_OPTIONS ?? '').toBe('');
});
test('${name} fails', () => expect(1).toBe(2));`,
      ]),
    ),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const resultsOf = (stdout: string) =>
  stdout
    .match(/^(?:not )?ok .*?(?= #)/gm)
    ?.map((line) => line.replace(/ \d+ /, ' '))
    .sort();

async function untraced(execPath: string, args: readonly string[], cwd: string) {
  const child = spawn(execPath, args, { cwd, env: { ...process.env, ...ENV }, stdio: ['ignore', 'pipe', 'ignore'] });
  const [stdout, code] = await Promise.all([text(child.stdout), new Promise((resolve) => child.once('exit', resolve))]);
  return { code, results: resultsOf(stdout) };
}

const binaries = newestUnlessFull(nodeBinaries().filter(({ major }, _, all) => major === OLDEST || major === all.at(-1)!.major));

describe.each(binaries)('vitest under run --follow (stress) on Node $major', ({ execPath }) => {
  it.each([
    // Snapshots of the program, of each of its processes, and of all of them in one.
    ['forks', /^\d+ forks\.js main$/, 1 + NAMES.length + 1],
    ['threads', /^worker \d+$/, 1],
  ] as const)('%s: the results are the same, and each test file has what it keeps', async (pool, thread, files) => {
    const cwd = project();
    const vitest = [VITEST, 'run', '--pool', pool, '--reporter=tap-flat'];
    const plain = await untraced(execPath, vitest, cwd);
    expect(plain).toEqual({
      code: 1,
      results: NAMES.flatMap((name) => [`not ok - ${name}.test.ts > ${name} fails`, `ok - ${name}.test.ts > ${name}`]).sort(),
    });
    const args = ['run', '--follow', '--keep-ended', '--node', execPath, '-o', 's.tmsnap', '--', ...vitest];
    const { code, stdout, stderr } = await runCommand(args, { cwd, env: ENV });
    expect({ code, results: resultsOf(stdout) }).toEqual(plain);
    expect(stderr).not.toContain('no snapshot');
    expect(readdirSync(cwd).filter((name) => name.startsWith('s.tmsnap'))).toHaveLength(files);
    const snapshot = withOriginalLines(Snapshot.load(join(cwd, 's.tmsnap')));
    // The function starts on line 2. The module itself, on line 1, is sampled now and then.
    const rows = snapshot.filterTraces([new Filter(true, join(realpathSync(cwd), 'rows.ts'), { lineno: 2 })]);
    const kept = new Map<string, number>();
    for (const { thread: name, size } of rows.traces) kept.set(name, (kept.get(name) ?? 0) + size);
    const names = [...kept.keys()];
    // On a busy machine, V8 has sometimes freed the globals of a terminated worker before anybody can read them (docs/guide/threads-and-processes.md).
    if (pool === 'forks') expect(names).toHaveLength(NAMES.length);
    else expect(names.length).toBeLessThanOrEqual(NAMES.length);
    expect(names).toEqual(names.map(() => expect.stringMatching(thread)));
    for (const size of kept.values()) expect(Math.abs(size / KEPT - 1)).toBeLessThan(0.4); // there are only about 130 samples
  });
});
