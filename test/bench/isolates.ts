import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { attach } from '../../src/tracing/attach/attach.js';
import { launch } from '../../src/tracing/launch/launch.js';
import type { StartOptions } from '../../src/tracing/tracer/start-options.js';
import type { Tracer } from '../../src/tracing/tracer/tracer.js';
import { Answering } from '../helpers/answering.js';
import { repoPath } from '../helpers/paths.js';
import { startTarget, type TargetProcess } from '../helpers/target-process.js';
import { interleavedMedians, median, printTable, timed } from './measure.js';

const PROGRAM = repoPath('fixtures', 'programs', 'many-isolates.cjs');
const WORKERS = 32;
const CHILDREN = 20;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const GOAL_MS = 5000;

/** Starts 32 workers and 20 child processes at once. Prints how long until all are traced, and how long a snapshot stops each thread. */
export async function benchIsolates(): Promise<void> {
  await benchStart();
  await benchPauses();
}

async function benchStart(): Promise<void> {
  const started = (workers: number, children: number) => ({ workers, children });
  const both = started(WORKERS, CHILDREN);
  const times = await interleavedMedians(
    {
      [`attach to ${WORKERS} workers that run`]: attachToMany,
      ...startsOf(`${WORKERS} workers`, started(WORKERS, 0)),
      ...startsOf(`${CHILDREN} children`, started(0, CHILDREN)),
      ...startsOf(`${WORKERS} workers and ${CHILDREN} children`, both),
    },
    ROUNDS,
  );
  const rows = Object.entries(times).map(([name, ms]) => [name, ms.toFixed(0)]);
  printTable([['until all have run their first line, traced', 'ms'], ...rows]);
  console.log(`medians of ${ROUNDS}, in turn; goal: at most ${GOAL_MS} ms`);
}

interface Many {
  readonly workers: number;
  readonly children: number;
}

function startsOf(what: string, many: Many): Record<string, () => Promise<number>> {
  return {
    [`${what} start`]: () => startUntraced(many),
    [`${what} start, traced`]: () => startTraced(many),
  };
}

/** The time of the start without tracing, by the program's own clock, in ms. */
async function startUntraced({ workers, children }: Many): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, `${workers}`, `${children}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  return startAll(child, await Answering.with(child));
}

/** The same with tracing: no worker and no process runs its first line before it is traced. */
async function startTraced({ workers, children }: Many): Promise<number> {
  const tracer = await launch(PROGRAM, {
    args: [`${workers}`, `${children}`],
    stdio: ['pipe', 'pipe', 'ignore'],
    follow: true,
  });
  await tracer.start();
  const program = await Answering.with(tracer);
  const ms = timeOf(await program.ask('go'));
  const { threads, capture } = await tracer.takeSnapshot();
  const problems = (await Promise.all(tracer.processes.map(({ problem }) => problem))).filter((problem) => problem !== null);
  if (threads.length !== workers + 1 || capture.missing || tracer.processes.length !== children || problems.length > 0) {
    throw new Error(`${threads.length} threads and ${tracer.processes.length} processes were traced; ${problems}`);
  }
  program.tell('end');
  await tracer.exited;
  await tracer.leaveProcesses();
  return ms;
}

async function startAll(child: ChildProcess, program: Answering): Promise<number> {
  const ms = timeOf(await program.ask('go'));
  program.tell('end');
  await once(child, 'exit');
  return ms;
}

function timeOf(answer: string): number {
  return Number(/^started (\S+)$/.exec(answer)![1]);
}

async function running(workers: number): Promise<{ target: TargetProcess; program: Answering }> {
  const target = await startTarget({ execPath: process.execPath, file: PROGRAM, args: [`${workers}`, '0'] });
  const program = await Answering.with(target.child);
  await program.ask('go');
  return { target, program };
}

async function traced({ port }: TargetProcess, options: StartOptions): Promise<Tracer> {
  const tracer = await attach(port);
  await tracer.start(options);
  return tracer;
}

/** The time of `attach()` and `start()`, in ms. */
async function attachToMany(): Promise<number> {
  const { target } = await running(WORKERS);
  let tracer: Tracer | undefined;
  const ms = await timed(async () => {
    tracer = await traced(target, {});
  });
  const { threads } = await tracer!.takeSnapshot();
  if (threads.length !== WORKERS + 1) throw new Error(`only ${threads.length} threads were traced`);
  await tracer!.close();
  await target.kill();
  return ms;
}

/** The longest delay of event loops, in ms: of the main thread, and the median and the longest one of the workers. */
interface Pauses {
  readonly main: number;
  readonly worker: number;
  readonly longest: number;
  readonly snapshot: number;
}

/** Measures one worker alone, and the main thread without workers, so that nothing else collects garbage on the two cores. */
async function benchPauses(): Promise<void> {
  const rows = [
    ['main thread alone', await pausesOf(0)],
    ['and one worker', await pausesOf(1)],
    [`and ${WORKERS} workers`, await pausesOf(WORKERS)],
    [`and ${WORKERS} workers, no snapshot`, await pausesOf(WORKERS, async () => new Promise((resolve) => setTimeout(resolve, 1000)))],
  ] as const;
  const text = (ms: number) => (Number.isNaN(ms) ? '' : ms.toFixed(0));
  const cells = rows.map(([name, { main, worker, longest, snapshot }]) => [name, text(main), text(worker), text(longest), text(snapshot)]);
  printTable([['event loops late at a snapshot', 'main ms', 'a worker ms', 'the longest ms', 'snapshot ms'], ...cells]);
  console.log(`medians of ${ROUNDS}`);
}

async function pausesOf(workers: number, act = (tracer: Tracer): Promise<unknown> => tracer.takeSnapshot()): Promise<Pauses> {
  const { target, program } = await running(workers);
  const tracer = await traced(target, {});
  const rounds: Pauses[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    await program.ask('reset');
    const snapshot = await timed(() => act(tracer));
    const [main, ...rest] = JSON.parse(await program.ask('pauses')) as number[];
    const pauses = { main: main!, worker: rest.length > 0 ? median(rest) : Number.NaN, longest: Math.max(...rest), snapshot };
    if (round >= 0) rounds.push(pauses);
  }
  await tracer.close();
  await target.kill();
  const of = (name: keyof Pauses) => median(rounds.map((one) => one[name]));
  return { main: of('main'), worker: of('worker'), longest: workers === 0 ? Number.NaN : of('longest'), snapshot: of('snapshot') };
}
