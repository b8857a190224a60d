import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { foldingFlags } from '../../src/protocol/v8-flags.js';
import { type NodeBinary, nodeBinaries } from '../helpers/nodes.js';
import { repoPath } from '../helpers/paths.js';
import { providePackages } from '../helpers/provide.js';
import { median, printTable } from './measure.js';
import { tookOf } from './traced-run.js';

const ROUNDS = 11;
const NO_INLINE = '--max-inlined-bytecode-size=0';
const PROGRAMS = ['bundler', 'classes', 'json', 'parser', 'styles'];

/**
 * What it costs to switch the folding of allocations off where inlining is off already: processor time with both off to that with inlining off, of
 * untraced programs. The two runs of a pair follow each other. `TEST_NODES=all` runs it on all versions.
 */
export async function benchFolding(): Promise<void> {
  const known = [repoPath('fixtures', 'counts', 'known.cjs'), repoPath('fixtures', 'counts', 'chosen-on'), '1', '2000000'];
  const programs: [string, string[]][] = PROGRAMS.map((name) => [name, [repoPath('fixtures', 'accuracy', `${name}.cjs`)]]);
  const names = [...programs, ['only allocates', known] as [string, string[]]];
  const NODE_PATH = join(await providePackages('corpus'), 'node_modules');
  const rows: string[][] = [];
  for (const node of nodeBinaries()) {
    const cells: string[] = [];
    for (const [, program] of names) cells.push(await ratioOf(node, program, NODE_PATH));
    rows.push([`${node.major}`, ...cells]);
  }
  printTable([['Node', ...names.map(([name]) => name)], ...rows]);
  console.log(`medians of the ratios of ${ROUNDS} pairs, with the quartiles`);
}

async function ratioOf({ major, execPath }: NodeBinary, program: readonly string[], NODE_PATH: string): Promise<string> {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const measure = async (flags: readonly string[]) => {
      const argv = [NO_INLINE, ...flags, '--require', repoPath('fixtures', 'programs', 'took-at-exit.cjs'), ...program];
      const { stderr } = await promisify(execFile)(execPath, argv, { env: { ...process.env, NODE_PATH }, maxBuffer: 2 ** 26 });
      return tookOf(stderr).cpu;
    };
    const flags = foldingFlags(major).set;
    const isFirst = round % 2 === 0; // who runs second finds warmer caches
    const [one, other] = [await measure(isFirst ? flags : []), await measure(isFirst ? [] : flags)];
    ratios.push(isFirst ? one / other : other / one);
  }
  const sorted = ratios.sort((a, b) => a - b);
  const quartile = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]!.toFixed(2);
  return `${median(sorted).toFixed(3)} (${quartile(0.25)} to ${quartile(0.75)})`;
}
