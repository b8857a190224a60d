import { afterEach, expect, it } from '@jest/globals';
import { attach, Filter, launch, type Snapshot, UnsupportedError } from '../../../src/index.js';
import { runCommand } from '../../helpers/command.js';
import { commanded } from '../../helpers/commanded.js';
import { describeNodes } from '../../helpers/describe-nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

const GARBAGE = repoPath('fixtures/programs/known-garbage.cjs');
const OBJECTS = { lineno: 6, bytes: 56 * 10_000 };
const ARRAYS = { lineno: 11, bytes: 848 * 1000 };
const KEPT = { lineno: 15, bytes: 848 * 2 };
/** A sum of the bytes of a turn is within five standard errors: one of a million is not. */
const ERRORS = 5;
const TURNS = 300;
/** V8's feedback and code of a function are counted on its line, too. */
const OF_V8 = 200_000;

afterEach(reapTargets);

/** What a line has allocated. */
function rowOf(snapshot: Snapshot, lineno: number) {
  const [row] = snapshot.filterTraces([new Filter(true, GARBAGE, { lineno })]).statistics('filename');
  return row ?? { size: 0, count: 0, standardError: 0 };
}

function expectTurns(snapshot: Snapshot, turns: number): void {
  for (const { lineno, bytes } of [OBJECTS, ARRAYS, KEPT]) {
    const { size, standardError } = rowOf(snapshot, lineno);
    expect(standardError).toBeGreaterThan(0);
    expect(Math.abs(size - turns * bytes) / standardError).toBeLessThan(ERRORS);
  }
}

describeNodes(
  'churn on Node $major',
  (major) => major >= 20,
  ({ execPath }) => {
    it('launched: garbage of known size stands on its lines within the standard error', async () => {
      const tracer = await launch(GARBAGE, { execPath, stdio: ['pipe', 'pipe', 'inherit'] });
      reapLater(() => tracer.kill('SIGKILL'));
      await tracer.start({ mode: 'churn', inlining: false });
      const program = commanded({ stdin: tracer.stdin!, stdout: tracer.stdout! });
      await program.answered('ready');
      await program.ask(`${TURNS}`, 'done');
      tracer.stdin!.end(); // nothing else keeps the program from its end
      const { snapshot } = await tracer.exited;
      expectTurns(snapshot!, TURNS);
      const { seconds, grown } = snapshot!.capture.churn!;
      expect(seconds).toBeGreaterThan(0);
      expect(grown).toBeGreaterThan(TURNS * KEPT.bytes);
      expect(grown).toBeLessThan(10 * TURNS * KEPT.bytes);
    });

    it('attached: a difference is what was allocated in between; a sampler is not left behind', async () => {
      const target = await startTarget({ execPath, file: GARBAGE });
      const program = commanded(target.child);
      await program.answered('ready');
      const tracer = await attach({ port: target.port });
      await tracer.start({ mode: 'churn', inlining: false });
      await program.ask('100', 'done');
      const first = await tracer.takeSnapshot();
      const again = commanded(target.child);
      await again.ask(`${TURNS}`, 'done');
      const last = await tracer.takeSnapshot();
      expectTurns(first, 100);
      expectTurns(last, 100 + TURNS);
      const { count, seconds, share } = last.capture.churn!.collections!;
      expect(count).toBeGreaterThan(10); // 560 MB of garbage fill the young generation of at most 32 MB again and again
      expect(seconds).toBeLessThan(last.capture.churn!.seconds);
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(1);
      const objects = last.compareTo(first, 'lineno').find(({ traceback }) => traceback.at(-1)!.lineno === OBJECTS.lineno)!;
      expect(Math.abs(objects.sizeDiff - TURNS * OBJECTS.bytes) / objects.standardError).toBeLessThan(ERRORS);
      expect(objects.standardError).toBeLessThan(rowOf(last, OBJECTS.lineno).standardError);
      expect(() => last.allocatedSince(first)).toThrow('churn mode does not tell which block is alive');
      await tracer.clearTraces();
      expect(rowOf(await tracer.takeSnapshot(), OBJECTS.lineno).size).toBe(0);
      await tracer.stop();
      await tracer.start(); // would refuse to share the sampler
      await tracer.close();
    });

    it('with an interval of 1 no byte is missing', async () => {
      const target = await startTarget({ execPath, file: GARBAGE });
      const program = commanded(target.child);
      await program.answered('ready');
      const tracer = await attach({ port: target.port });
      await tracer.start({ mode: 'churn', interval: 1, inlining: false });
      await program.ask('30', 'done');
      const snapshot = await tracer.takeSnapshot();
      for (const { lineno, bytes } of [OBJECTS, ARRAYS]) {
        const { size, standardError } = rowOf(snapshot, lineno);
        expect(standardError).toBe(0);
        expect(size).toBeGreaterThanOrEqual(30 * bytes);
        expect(size).toBeLessThan(30 * bytes + OF_V8);
      }
      await tracer.close();
    });
  },
);

describeNodes(
  'churn on Node $major',
  (major) => major < 20,
  ({ execPath }) => {
    it('is refused, because V8 forgets what was freed', async () => {
      const { port } = await startTarget({ execPath, file: GARBAGE });
      const tracer = await attach({ port });
      await expect(tracer.start({ mode: 'churn' })).rejects.toThrow(UnsupportedError);
      await tracer.start();
      await tracer.close();
    });
  },
);

it('run --mode churn prints rates and shares', async () => {
  const code = 'function make() { for (let i = 0; i < 1e6; i++) globalThis.last = { i }; } make();';
  const { stderr } = await runCommand(['run', '--mode', 'churn', '--', process.execPath, '-e', code], { cwd: temporaryFolder() });
  expect(stderr).toMatch(/^allocated \S+ MiB in \d+\.\d s \(\S+ [MG]iB\/s\), live heap [+-]\S+ [KM]iB, /m);
  expect(stderr).toMatch(/^ +size +± +rate +share +count +average +line$/m);
});
