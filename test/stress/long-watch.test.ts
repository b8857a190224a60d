import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, it } from '@jest/globals';
import { describeNodes } from '../helpers/describe-nodes.js';
import { stressNodes } from '../helpers/dose.js';
import { repoPath } from '../helpers/paths.js';
import { reapTargets, startTarget } from '../helpers/target-process.js';

afterEach(reapTargets);

/** In bytes. A snapshot of these targets takes about this much in the controller, so a leak of one in ten snapshots would show. */
const GROWTH_BOUND = 1_000_000;

async function outputOf(execPath: string, program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(execPath, ['--expose-gc', repoPath('fixtures/programs', program), ...args]);
  return stdout;
}

it('a controller that watches for long does not grow (stress)', async () => {
  // Its objects are replaced all the time, and its heap does not grow.
  const code = `
    const kept = [];
    let n = 0;
    setInterval(() => { for (let i = 0; i < 200; i++) kept[n++ % 20000] = { n, text: [n] }; }, 1);
    console.log('ready');`;
  const target = await startTarget({ execPath: process.execPath, code, ready: true });
  const [early, late] = (await outputOf(process.execPath, 'long-watch.mjs', `${target.port}`)).trim().split('\n').map(Number);
  expect(late! - early!).toBeLessThan(GROWTH_BOUND);
  expect(target.child.exitCode).toBeNull();
});

const VERSIONS = stressNodes().map(({ major }) => major);

/** This program imports the library itself, which needs Node 20. */
describeNodes(
  'a process that traces itself (stress), Node $major',
  (major) => major >= 20 && VERSIONS.includes(major),
  ({ execPath }) => {
    it('never shows our own frames, and does not grow', async () => {
      const { filenames, heaps } = JSON.parse(await outputOf(execPath, 'self-loop.mjs'));
      expect(filenames).toContain(repoPath('fixtures/programs/self-loop.mjs'));
      expect(filenames.filter((name: string) => name.startsWith(repoPath('dist')) || name.includes('node_modules'))).toEqual([]);
      // The least of six rounds: what a single round leaves to a later collection does not count. Twelve rounds lie between the two.
      const [early, late] = [heaps.slice(6, 12), heaps.slice(18, 24)].map((few) => Math.min(...few));
      expect(late! - early!).toBeLessThan(GROWTH_BOUND);
    });
  },
);
