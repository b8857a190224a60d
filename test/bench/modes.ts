import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { UnsupportedError } from '../../src/errors.js';
import type { StartOptions } from '../../src/tracing/tracer/start-options.js';
import { repoPath } from '../helpers/paths.js';
import { startTarget } from '../helpers/target-process.js';
import { printTable } from './measure.js';
import { type Measurement, measureInTurn, runTraced, type Took, tookOf, tracedWith } from './traced-run.js';

const ROUNDS = 7;
const GOAL_OF_SAMPLING = 1.1;

interface Way {
  readonly name: string;
  /** If left out, nothing is traced. */
  readonly options?: StartOptions;
  /** The number of items that take about a second. */
  readonly items: number;
}

const WAYS: readonly Way[] = [
  { name: 'no profiler', items: 20_000_000 },
  { name: 'sampling', options: {}, items: 20_000_000 },
  { name: 'exact', options: { mode: 'exact', nframe: 25 }, items: 200_000 },
  { name: 'objects', options: { mode: 'objects', nframe: 25 }, items: 200_000 },
];
const PYTHON_WAYS = [
  { name: 'CPython', frames: 0, items: 2_000_000 },
  { name: 'CPython, tracemalloc(1)', frames: 1, items: 300_000 },
  { name: 'CPython, tracemalloc(25)', frames: 25, items: 100_000 },
];

/** Calls around the loop: none, and as many as in a framework. */
const DEPTHS = [0, 25];
const REQUESTS = 10_000;

/** The cost of each mode for a loop that only allocates, with CPython's tracemalloc on the same loop, and for a load like a server's. */
export async function benchModes(): Promise<void> {
  const ways = await supported();
  const hasPython = spawnSync('python3', ['--version']).status === 0;
  if (!hasPython) console.log('no python3 here: our times only');
  for (const depth of DEPTHS) await benchLoop(ways, depth, hasPython);
  await benchLoad(ways);
  console.log(
    `medians of ${ROUNDS}, in turn; in brackets the ratio of the least processor time, which other work on the machine disturbs less`,
  );
  console.log(`goals: sampling at most ${GOAL_OF_SAMPLING}, exact below CPython's ratio with 25 frames`);
}

async function benchLoop(ways: readonly Way[], depth: number, hasPython: boolean): Promise<void> {
  const file = repoPath('fixtures', 'programs', 'allocation-loop.cjs');
  const own = ways.map(({ name, options, items }) => {
    const args = [String(items), String(depth)];
    const once = () => runTraced({ file, args, ...(options && { trace: tracedWith(options) }) });
    return [name, async () => eachOf(items, await once())] as const;
  });
  const pythons = PYTHON_WAYS.map(({ name, frames, items }) => {
    return [name, async () => eachOf(items, await runPython([items, depth, frames]))] as const;
  });
  const runs = hasPython ? [...own, ...pythons] : own;
  const measured: Record<string, Measurement> = await measureInTurn(Object.fromEntries(runs), ROUNDS);
  const rows = Object.entries(measured).map(([name, took]) => {
    const untraced = measured[name.startsWith('CPython') ? 'CPython' : 'no profiler']!;
    const added = took.clock - untraced.clock;
    return [name, took.clock.toFixed(0), ...ratios(took, untraced), added.toFixed(0)];
  });
  printTable([[`loop below ${depth} calls`, 'ns an item', 'ratio', '', 'ns added'], ...rows]);
}

async function benchLoad(ways: readonly Way[]): Promise<void> {
  const file = repoPath('fixtures', 'programs', 'mixed-work.cjs');
  const args = [String(REQUESTS)];
  const runs = ways.map(
    ({ name, options }) => [name, () => runTraced({ file, args, ...(options && { trace: tracedWith(options) }) })] as const,
  );
  const measured: Record<string, Measurement> = await measureInTurn(Object.fromEntries(runs), ROUNDS);
  const rows = Object.entries(measured).map(([name, took]) => [name, took.clock.toFixed(0), ...ratios(took, measured['no profiler']!)]);
  printTable([[`load, ${REQUESTS} requests`.padEnd(24), 'ms', 'ratio', ''], ...rows]);
}

function ratios(took: Measurement, untraced: Measurement): [string, string] {
  const [clock, cpu] = [took.clock / untraced.clock, took.leastCpu / untraced.leastCpu];
  const text = (ratio: number) => ratio.toFixed(ratio < 10 ? 2 : 0);
  return [text(clock), `(${text(cpu)})`];
}

/** Turns ms for all items into ns per item. */
function eachOf(items: number, { clock, cpu }: Took): Took {
  return { clock: (clock / items) * 1e6, cpu: (cpu / items) * 1e6 };
}

async function runPython(args: readonly number[]): Promise<Took> {
  const file = repoPath('fixtures', 'parity', 'allocation_loop.py');
  return tookOf((await promisify(execFile)('python3', [file, ...args.map(String)])).stdout);
}

/** Without the modes that cannot be started yet. */
async function supported(): Promise<Way[]> {
  const ways: Way[] = [];
  const target = await startTarget({ execPath: process.execPath, code: 'setInterval(() => {}, 1000)' });
  try {
    for (const way of WAYS) {
      try {
        const tracer = way.options && (await tracedWith(way.options)(target));
        await tracer?.close();
        ways.push(way);
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error;
        console.log(`without ${way.name}: ${error.message}`);
      }
    }
  } finally {
    await target.kill();
  }
  return ways;
}
