import { afterEach, describe, expect, it } from '@jest/globals';
import { attach, Filter, type Snapshot, type StartOptions } from '../../../src/index.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

const BLOCKS = 10_000;
/** The relative error that is allowed: the programs allocate known amounts. */
const TOLERANCE = 0.01;

afterEach(reapTargets);

/** Without inlining, every function has its own bytes. */
const NO_INLINING = '--max-inlined-bytecode-size=0';

async function traced(program: string, work: string, options: StartOptions & { execPath: string; execArgv?: string[] }): Promise<Snapshot> {
  const { execPath, execArgv = [NO_INLINING], ...start } = options;
  const file = repoPath('fixtures/programs', program);
  const target = await startTarget({ execPath, execArgv, file, ready: true });
  const tracer = await attach(target.port);
  await tracer.start({ interval: 1, ...start });
  await evaluateIn(target.port, work);
  const snapshot = await tracer.takeSnapshot();
  await tracer.close();
  return snapshot.filterTraces([new Filter(true, file)]);
}

/** Size and count on a line of the program. */
function onLine(snapshot: Snapshot, lineno: number): { size: number; count: number } {
  const found = snapshot.statistics('lineno').find(({ traceback }) => traceback.at(-1)?.lineno === lineno);
  return { size: found?.size ?? 0, count: found?.count ?? 0 };
}

function expectBlocks(found: { size: number; count: number }, count: number, blockSize: number): void {
  expect(Math.abs(found.count / count - 1)).toBeLessThan(TOLERANCE);
  expect(Math.abs(found.size / (count * blockSize) - 1)).toBeLessThan(TOLERANCE);
}

describe.each(nodeBinaries())('known allocations on Node $major', ({ execPath }) => {
  it('CommonJS: each function has its own bytes', async () => {
    const snapshot = await traced('commonjs.cjs', `work(${BLOCKS})`, { execPath });
    expectBlocks(onLine(snapshot, 3), BLOCKS, 152);
    expectBlocks(onLine(snapshot, 6), BLOCKS, 280);
  });

  it('ES modules', async () => {
    expectBlocks(onLine(await traced('module.mjs', `work(${BLOCKS})`, { execPath }), 2), BLOCKS, 152);
  });

  it('async functions, after an await', async () => {
    expectBlocks(onLine(await traced('async.mjs', `work(${BLOCKS})`, { execPath }), 2), BLOCKS, 152);
  });

  it('classes: instances belong to the function that makes them (matrix)', async () => {
    const snapshot = await traced('classes.mjs', `work(${4 * BLOCKS})`, { execPath });
    const sizes = snapshot.statistics('lineno').filter(({ traceback }) => [3, 8, 13, 16].includes(traceback.at(-1)!.lineno));
    const size = sizes.reduce((sum, statistic) => sum + statistic.size, 0);
    expectBlocks({ size, count: sizes.reduce((sum, { count }) => sum + count, 0) }, 8 * BLOCKS, 36);
  });

  it('deep recursion: the innermost 128 frames', async () => {
    const snapshot = await traced('recursion.cjs', 'work(1000)', { execPath, nframe: 1000 });
    const deepest = snapshot.statistics('traceback').find(({ count }) => count >= 1000);
    expect(deepest!.traceback.length).toBeGreaterThan(120);
    expect(deepest!.traceback.length).toBeLessThanOrEqual(128);
    const cumulative = snapshot.statistics('lineno', { cumulative: true }).find(({ traceback }) => traceback.at(-1)?.lineno === 3);
    expect(cumulative!.count).toBeLessThan(1100); // a recursive function counts once
  });

  it('inlined code: its bytes belong to the caller, and are not lost', async () => {
    const snapshot = await traced('inlined.cjs', `for (let k = 0; k < 5; k++) work(${BLOCKS})`, { execPath, execArgv: [] });
    const lines = snapshot.statistics('lineno').filter(({ traceback }) => [3, 6].includes(traceback.at(-1)!.lineno));
    expect(Math.abs(lines.reduce((sum, { count }) => sum + count, 0) / BLOCKS - 1)).toBeLessThan(TOLERANCE);
  });

  it('50,000 functions (long)', async () => {
    const file = repoPath('fixtures/programs/many-functions.cjs');
    const target = await startTarget({ execPath, file, ready: true });
    const tracer = await attach(target.port);
    await tracer.start({ interval: 1 });
    await evaluateIn(target.port, 'work()');
    const snapshot = (await tracer.takeSnapshot()).filterTraces([new Filter(true, '*many-functions-generated.js')]);
    await tracer.close();
    expect(new Set(snapshot.statistics('lineno').map(({ traceback }) => traceback.at(-1)!.lineno)).size).toBeGreaterThan(49_990); // Node 20 was seen to miss one
  });
});
