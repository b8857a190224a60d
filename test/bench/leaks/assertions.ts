import { join } from 'node:path';
import { firstPlace, type GrowthRun, growthRuns, type RunOptions } from '../../helpers/growth-runs.js';
import { isLeakingPlace, type Place, type SubjectKind, subjectFile, subjectNames } from '../../helpers/growth-subjects.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { providePackages } from '../../helpers/provide.js';
import { median, printTable } from '../measure.js';
import { atOnce } from './at-once.js';

/** Assertions on each function, on each Node. */
const RUNS = Number(process.env.LEAKS_RUNS ?? 40);
/** Half of the runs have a process of their own. The others share processes, this many each, as the tests of a file do. */
const SHARED = 10;
/** A leak is the same each time. */
const LEAK_RUNS = Math.max(2, RUNS / 10);

const MOST_ROWS = 3;
const MOST_FRAMES = 4;

/** What happened to one function on one Node. */
interface Result {
  readonly name: string;
  readonly node: number;
  readonly runs: readonly GrowthRun[];
}

/** How often an assertion on functions that keep nothing fails, and whether it finds planted leaks and names their line first. LEAKS_ONLY takes names. */
export async function benchLeaks(): Promise<void> {
  const clean = await results('clean', RUNS);
  printClean(clean);
  printLeaks(await results('leaks', LEAK_RUNS));
}

async function results(kind: SubjectKind, runs: number): Promise<Result[]> {
  const modules = join(await providePackages('growth'), 'node_modules');
  const only = process.env.LEAKS_ONLY?.split(',');
  const names = subjectNames(kind).filter((name) => only?.includes(name) ?? true);
  const jobs = names.flatMap((name) => nodeBinaries().map(({ major, execPath }) => ({ name, node: major, execPath })));
  return atOnce(2, jobs, async ({ name, node, execPath }) => {
    const all: GrowthRun[] = [];
    for (const part of processesFor(runs))
      all.push(...(await growthRuns({ ...part, execPath, files: [subjectFile(kind, name)], modules })));
    const failures = failed(all);
    console.error(
      `${kind}/${name}, Node ${node}: ${failures.length} of ${all.length} failed${kind === 'clean' ? failures.map(described).join('') : ''}`,
    );
    return { name, node, runs: all };
  });
}

/** Every second process has true lines. */
function processesFor(runs: number): Pick<RunOptions, 'runs' | 'lines'>[] {
  const alone = Math.ceil(runs / 2);
  const sizes = Array.from({ length: alone }, () => 1);
  for (let left = runs - alone; left > 0; left -= SHARED) sizes.push(Math.min(left, SHARED));
  return sizes.map((count, index) => ({ runs: count, lines: index % 2 === 0 ? 'functions' : 'true lines' }));
}

function printClean(all: readonly Result[]): void {
  printTable([
    ['clean function', ...nodes(all).map((node) => `Node ${node}`), 'a run, median'],
    ...byName(all, (results) => {
      const cells = results.map(({ runs }) => `${failed(runs).length} of ${runs.length}`);
      return [...cells, `${Math.round(median(results.flatMap(({ runs }) => runs.map(({ ms }) => ms))))} ms`];
    }),
  ]);
  const runs = all.flatMap((result) => result.runs);
  console.log(`false alarms: ${failed(runs).length} of ${runs.length} runs`);
  for (const { name, node, runs } of all) for (const run of failed(runs)) console.log(`${name}, Node ${node}: ${described(run)}`);
}

function printLeaks(all: readonly Result[]): void {
  printTable([
    ['leak: found, the right line first', ...nodes(all).map((node) => `Node ${node}`)],
    ...byName(all, (results) =>
      results.map(
        ({ name, runs }) => `${failed(runs).length}, ${failed(runs).filter((run) => isRightFirst(name, run)).length} of ${runs.length}`,
      ),
    ),
  ]);
  const wrong = all.flatMap(({ name, node, runs }) => runs.filter((run) => !isRightFirst(name, run)).map((run) => ({ name, node, run })));
  console.log(`missed, or another line first: ${wrong.length} of ${all.flatMap(({ runs }) => runs).length} runs`);
  for (const { name, node, run } of wrong) console.log(`${name}, Node ${node}: ${described(run)}`);
}

function isRightFirst(name: string, run: GrowthRun): boolean {
  return isLeakingPlace(subjectFile('leaks', name))(firstPlace(run));
}

function failed(runs: readonly GrowthRun[]): GrowthRun[] {
  return runs.filter(({ message }) => message !== null);
}

function nodes(all: readonly Result[]): number[] {
  return [...new Set(all.map(({ node }) => node))];
}

function byName(all: readonly Result[], cells: (results: readonly Result[]) => string[]): string[][] {
  const names = new Set(all.map(({ name }) => name));
  return [...names].map((name) => [name, ...cells(all.filter((result) => result.name === name))]);
}

function described({ rows }: GrowthRun): string {
  if (rows.length === 0) return 'nothing found';
  return rows
    .slice(0, MOST_ROWS)
    .map(({ places, counts, sizes }) => `\n  ${placeText(places)}; blocks ${counts}; bytes ${sizes}`)
    .join('');
}

function placeText(places: readonly Place[]): string {
  return places
    .slice(-MOST_FRAMES)
    .map(({ filename, lineno, functionName }) => `${filename}:${lineno} ${functionName}`)
    .reverse()
    .join(' < ');
}
