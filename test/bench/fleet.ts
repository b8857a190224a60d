import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FolderStore } from '../../src/store/folder/folder-store.js';
import { type Line, simulateService } from '../helpers/fleet-simulation.js';
import { repoPath } from '../helpers/paths.js';
import { reapTargets, temporaryFolder } from '../helpers/target-process.js';
import { printTable, timed } from './measure.js';

const PROCESSES = 200;
const PROFILES = 10;
const LINES = 500;
const STACKS = 4;
const DEPTH = 20;
const LEAKS: ReadonlyMap<number, number> = new Map([
  [17, 2 ** 20],
  [170, 3 * 2 ** 20],
  [400, 8 * 2 ** 20],
]);

/** The folder store on 2,000 profiles: of 200 processes on two releases, one of which has three leaks. Prints time, memory, and what is said to leak. */
export async function benchFleet(): Promise<void> {
  const folder = temporaryFolder();
  const store = new FolderStore(folder);
  const everyMs = 600_000;
  const service = {
    service: 'api',
    seed: 1,
    startMs: Date.UTC(2026, 0, 1),
    profiles: PROFILES,
    everyMs,
    stacks: STACKS,
    depth: DEPTH,
    restarting: 0.2,
  };
  const releases = ['2.0', '2.1'].map((release) => ({ release, processes: PROCESSES / 2, lines: linesOf(release === '2.1') }));
  const pushing = await timed(async () => {
    for (const profile of simulateService({ ...service, releases })) await store.push([profile]);
  });
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmsnap'));
  const bytes = files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  console.log(`${files.length} files, ${(bytes / 2 ** 20).toFixed(0)} MiB; ${(pushing / files.length).toFixed(1)} ms to make and push one`);
  const rows = [['question', 'time', 'memory']];
  for (const [verb, ...options] of [
    ['stats'],
    ['stats', '--group-by', 'traceback'],
    ['diff', '--release', '2.1', '--against', '2.0'],
    ['leaks'],
    ['leaks', '--group-by', 'traceback'],
    ['export', '-o', join(folder, 'all.tmsnap.out')],
  ]) {
    const { seconds, mebibytes, output } = ask(['fleet', verb!, `folder:${folder}`, ...options]);
    rows.push([
      [verb, ...options.filter((word) => !word.startsWith('/'))].join(' '),
      `${seconds.toFixed(1)} s`,
      `${mebibytes.toFixed(0)} MiB`,
    ]);
    if (verb === 'leaks' && options.length === 0)
      console.log(`${output}\nplanted: 2.1, lines ${[...LEAKS.keys()].map((line) => line + 1).join(', ')}`);
  }
  printTable(rows);
  await reapTargets();
}

/** Lines of four kinds; a release with leaks has them besides. */
function linesOf(isLeaking: boolean): Line[] {
  return Array.from({ length: LINES }, (_, i): Line => {
    const leak = LEAKS.get(i);
    if (leak !== undefined && isLeaking) return { kind: 'leak', rate: leak };
    if (i % 50 === 7) return { kind: 'cache', samples: 20, hours: 0.4 };
    if (i % 50 === 8) return { kind: 'warm-up', samples: 20, hours: 0.3 };
    return { kind: 'turnover', samples: 1 + (i % 8), hours: 0.02 * (1 + (i % 5)) };
  });
}

/** The command in a process of its own. */
function ask(argv: readonly string[]): { seconds: number; mebibytes: number; output: string } {
  const code = `
    const { main } = await import(${JSON.stringify(repoPath('dist/src/cli/main.js'))});
    const { peakRss } = await import(${JSON.stringify(repoPath('dist/test/bench/measure.js'))});
    const start = performance.now();
    await main(${JSON.stringify(argv)});
    console.error('MEASURED ' + JSON.stringify({ seconds: (performance.now() - start) / 1000, mebibytes: peakRss() / 2 ** 20 }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  const measured = /^MEASURED (.*)$/m.exec(stderr)?.[1];
  if (measured === undefined) throw new Error(stderr);
  return { ...(JSON.parse(measured) as { seconds: number; mebibytes: number }), output: stdout };
}
