import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { attach, Filter, launch, Snapshot } from '../../../src/index.js';
import { totalOf } from '../../../src/model/column-totals.js';
import { runCommand } from '../../helpers/command.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

const PEAK = repoPath('fixtures/programs/peak.cjs');
const PLATEAU = repoPath('fixtures/programs/plateau.cjs');
const CACHE = repoPath('fixtures/programs/filled-cache.cjs');
const SHORT = repoPath('fixtures/programs/marked.cjs');
const MB = 1e6;

afterEach(reapTargets);

/** The bytes that a line of a program holds. */
function bytesAt(snapshot: Snapshot | null, program: string, lineno: number): number {
  if (!snapshot) throw new Error('no snapshot');
  return totalOf(snapshot.filterTraces([new Filter(true, program, { lineno })]).columns).size;
}

describe.each(oldestAndNewest())('the snapshot of the peak, Node $major', ({ execPath }) => {
  const execArgv = ['--expose-gc', '--max-inlined-bytecode-size=0'];

  async function traced(args: readonly string[], peak: boolean, program = PEAK) {
    const tracer = await launch(program, { execPath, execArgv, args, stdio: 'ignore' });
    reapLater(() => tracer.kill('SIGKILL'));
    await tracer.start({ peak });
    return tracer;
  }

  it('has the line that held the memory, although the last snapshot lacks it (matrix)', async () => {
    const { snapshot, peak } = await (await traced([], true)).exited;
    // A peak of less than a tenth above the last reading is not read, and sampling has an error of some percent.
    expect(bytesAt(peak, PEAK, 4)).toBeGreaterThan(40 * MB);
    expect(bytesAt(snapshot, PEAK, 4)).toBeLessThan(MB);
    // Readings may take a tenth of the time: one that took seconds on a busy machine puts the next one off for ten times as long.
  }, 180_000);

  it('has memory that was allocated right after a reading (long)', async () => {
    const { peak } = await (await traced([], true, PLATEAU)).exited;
    expect(bytesAt(peak, PLATEAU, 4)).toBeGreaterThan(35 * MB);
  });

  it('exists if the program is killed (matrix)', async () => {
    const tracer = await traced(['--for-ever'], true);
    // Not takeSnapshot, because that would be a reading itself.
    while ((await tracer.getTracemallocMemory()).target < 100_000) await setImmediate();
    process.kill(tracer.pid, 'SIGKILL');
    const { signal, snapshot, peak } = await tracer.exited;
    expect([signal, snapshot]).toEqual(['SIGKILL', null]);
    expect(bytesAt(peak, PEAK, 4)).toBeGreaterThan(20 * MB);
  });

  it('run --peak prints both and saves it as FILE.peak (matrix)', async () => {
    const cwd = temporaryFolder();
    const node = ['--node', execPath, ...execArgv.map((arg) => `--node-arg=${arg}`)];
    const { code, stdout, stderr } = await runCommand(['run', ...node, '--peak', '--json', '-o', 'p.tmsnap', PEAK], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ keyType: 'lineno' }); // one document, of the last snapshot
    expect(readdirSync(cwd).sort()).toEqual(['p.tmsnap', 'p.tmsnap.peak']);
    expect(stderr).toMatch(/^at the peak, \d{4}-\d\d-\d\dT[\d:.]+Z:\ntraced [\d.]+ MiB, heap used /m);
    expect(stderr).toMatch(/^ *[\d.]+ MiB +[\d.]+ [KM]iB +~?\d+ +\d+ B {2}.*peak\.cjs:4 make$/m);
    expect(stderr).toMatch(/\nsnapshot saved as p\.tmsnap\.peak\nat the end:\nsnapshot saved as p\.tmsnap\n$/);
    expect(bytesAt(Snapshot.load(join(cwd, 'p.tmsnap.peak')), PEAK, 4)).toBeGreaterThan(40 * MB);
  });

  // On a busy machine a reading may come despite the short time, and may hold a little more than the last snapshot.
  it('a program that is too short for a reading has a peak, too, at least its last snapshot (matrix)', async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, 'short.cjs');
    writeFileSync(file, 'globalThis.kept = Array.from({ length: 20_000 }, (_, i) => BigInt(i + 1) << 2048n);');
    const { code, stderr } = await runCommand(['run', '--node', execPath, '--peak', '-o', 'p.tmsnap', file], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^(?:the highest reading was the last one|at the peak)/);
    const [peak, last] = ['p.tmsnap.peak', 'p.tmsnap'].map((name) => totalOf(Snapshot.load(join(cwd, name)).columns).size);
    expect(peak).toBeGreaterThanOrEqual(last!);
  });

  it('follows resetPeak() as getTracedMemory() does (long)', async () => {
    for (const resets of [false, true]) {
      const { port } = await startTarget({ execPath, file: CACHE, execArgv, ready: true });
      const tracer = await attach(port);
      await tracer.start({ mode: 'exact', peak: true });
      await evaluateIn(port, 'fill("big", 20_000); 0');
      const high = await tracer.getTracedMemory();
      expect(high.peak).toBeGreaterThanOrEqual(20_000 * 152);
      await evaluateIn(port, 'drop("big"); 0');
      if (resets) await tracer.resetPeak();
      const low = await tracer.getTracedMemory();
      expect(low.current).toBeLessThan(MB);
      expect(low.peak < MB).toBe(resets);
      await tracer.close();
      const { snapshot, peak } = await tracer.closed;
      expect(snapshot).toBeNull();
      expect(Math.abs(bytesAt(peak, CACHE, 5) - (resets ? 0 : 20_000 * 152))).toBeLessThan(10_000);
      expect(totalOf(peak!.columns).size).toBe(low.peak);
    }
  });
});

it('is kept only on request', async () => {
  const tracer = await launch(SHORT, { stdio: 'ignore' });
  await tracer.start();
  const { snapshot, peak } = await tracer.exited;
  expect(snapshot).not.toBeNull();
  expect(peak).toBeNull();
});

it('is forgotten by stop()', async () => {
  const { port } = await startTarget({ execPath: process.execPath, file: CACHE, ready: true });
  const tracer = await attach(port);
  await tracer.start({ peak: true });
  await tracer.takeSnapshot();
  await tracer.stop();
  await tracer.close();
  expect((await tracer.closed).peak).toBeNull();
});
