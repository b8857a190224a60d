import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { callCommand, runCommand } from '../../helpers/command.js';
import { enterTemporaryFolder, reapTargets } from '../../helpers/target-process.js';
import { commandLine, hasTerminal, startInTerminal } from '../../helpers/terminal.js';

const ESCAPE = '\u001b';
let cwd = '';

beforeAll(() => {
  cwd = enterTemporaryFolder();
  const at = (name: string, lineno: number) => ({ filename: join(cwd, 'services', 'sessions', name), lineno, functionName: 'remember' });
  const [main, store, cache] = [at('main-entry-point.js', 5), at('session-store.js', 1234), at('cache.js', 7)];
  const trace = (size: number, ...frames: object[]) => ({ size, frames }) as never;
  Snapshot.fromTraces([trace(1000, main, store), trace(5000, main, cache)], { tracebackLimit: 9 }).dump(join(cwd, 'old.tmsnap'));
  Snapshot.fromTraces([trace(400_000, main, store), trace(3000, main, cache)], { tracebackLimit: 9 }).dump(join(cwd, 'now.tmsnap'));
});
afterAll(reapTargets);

(hasTerminal ? describe : describe.skip)('on a terminal', () => {
  const lines = async (columns: number, ...args: string[]) => {
    const terminal = startInTerminal(commandLine(...args), { cwd, columns });
    expect(await terminal.exited).toBe(0);
    return terminal.written().split('\r\n');
  };

  it.each([
    [20, ''],
    [40, ' (long)'],
    [80, ' (long)'],
    [200, ' (long)'],
  ])('the tables fit into %i columns, and lines are whole%s', async (columns) => {
    for (const args of [
      ['stats', 'now.tmsnap'],
      ['diff', 'old.tmsnap', 'now.tmsnap'],
      ['stats', '--tree', 'now.tmsnap'],
      ['diff', '--tree', 'old.tmsnap', 'now.tmsnap'],
    ]) {
      const rows = (await lines(columns, ...args, '--no-color')).slice(0, -1);
      expect(rows.length).toBeGreaterThanOrEqual(5);
      expect(rows.filter((row) => row.length > columns)).toEqual([]);
      expect(rows.some((row) => /:1234\b/.test(row))).toBe(true);
    }
  });

  it('growth is red and shrinkage cyan, unless colours are not wanted', async () => {
    const diff = ['diff', 'old.tmsnap', 'now.tmsnap'];
    const coloured = await lines(80, ...diff);
    expect(coloured).toContainEqual(expect.stringMatching(/^.\[31m\+390 KiB.\[39m .*store\.js:1234/));
    expect(coloured).toContainEqual(expect.stringMatching(/^.\[36m *-2000 B.\[39m .*cache\.js:7/));
    const tree = await lines(80, ...diff, '--tree', '--min-percent', '0');
    expect(tree).toContainEqual(expect.stringMatching(/^.\[31m\+390 KiB.\[39m .*store\.js:1234/));
    expect(tree).toContainEqual(expect.stringMatching(/^.\[36m *-2000 B.\[39m .*cache\.js:7/));
    expect((await lines(80, ...diff, '--no-color')).join()).not.toContain(ESCAPE);
    const refused = startInTerminal(commandLine(...diff), { cwd, env: { NO_COLOR: '1' } });
    await refused.exited;
    expect(refused.written()).not.toContain(ESCAPE);
  });
});

describe('on a stream that is no terminal', () => {
  it('nothing is shortened or coloured', async () => {
    const { stdout } = await runCommand(['diff', 'old.tmsnap', 'now.tmsnap'], { cwd, env: { COLUMNS: '20' } });
    expect(stdout).toContain('services/sessions/session-store.js:1234 remember\n');
    expect(stdout).not.toContain(ESCAPE);
  });

  it('--tree prints the tree, --inverted turns it round, --min-percent prunes it', async () => {
    const tree = async (...args: string[]) => (await callCommand(['stats', 'now.tmsnap', '--tree', ...args])).stdout.split('\n');
    expect((await tree()).slice(3, -1)).toEqual([
      '   size  percent  called',
      '394 KiB    100 %  all',
      '394 KiB    100 %  services/sessions/main-entry-point.js:5 remember',
      '391 KiB     99 %  services/sessions/session-store.js:1234 remember',
      'not shown: 1 below 1 %',
    ]);
    expect((await tree('--min-percent', '0.5')).at(-2)).toBe(' 3000 B    0.7 %  └ services/sessions/cache.js:7 remember');
    expect((await tree('--inverted')).slice(5, 7)).toEqual([
      '391 KiB     99 %  services/sessions/session-store.js:1234 remember',
      '391 KiB     99 %  services/sessions/main-entry-point.js:5 remember',
    ]);
  });

  it('diff --tree prints the change of the tree, both ways round', async () => {
    const tree = async (...args: string[]) =>
      (await callCommand(['diff', 'old.tmsnap', 'now.tmsnap', '--tree', ...args])).stdout.split('\n').slice(4, -1);
    expect(await tree()).toEqual([
      '  change  percent     size  called',
      '+388 KiB    +99 %  394 KiB  all',
      '+388 KiB    +99 %  394 KiB  services/sessions/main-entry-point.js:5 remember',
      '+390 KiB    +99 %  391 KiB  services/sessions/session-store.js:1234 remember',
      'not shown: 1 below 1 %',
    ]);
    expect((await tree('--inverted', '--min-percent', '0')).slice(-2)).toEqual([
      ' -2000 B   -0.5 %   3000 B  └ services/sessions/cache.js:7 remember',
      ' -2000 B   -0.5 %   3000 B    services/sessions/main-entry-point.js:5 remember',
    ]);
  });

  it('run prints the tree of its program', async () => {
    writeFileSync(
      join(cwd, 'keep.cjs'),
      'function keep() {\n  return new Array(1e6).fill(0);\n}\nglobalThis.kept = [keep(), () => keep];\n',
    );
    const { code, stderr } = await runCommand(['run', '--tree', '--no-inline', '-o', 'keep.tmsnap', 'keep.cjs'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^ +size {2}percent {2}called\n.* 100 % {2}all\n/m);
    expect(stderr).toMatch(/^ *7813 KiB .*keep\.cjs:1 keep$/m);
  });

  it.each([
    [['--tree', '--json'], /^tracemalloc: --tree shows lines .*leave --json/],
    [['--tree', '--group-by', 'function'], /^tracemalloc: --tree shows lines/],
    [['--inverted'], /^tracemalloc: --inverted and --min-percent need --tree\n$/],
    [['--tree', '--min-percent', '101'], /It must be a number from 0 to 100/],
  ])('%j is wrong usage', async (args, message) => {
    for (const files of [
      ['stats', 'now.tmsnap'],
      ['diff', 'old.tmsnap', 'now.tmsnap'],
    ])
      expect(await callCommand([...files, ...args])).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(message),
      });
  });
});
