import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { describeNodes } from '../../helpers/describe-nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { printedStatistics } from '../../helpers/printed-statistics.js';

/** These programs import the library itself, which needs Node 20. */
const hasLibrary = (major: number) => major >= 20;
const TOLERANCE = 0.02;

/** BigInts of 88 bytes, copies of an object of 48, instances of 40; then BigInts of 280 and 344. */
const FIRST = { 15: 88, 17: 48, 19: 40 };

interface Section {
  readonly from: string;
  readonly to?: string;
  /** By line: the bytes of one block. Each line has 10,000 blocks. */
  readonly lines: Readonly<Record<number, number>>;
}

const PROGRAMS: readonly (readonly [string, readonly Section[]])[] = [
  ['ex1.mjs', [{ from: '', lines: FIRST }]],
  ['ex2.mjs', [{ from: 'SNAPSHOT', lines: FIRST }]],
  [
    'ex3.mjs',
    [
      { from: 'SNAPSHOT 1', to: 'SNAPSHOT 2', lines: { 15: 2 * 88, 17: 48, 19: 40 } }, // 20,000 on the first line
      { from: 'SNAPSHOT 2', to: 'SNAPSHOT 3', lines: { 27: 280 } },
      { from: 'SNAPSHOT 3', lines: { 37: 280 } },
    ],
  ],
  ['ex4.mjs', [{ from: 'Loaded Snapshot', lines: { 19: 88, 21: 48, 23: 40 } }]],
  ['ex5.mjs', [{ from: 'Filtered Snapshot 3', to: 'Filtered Snapshot 4', lines: { ...FIRST, 21: 280 } }]],
  ['ex6.mjs', [{ from: 'SNAPSHOT - 2', to: 'DIFFERENCE', lines: { ...FIRST, 27: 280, 29: 344 } }]],
  ['ex7.mjs', [{ from: 'DIFFERENCE', lines: { ...FIRST, 27: 280, 29: 344 } }]],
  ['ex8.mjs', [{ from: 'DIFFERENCE', lines: { ...FIRST, 27: 280, 29: 344 } }]],
];

/** They have every shape of a line; the others show the same shapes again. */
const FEW = new Set(['ex3.mjs', 'ex5.mjs', 'ex6.mjs', 'ex8.mjs']);

describeNodes("the tutorial's programs with true lines on Node $major", hasLibrary, ({ execPath }) => {
  it.each(PROGRAMS.map(([program, sections]) => [program, FEW.has(program) ? '(long)' : '(full)', sections] as const))(
    '%s prints each line of its one function %s',
    async (program, _, sections) => {
      const args = ['--import', 'node-tracemalloc/register', repoPath('fixtures/programs/tutorial-lines', program)];
      const { stdout } = await promisify(execFile)(execPath, args, { cwd: repoPath(), maxBuffer: 2 ** 24 });
      for (const { from, to, lines } of sections) {
        const printed = printedStatistics(stdout, from, to);
        for (const [line, bytes] of Object.entries(lines)) {
          const found = printed.find(({ place }) => place === `${program}:${line}`);
          expect([line, Math.abs((found?.size ?? 0) / (10_000 * bytes) - 1) < TOLERANCE]).toEqual([line, true]);
          expect([line, (found?.count ?? 0) >= 9_999]).toEqual([line, true]);
        }
      }
    },
  );
});
