import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { attach, Filter, type Snapshot } from '../../../src/index.js';
import { runCommand } from '../../helpers/command.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

const PROGRAM = repoPath('fixtures/programs/filled-cache.cjs');
const ENTRY = { lineno: 5, bytes: 152 };

afterEach(reapTargets);

/** The bytes and blocks of the program's own function. */
function entriesOf(snapshot: Snapshot): { size: number; count: number } {
  const own = snapshot.filterTraces([new Filter(true, PROGRAM, { lineno: ENTRY.lineno })]).statistics('lineno')[0];
  return { size: own?.size ?? 0, count: own?.count ?? 0 };
}

/** V8 adds to a function that runs its feedback: at most 25 small blocks. */
function expectEntriesAndMore({ size, count }: { size: number; count: number }, made: number): void {
  expect(count).toBeGreaterThanOrEqual(made);
  expect(count).toBeLessThan(made + 40);
  expect(size - made * ENTRY.bytes).toBeLessThan(3000);
}

describe.each(oldestAndNewest())('memory that was allocated between two snapshots and is still alive, Node $major', ({ execPath }) => {
  it('is all of it and nothing else, in code and by the command (matrix)', async () => {
    // Without optimized code, which V8 books on the line that runs when its compiler is ready (up to 32 KB on Node 22, on a loaded machine).
    const execArgv = ['--max-inlined-bytecode-size=0', '--max-optimized-bytecode-size=0'];
    const { port } = await startTarget({ execPath, file: PROGRAM, execArgv, ready: true });
    const run = (code: string) => evaluateIn(port, `${code}; 0`);
    const tracer = await attach(port);
    await tracer.start({ mode: 'exact', nframe: 5 });
    await run('fill("early", 2000), fill("ends later", 700)');
    const before = await tracer.takeSnapshot();
    await run('fill("comes and goes", 500), fill("late", 1000), drop("comes and goes"), drop("ends later")');
    const after = await tracer.takeSnapshot();
    await run('drop("early")');
    const end = await tracer.takeSnapshot();
    await tracer.close();

    expectEntriesAndMore(entriesOf(before), 2700);
    expectEntriesAndMore(entriesOf(after), 3000);
    expectEntriesAndMore(entriesOf(after.allocatedSince(before)), 1000);
    expectEntriesAndMore(entriesOf(end.allocatedSince(before)), 1000);
    expectEntriesAndMore(entriesOf(end.allocatedSince(after)), 0);

    const cwd = temporaryFolder();
    before.filterTraces([new Filter(true, '/none')]).dump(join(cwd, 'before.tmsnap'));
    after.dump(join(cwd, 'after.tmsnap'));
    const diff = (...args: string[]) => runCommand(['diff', 'before.tmsnap', 'after.tmsnap', '--include', PROGRAM, ...args], { cwd });
    const { statistics } = JSON.parse((await diff('--survivors', '--json')).stdout);
    const ofEntries = statistics.find(
      ({ traceback }: { traceback: { frames: { lineno: number }[] } }) => traceback.frames[0]!.lineno === 5,
    );
    expectEntriesAndMore(ofEntries, 1000);
    const { code, stdout, stderr } = await diff('--survivors');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^allocated after before\.tmsnap was taken, and alive in after\.tmsnap:\ntraced 1\d\d KiB, heap used /);
    expect(stdout).toMatch(/^ *1(?:48|49|50) KiB +10[01]\d +15\d B {2}.*filled-cache\.cjs:5 make$/m);
  });
});
