import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_INTERVAL } from '../../src/collect/sampling/sampler-commands.js';
import { repoPath } from '../helpers/paths.js';
import { printTable } from './measure.js';
import { type Measurement, measureInTurn, runTraced, tracedWith } from './traced-run.js';

const ROUNDS = 21;
const GOAL = 1.02;

interface Row extends Measurement {
  readonly name: string;
}

/**
 * The cost of tracing for a program that allocates all the time, for a few seconds. Its own clock times only its work, not its start and end. Every
 * run has its inspector open. Processor time is printed, too, because other work on the machine disturbs it less. The least value of all runs is
 * disturbed least.
 */
export async function benchSlowdown(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-bench-'));
  const heapProf = ['--heap-prof', `--heap-prof-interval=${DEFAULT_INTERVAL}`, `--heap-prof-dir=${folder}`];
  const file = repoPath('fixtures', 'programs', 'mixed-work.cjs');
  const runs = {
    'no profiler': () => runTraced({ file }),
    [`--heap-prof, interval ${DEFAULT_INTERVAL}`]: () => runTraced({ file, execArgv: heapProf }),
    'attached, default interval': () => runTraced({ file, trace: tracedWith() }),
  };
  try {
    const measured = await measureInTurn(runs, ROUNDS);
    report(Object.entries(measured).map(([name, times]) => ({ name, ...times })));
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
