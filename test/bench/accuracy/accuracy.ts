import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_INTERVAL } from '../../../src/collect/sampling/sampler-commands.js';
import { totalOf } from '../../../src/model/column-totals.js';
import type { Snapshot } from '../../../src/snapshot/snapshot.js';
import { launch } from '../../../src/tracing/launch/launch.js';
import type { StartOptions } from '../../../src/tracing/tracer/start-options.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { printTable } from '../measure.js';
import { type Compared, compareRun, meanOf, sum } from './compare.js';
import { type Place, placesOf, wholeOf } from './places.js';

const FOLDER = repoPath('fixtures', 'accuracy');
const RUNS = 12;
const EXEC_PATH = nodeBinaries().find(({ major }) => String(major) === process.env.ACCURACY_NODE)?.execPath ?? process.execPath;
/** The interval and the constants of the decoding were chosen on simulated samplings of these programs. The others are independent. */
const CHOSEN_ON = ['classes', 'json', 'parser', 'server', 'strings', 'styles', 'typed-arrays'];

/**
 * Compares sampled runs of real programs with exact ones. All programs are deterministic. `ACCURACY_INTERVAL` sets another interval,
 * `ACCURACY_PROGRAMS` names the programs to run, and `ACCURACY_NODE` another Node (24 is a Node of the tests).
 */
export async function benchAccuracy(): Promise<void> {
  const interval = Number(process.env.ACCURACY_INTERVAL ?? DEFAULT_INTERVAL);
  const names = readdirSync(FOLDER).map((file) => file.replace('.cjs', ''));
  const wanted = process.env.ACCURACY_PROGRAMS?.split(',') ?? names;
  const rows: string[][] = [];
  const all: Compared[] = [];
  for (const name of names.filter((one) => wanted.includes(one))) {
    const truth = placesOf(await run(name, { mode: 'exact' }), interval);
    const again = totalOf((await run(name, { mode: 'exact' })).columns).count;
    const runs: Compared[] = [];
    for (let i = 0; i < RUNS; i++) runs.push(compareRun(await run(name, { interval }), truth, interval));
    rows.push(rowOf(name, { truth: wholeOf(truth.values()), again, runs }));
    all.push(...runs);
  }
  printTable([
    [
      'program',
      'MB',
      'blocks',
      'exact again',
      'samples',
      'count, mean',
      'worst run',
      'sampling ±',
      'lines',
      'size, mean',
      '± covers',
      'of large',
      'of counts',
    ],
    ...rows,
  ]);
  console.log(
    `interval ${interval}, ${RUNS} runs of each, Node ${process.env.ACCURACY_NODE ?? process.version}; * had a say in the choice of interval and constants`,
  );
  console.log(`± of all rows covers ${percent(sum(all, ({ covered }) => covered) / sum(all, ({ rows }) => rows))}`);
}

/** Runs a program without inlining, and so without folding, so that both kinds of run see the same blocks in the same functions. */
async function run(name: string, options: StartOptions): Promise<Snapshot> {
  const tracer = await launch(`${FOLDER}/${name}.cjs`, {
    execPath: EXEC_PATH,
    env: { ...process.env, NODE_PATH: join(await providePackages('corpus'), 'node_modules') },
    inlining: false,
    stdio: 'ignore',
  });
  await tracer.start(options);
  const { snapshot, error } = await tracer.exited;
  if (!snapshot) throw new Error(`${name} could not be traced`, { cause: error });
  return snapshot;
}

function rowOf(name: string, { truth, again, runs }: { truth: Place; again: number; runs: readonly Compared[] }): string[] {
  const count = meanOf(runs, ({ totalCount }) => totalCount);
  const size = meanOf(runs, ({ totalSize }) => totalSize);
  const worst = runs.reduce((most, { totalCount }) => (Math.abs(totalCount) > Math.abs(most) ? totalCount : most), 0);
  return [
    `${name}${CHOSEN_ON.includes(name) ? ' *' : ''}`,
    (truth.size / 1e6).toFixed(1),
    String(truth.count),
    signed(again / truth.count - 1),
    meanOf(runs, ({ samples }) => samples).mean.toFixed(0),
    `${signed(count.mean)} ± ${percent(count.error)}`,
    signed(worst),
    percent(truth.countScatter / truth.count),
    percent(sum(runs, ({ goodLines }) => goodLines) / sum(runs, ({ lines }) => lines)),
    `${signed(size.mean)} ± ${percent(size.error)}`,
    percent(sum(runs, ({ covered }) => covered) / sum(runs, ({ rows }) => rows)),
    percent(sum(runs, ({ largeCovered }) => largeCovered) / sum(runs, ({ largeRows }) => largeRows)),
    percent(sum(runs, ({ countCovered }) => countCovered) / sum(runs, ({ rows }) => rows)),
  ];
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

function signed(part: number): string {
  return `${part < 0 ? '−' : '+'}${percent(Math.abs(part))}`;
}
