import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { nodeBinaries } from '../helpers/nodes.js';
import { repoPath } from '../helpers/paths.js';

const RUNS = 3;
const MIB = 2 ** 20;

interface Measured {
  readonly name: string;
  readonly truth: number;
  readonly found: readonly number[];
  readonly ms: readonly number[];
}

/** What `peakOf` finds of functions with known peaks, in each Node of this run: the least and the most of three runs, and their median time. */
export async function benchPeaks(): Promise<void> {
  for (const { major, execPath } of nodeBinaries().filter((node) => node.major >= 20)) {
    const child = spawn(execPath, [repoPath('fixtures/programs/known-peaks.mjs'), String(RUNS)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = (await text(child.stdout)).trimEnd().split('\n');
    for (const { name, truth, found, ms } of lines.map((line) => JSON.parse(line) as Measured)) {
      const [least, most] = [Math.min(...found), Math.max(...found)].map((bytes) => (bytes / MIB).toFixed(2));
      const median = ms.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)]!;
      console.log(`Node ${major}, ${name}, ${(truth / MIB).toFixed(2)} MiB: ${least} to ${most} MiB, ${median.toFixed(0)} ms`);
    }
  }
}
