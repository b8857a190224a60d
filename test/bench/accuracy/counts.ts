import { basename } from 'node:path';
import type { Snapshot } from '../../../src/snapshot/snapshot.js';
import { launch } from '../../../src/tracing/launch/launch.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { printTable } from '../measure.js';
import { meanOf, sum } from './compare.js';

const PROGRAM = repoPath('fixtures', 'counts', 'known.cjs');
const ITEMS = 200_000;
/** The constants of the error of counts were chosen on other seeds of the first set. The second set was written and first run after that. */
const SEEDS = [401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412];
const SETS = ['chosen-on', 'held-out'];
const SETTINGS = { default: {}, '--no-inline': { inlining: false } } as const;

interface Run {
  readonly rows: number;
  readonly covered: number;
  readonly marked: number;
  readonly total: number;
}

/**
 * Compares counts with what programs make by construction, in code that becomes optimized. A row is a kind of objects. `TEST_NODES=all` runs it on all
 * versions.
 */
export async function benchCounts(): Promise<void> {
  const rows: string[][] = [];
  for (const { major, execPath } of nodeBinaries())
    for (const set of SETS)
      for (const [name, setting] of Object.entries(SETTINGS)) {
        const runs: Run[] = [];
        for (const seed of SEEDS) runs.push(await runOf({ execPath, set, seed, setting }));
        rows.push([`${major}`, set, name, ...figuresOf(runs)]);
      }
  printTable([['Node', 'kinds', 'setting', 'rows', '± holds', 'marked ~', 'count, mean'], ...rows]);
}

function figuresOf(runs: readonly Run[]): string[] {
  const rows = sum(runs, (run) => run.rows);
  const share = (part: number) => `${((100 * part) / rows).toFixed(1)} %`;
  const { mean, error } = meanOf(runs, ({ total }) => total);
  return [
    `${rows}`,
    share(sum(runs, ({ covered }) => covered)),
    share(sum(runs, ({ marked }) => marked)),
    `${(100 * mean).toFixed(1)} % ± ${(100 * error).toFixed(1)} %`,
  ];
}

interface Wanted {
  readonly execPath: string;
  readonly set: string;
  readonly seed: number;
  readonly setting: { readonly inlining?: boolean };
}

async function runOf({ execPath, set, seed, setting }: Wanted): Promise<Run> {
  const args = [repoPath('fixtures', 'counts', set), `${seed}`, `${ITEMS}`];
  const tracer = await launch(PROGRAM, { execPath, args, ...setting, stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  tracer.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  await tracer.start(setting);
  const { snapshot, error } = await tracer.exited;
  if (!snapshot) throw new Error(`${set} could not be traced`, { cause: error });
  return compared(snapshot, JSON.parse(Buffer.concat(chunks).toString()));
}

/** @param truth blocks by the name of the file that makes them */
function compared(snapshot: Snapshot, truth: Record<string, number>): Run {
  const found = snapshot.statistics('filename').filter(({ traceback }) => (truth[fileOf(traceback)] ?? 0) > 0);
  const made = sum(Object.values(truth), (blocks) => blocks);
  return {
    rows: found.length,
    covered: found.filter(
      ({ count, countStandardError, traceback }) => Math.abs(count - truth[fileOf(traceback)]!) <= 2 * countStandardError,
    ).length,
    marked: found.filter(({ count, countStandardError }) => 4 * countStandardError > count).length,
    total: sum(found, ({ count }) => count) / made - 1,
  };
}

function fileOf(traceback: { at(index: number): { readonly filename: string } | undefined }): string {
  return basename(traceback.at(-1)!.filename);
}
