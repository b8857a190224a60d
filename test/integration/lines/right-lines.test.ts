import { afterEach, describe, expect, it } from '@jest/globals';
import { attach, launch, type Snapshot, type StartOptions } from '../../../src/index.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

const BLOCKS = 6000;
/** Bytes of one block, by line of known-lines that keeps what it allocates. */
const BLOCK_SIZES = new Map([
  [5, 408],
  [6, 472],
  [13, 344],
  [14, 536],
  [16, 664],
  [17, 792],
]);
/** Lines that allocate other things: instances, arrays, rest arguments, and the calls of the top level. */
const OTHER_LINES = [3, 10, 15, 19, 22, 23, 25, 26, 27];
/** When a function gets hot, V8 allocates up to 32 KB (Node 22) on its current line: its optimized code and the data of that. */
const TOLERANCE = 0.02;

afterEach(reapTargets);

function programPath(program: string): string {
  return repoPath('fixtures/programs/lines', program);
}

/** By line: the statistics of the program's own file at the precision of lines. */
function linesOf(snapshot: Snapshot, file: string): Map<number, { size: number; count: number; standardError: number }> {
  const own = snapshot.statistics('lineno').filter(({ traceback }) => {
    const frame = traceback.at(-1)!;
    return frame.filename === file && frame.precision === 'line';
  });
  return new Map(own.map((statistic) => [statistic.traceback.at(-1)!.lineno, statistic]));
}

function expectExact(snapshot: Snapshot, file: string): void {
  const found = linesOf(snapshot, file);
  for (const [line, bytes] of BLOCK_SIZES) {
    const { count = 0, size = 0 } = found.get(line) ?? {};
    const excess = [count / BLOCKS - 1, size / (BLOCKS * bytes) - 1];
    expect([line, excess.every((share) => Math.abs(share) < TOLERANCE), excess]).toEqual([line, true, excess]);
  }
  const known = [...BLOCK_SIZES.keys(), ...OTHER_LINES];
  const elsewhere = [...found].filter(([line]) => !known.includes(line)).reduce((sum, [, { size }]) => sum + size, 0);
  expect(elsewhere).toBe(0);
}

function expectSampled(snapshot: Snapshot, file: string): void {
  const found = linesOf(snapshot, file);
  for (const [line, bytes] of BLOCK_SIZES) {
    const { size, standardError } = found.get(line) ?? { size: 0, standardError: 0 };
    expect([line, Math.abs(size - BLOCKS * bytes) < 4 * standardError]).toEqual([line, true]);
  }
}

async function launched(program: string, execPath: string, { rounds, ...options }: StartOptions & { rounds: number }): Promise<Snapshot> {
  const file = programPath(program);
  const tracer = await launch(file, { execPath, args: [`${rounds}`, 'exit'], lines: true, stdio: 'ignore' });
  await tracer.start(options);
  const { snapshot, error } = await tracer.exited;
  if (!snapshot) throw error;
  return snapshot;
}

async function attached(program: string, execPath: string, { rounds, ...options }: StartOptions & { rounds: number }): Promise<Snapshot> {
  const target = await startTarget({ execPath, file: programPath(program), args: [`${rounds - 1}`], ready: true });
  const tracer = await attach(target.port);
  await tracer.start({ lines: true, ...options });
  expect(tracer.scriptEdits.map(({ outcome }) => outcome)).toEqual(['done']);
  await evaluateIn(target.port, `work(${BLOCKS})`);
  const snapshot = await tracer.takeSnapshot();
  await tracer.close();
  return snapshot;
}

describe.each(nodeBinaries())('right lines on Node $major', ({ execPath }) => {
  it.each([
    ['known-lines.cjs', 1, ''],
    ['known-lines.cjs', 8, ' (full)'],
    ['known-lines.mjs', 1, ' (full)'],
  ])('launched, exact, %s, %i rounds%s', async (program, rounds) => {
    expectExact(await launched(program, execPath, { mode: 'exact', rounds }), programPath(program));
  });

  it.each([
    ['known-lines.cjs', 1, ' (matrix)'],
    ['known-lines.cjs', 8, ' (matrix)'],
    ['known-lines.mjs', 8, ' (matrix)'],
  ])('attached, exact, %s, %i rounds%s', async (program, rounds) => {
    expectExact(await attached(program, execPath, { mode: 'exact', rounds }), programPath(program));
  });

  it('launched, sampled: within the standard error (long)', async () => {
    expectSampled(await launched('known-lines.cjs', execPath, { interval: 4096, rounds: 3 }), programPath('known-lines.cjs'));
  });

  it('attached, sampled: within the standard error (long)', async () => {
    expectSampled(await attached('known-lines.cjs', execPath, { interval: 4096, rounds: 3 }), programPath('known-lines.cjs'));
  });
});
