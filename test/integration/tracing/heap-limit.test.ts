import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/discovery/connect.js';
import { discover } from '../../../src/discovery/discovery.js';
import { attach, attachSelf, launch, type Snapshot, UnsupportedError, UsageError } from '../../../src/index.js';
import { type NodeBinary, nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, startTarget, type TargetProcess, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const file = repoPath('fixtures', 'programs', 'leaking.cjs');
const MIB = 1024 ** 2;
const LIMIT = '--max-old-space-size=64';
/** How Node ends a program whose heap is full. */
const OUT_OF_MEMORY = { code: null, signal: 'SIGABRT' };

function started({ execPath }: NodeBinary, args: readonly string[] = []): Promise<TargetProcess> {
  return startTarget({ execPath, file, execArgv: [LIMIT], args, ready: true });
}

function expectLeak(snapshot: Snapshot | null): void {
  const [largest] = snapshot!.statistics('lineno');
  expect(String(largest!.traceback)).toBe(`${file}:4`); // the start of the function
  expect(largest!.size).toBeGreaterThan(30 * MIB);
}

describe.each(nodeBinaries())('onOom on Node $major', (binary) => {
  it('a launched program: shows what fills its heap, then the program ends (every version)', async () => {
    const tracer = await launch(file, { execPath: binary.execPath, execArgv: [LIMIT], stdio: 'pipe' });
    reapLater(() => tracer.kill('SIGKILL'));
    const output = Promise.all([text(tracer.stdout!), text(tracer.stderr!)]);
    await tracer.start({ onOom: true });
    tracer.stdin!.write('leak\n');
    const { snapshot, ...exit } = await tracer.exited;
    expect(exit).toEqual({ ...OUT_OF_MEMORY, atHeapLimit: true, error: null, peak: null });
    expectLeak(snapshot);
    expect((await output)[1]).toContain('JavaScript heap out of memory');
  });

  it('a program that was running (matrix)', async () => {
    const target = await started(binary);
    const tracer = await attach(target.port);
    await tracer.start({ onOom: true });
    target.child.stdin.write('leak\n');
    const { snapshot, atHeapLimit, error } = await tracer.closed;
    expect({ atHeapLimit, error }).toEqual({ atHeapLimit: true, error: null });
    expectLeak(snapshot);
    expect(await target.exited).toEqual(OUT_OF_MEMORY);
  });

  it.each([
    ['writes', []],
    ['has marks, and writes', ['marks']],
  ])(
    'a launched program that %s a heap snapshot at its limit: both are there (long)',
    async (_, [marks]) => {
      const cwd = temporaryFolder();
      const execArgv = [LIMIT, '--heapsnapshot-near-heap-limit=1'];
      const tracer = await launch(file, { execPath: binary.execPath, execArgv, cwd, stdio: ['pipe', 'pipe', 'ignore'] });
      reapLater(() => tracer.kill('SIGKILL'));
      if (marks) tracer.onMark(() => {});
      const isReady = once(tracer.stdout!, 'data');
      await tracer.start({ onOom: true });
      await isReady;
      tracer.stdin!.write('leak\n');
      const { snapshot, atHeapLimit } = await tracer.exited;
      expect(atHeapLimit).toBe(true);
      expectLeak(snapshot);
      expect(readdirSync(cwd)).toEqual([expect.stringMatching(/\.heapsnapshot$/)]);
    },
    120_000,
  );

  it('a program that frees its memory runs to its own end, and the last snapshot is of that (matrix)', async () => {
    const target = await started(binary, ['frees']);
    const tracer = await attach(target.port);
    await tracer.start({ onOom: true });
    target.child.stdin.write('leak\n');
    expect(await target.exited).toEqual({ code: 0, signal: null });
    expect(target.stdout()).toContain('freed');
    const { snapshot, atHeapLimit } = await tracer.closed;
    expect(atHeapLimit).toBe(false);
    const left = snapshot!.statistics('lineno').find(({ traceback }) => String(traceback) === `${file}:4`);
    expect(left?.size ?? 0).toBeLessThan(MIB); // V8's cache of numbers as text is made there, and stays: 256 KiB on Node 18
  });
});

describe.each(oldestAndNewest())('onOom on Node $major', (binary) => {
  it('with marks the pause is ended, too (long)', async () => {
    const target = await started(binary);
    const tracer = await attach(target.port);
    let marks = 0;
    tracer.onMark(() => void marks++);
    await tracer.start({ onOom: true });
    target.child.stdin.write('leak\n');
    const { snapshot, atHeapLimit } = await tracer.closed;
    expect(atHeapLimit).toBe(true);
    expectLeak(snapshot);
    expect(await target.exited).toEqual(OUT_OF_MEMORY);
    expect(marks).toBe(1);
  });

  it('marks alone do not keep a program from its end (long)', async () => {
    const target = await started(binary);
    const tracer = await attach(target.port);
    tracer.onMark(() => {});
    await tracer.start();
    target.child.stdin.write('leak\n');
    expect(await target.exited).toEqual(OUT_OF_MEMORY);
    expect(await tracer.closed).toMatchObject({ snapshot: null, atHeapLimit: false });
  });

  it('after the stop nothing watches the program (matrix)', async () => {
    const target = await started(binary);
    const tracer = await attach(target.port);
    await tracer.start({ onOom: true });
    await tracer.stop();
    target.child.stdin.write('leak\n');
    expect(await target.exited).toEqual(OUT_OF_MEMORY);
    expect(await tracer.closed).toMatchObject({ snapshot: null, atHeapLimit: false });
  });

  it('a program that compiles all the time does not grow by sources that are garbage (long)', async () => {
    const code = `
      const filler = 'x'.repeat(1_000_000);
      process.stdin.once('data', () => {
        const before = process.memoryUsage().rss;
        for (let i = 0; i < 300; i++) {
          new Function('/* ' + filler + i + ' */')();
          if (i % 10 === 0) gc();
        }
        gc();
        console.log('grown by ' + (process.memoryUsage().rss - before));
        process.stdin.destroy();
      });
      console.log('ready');`;
    const target = await startTarget({ execPath: binary.execPath, code, execArgv: ['--expose-gc'], ready: true });
    const tracer = await attach(target.port);
    await tracer.start({ onOom: true });
    target.child.stdin.write('compile\n');
    expect((await target.exited).code).toBe(0);
    expect(Number(/grown by (-?\d+)/.exec(target.stdout())![1])).toBeLessThan(200 * MIB); // the sources are 600 MB in V8's representation
  });

  it('the pauses of another debugger are not ended (matrix)', async () => {
    const target = await started(binary);
    const other = await connect(await discover(target.port));
    const tracer = await attach(target.port);
    await tracer.start({ onOom: true });
    await other.send('Debugger.enable');
    const paused = other.waitFor('Debugger.paused');
    target.child.stdin.write('leak\n');
    expect((await paused).reason).toBe('other'); // the debugger statement
    // The other debugger leaves. Otherwise it would have to end the next pause near the limit itself.
    await other.send('Debugger.disable');
    const { snapshot, atHeapLimit } = await tracer.closed;
    expect(atHeapLimit).toBe(true);
    expectLeak(snapshot);
    expect(await target.exited).toEqual(OUT_OF_MEMORY);
  });
});

describe('onOom is refused', () => {
  it('in object mode', async () => {
    const target = await started(nodeBinaries().at(-1)!);
    const tracer = await attach(target.port);
    await expect(tracer.start({ mode: 'objects', onOom: true })).rejects.toThrow(UsageError);
    await tracer.close();
  });

  it('by our own process', async () => {
    const tracer = await attachSelf();
    await expect(tracer.start({ onOom: true })).rejects.toThrow(UnsupportedError);
    await tracer.close();
  });
});
