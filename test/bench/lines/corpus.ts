import { join } from 'node:path';
import { inliningFlags } from '../../../src/protocol/v8-flags.js';
import { providePackages } from '../../helpers/provide.js';
import { REGISTER_URL, run } from '../../helpers/registered.js';
import { CORPUS, workloadsWith } from '../../helpers/workloads.js';
import { interleavedMedians, median, printTable } from '../measure.js';

const ROUNDS = 3;
/** Rounds of a workload in one process. Its own clock does not count the first two. */
const REPEATS = 12;
const NO_INLINING = inliningFlags(Number.parseInt(process.versions.node, 10)).set;
const GOALS = { median: 1.8, most: 4 };

/** The cost of true lines for running programs: processor time of the corpus with true lines in all packages, and without. Nothing is sampled. */
export async function benchCorpus(): Promise<void> {
  const modules = join(await providePackages('corpus'), 'node_modules');
  const rows: { file: string; toPlain: number; toNoInlining: number }[] = [];
  for (const file of workloadsWith(modules)) {
    const took = await interleavedMedians(
      {
        plain: () => workMs(file, modules, []),
        noInlining: () => workMs(file, modules, NO_INLINING),
        lines: () => workMs(file, modules, ['--import', REGISTER_URL]),
      },
      ROUNDS,
    );
    rows.push({ file, toPlain: took.lines / took.plain, toNoInlining: took.lines / took.noInlining });
  }
  rows.sort((a, b) => b.toPlain - a.toPlain);
  printTable([
    ['processor time with true lines', 'to none', 'to none, without inlining'],
    ...rows.map(({ file, toPlain, toNoInlining }) => [file, toPlain.toFixed(2), toNoInlining.toFixed(2)]),
    ['median', median(rows.map(({ toPlain }) => toPlain)).toFixed(2), median(rows.map(({ toNoInlining }) => toNoInlining)).toFixed(2)],
  ]);
  console.log(`Node ${process.versions.node}; goal: a median of at most ${GOALS.median}, none above ${GOALS.most}`);
}

function workMs(file: string, modules: string, execArgv: readonly string[]): number {
  const env = { NODE_PATH: modules, NODE_TRACEMALLOC_LINES: 'all', CORPUS_ROUNDS: `${REPEATS}`, CORPUS_TIME: '1' };
  const { code, stderr } = run(process.execPath, [join(CORPUS, file)], { execArgv, env });
  const time = /^time (\S+)$/m.exec(stderr)?.[1];
  if (code !== 0 || time === undefined) throw new Error(`${file} failed: ${stderr.slice(0, 500)}`);
  return Number(time);
}
