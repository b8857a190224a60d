import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinaries } from '../helpers/nodes.js';
import { repoPath } from '../helpers/paths.js';
import { providePackages } from '../helpers/provide.js';
import { REGISTER_URL } from '../helpers/registered.js';
import { startTarget, type TargetProcess } from '../helpers/target-process.js';
import { load } from './leaks/services.js';
import { median, printTable } from './measure.js';

const SERVICE = repoPath('fixtures/programs/small-service.cjs');
const FRAMEWORKS = ['express', 'fastify'];
const WORK = ['json', 'html', 'promises'];
/** V8 optimizes a process in one way or another, so a service has several. */
const PROCESSES = 5;
const WARM_UP = 2;
const ROUNDS = 5;
const REQUESTS = 2_000;
const GOAL = 1.1;
const NS_PER_MS = 1e6;

const LINES = ['--import', REGISTER_URL];
const KINDS = {
  'no lines': { execArgv: [], env: {} },
  'true lines': { execArgv: LINES, env: {} },
  labels: { execArgv: LINES, env: { NODE_TRACEMALLOC_LABEL: 'requests' } },
} as const;
type Kind = keyof typeof KINDS;

/** What a labelled request costs a service: processor time of its process, in turn for a process of each kind. Nothing is sampled. */
export async function benchLabels(): Promise<void> {
  const rows: string[][] = [];
  for (const { major, execPath } of nodeBinaries()) {
    for (const framework of FRAMEWORKS) {
      for (const work of WORK) {
        const times = await timesOf({ execPath, args: [framework, work] });
        const ratio = (kind: Kind) => median(times[kind].map((time, round) => time / times['true lines'][round]!)).toFixed(2);
        rows.push([`Node ${major}, ${framework}, ${work}`, ratio('no lines'), ratio('labels'), median(times['true lines']).toFixed(0)]);
      }
    }
  }
  printTable([['processor time, to true lines alone', 'no lines', 'labels', `ms of ${REQUESTS} requests with true lines`], ...rows]);
  console.log(`medians of ${PROCESSES} times ${ROUNDS} paired rounds (goal: labels at most ${GOAL})`);
}

/** The time of each round, by kind. */
async function timesOf(service: { readonly execPath: string; readonly args: readonly string[] }): Promise<Record<Kind, number[]>> {
  const NODE_PATH = join(await providePackages('corpus'), 'node_modules');
  const times: Record<Kind, number[]> = { 'no lines': [], 'true lines': [], labels: [] };
  for (let i = 0; i < PROCESSES; i++) {
    const services: [Kind, TargetProcess][] = [];
    for (const kind of Object.keys(KINDS) as Kind[]) {
      const { execArgv, env } = KINDS[kind];
      services.push([kind, await startTarget({ ...service, file: SERVICE, execArgv, env: { NODE_PATH, ...env }, ready: true })]);
    }
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const [kind, one] of services) {
        const time = await timeOf(one);
        if (round >= 0) times[kind].push(time);
      }
    }
    for (const [, one] of services) await one.kill();
  }
  return times;
}

/** The processor time in ms that a service needs for the requests of one round. */
async function timeOf(service: TargetProcess): Promise<number> {
  const before = processorTime(service.pid);
  await load(/port (\d+)/.exec(service.stdout())![1]!, REQUESTS);
  return processorTime(service.pid) - before;
}

/** Of all threads, in ms. /proc/PID/stat counts in steps of 10 ms, a tenth of what is measured. */
function processorTime(pid: number): number {
  const threads = `/proc/${pid}/task`;
  const times = readdirSync(threads).map((thread) => Number(readFileSync(`${threads}/${thread}/schedstat`, 'latin1').split(' ')[0]));
  return times.reduce((sum, time) => sum + time, 0) / NS_PER_MS;
}
