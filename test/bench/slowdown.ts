import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_INTERVAL } from '../../src/collect/sampling.js';
import { attach } from '../../src/target/attach.js';
import type { Tracer } from '../../src/target/tracer.js';
import { repoPath } from '../helpers/paths.js';
import { startTarget, type TargetProcess } from '../helpers/target-process.js';
import { interleavedMedians, median, printTable } from './measure.js';

const ROUNDS = 21;
const GOAL = 1.02;

interface Took {
  readonly clock: number;
  readonly cpu: number;
}

interface Row extends Took {
  readonly name: string;
  readonly leastCpu: number;
}

/**
 * What tracing costs a program of a few seconds that allocates all the time, by its own clock: its work alone, not its start and end.
 * Every run has its inspector open. Its processor time stands beside it, which other work on the machine disturbs less,
 * the least of all runs least.
 */
export async function benchSlowdown(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-bench-'));
  const heapProf = ['--heap-prof', `--heap-prof-interval=${DEFAULT_INTERVAL}`, `--heap-prof-dir=${folder}`];
  const runs = {
    'no profiler': () => run([]),
    [`--heap-prof, interval ${DEFAULT_INTERVAL}`]: () => run(heapProf),
    'attached, default interval': () => run([], traceIt),
  };
  const cpu = new Map<string, number[]>(Object.keys(runs).map((name) => [name, []]));
  const measured = Object.entries(runs).map(([name, once]) => {
    const byClock = async (): Promise<number> => {
      const took = await once();
      cpu.get(name)!.push(took.cpu);
      return took.clock;
    };
    return [name, byClock] as const;
  });
  try {
    const clock = await interleavedMedians(Object.fromEntries(measured), ROUNDS);
    report([...cpu].map(([name, [, ...times]]) => ({ name, clock: clock[name]!, cpu: median(times), leastCpu: Math.min(...times) })));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function report(rows: readonly Row[]): void {
  const columns = { 'ms, median': 'clock', 'processor ms, median': 'cpu', 'processor ms, least': 'leastCpu' } as const;
  for (const [title, field] of Object.entries(columns)) {
    const [untraced, heapProf] = [rows[0]![field], rows[1]![field]];
    printTable([
      [title.padEnd(30), '', 'to no profiler', 'to --heap-prof'],
      ...rows.map((row) => [row.name, row[field].toFixed(0), (row[field] / untraced).toFixed(3), (row[field] / heapProf).toFixed(3)]),
    ]);
  }
  console.log(`${ROUNDS} runs of each, in turn (goal: attached at most ${GOAL} to --heap-prof)`);
}

/** What the program says of its work, with `trace` begun before it. */
async function run(execArgv: readonly string[], trace?: (target: TargetProcess) => Promise<Tracer>): Promise<Took> {
  const file = repoPath('fixtures', 'programs', 'mixed-work.cjs');
  const target = await startTarget({ execPath: process.execPath, file, execArgv, ready: true });
  try {
    const tracer = await trace?.(target);
    target.child.stdin.write('go\n');
    await target.exited;
    await tracer?.closed;
    const [, clock, cpu] = /took (\S+) (\S+)/.exec(target.stdout()) ?? [];
    return { clock: Number(clock), cpu: Number(cpu) };
  } finally {
    await target.kill();
  }
}

async function traceIt({ port }: TargetProcess): Promise<Tracer> {
  const tracer = await attach(port);
  await tracer.start();
  return tracer;
}
