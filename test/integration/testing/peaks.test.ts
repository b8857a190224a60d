import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { describeNodes } from '../../helpers/describe-nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { temporaryFolder } from '../../helpers/registered.js';

const MIB = 2 ** 20;

/** What the functions of the program hold at their peak. */
const EXPECTED: Record<string, number> = {
  ...Object.fromEntries(['synchronous', 'asynchronous', 'buffer', 'given', 'promised'].map((name) => [name, 8 * MIB])),
  ...Object.fromEntries(['garbage', 'buffers', 'nothing'].map((name) => [name, 0])),
};

const HELD = `
  import { assertPeakBelow, peakOf } from 'node-tracemalloc/test';
  const looks = () => globalThis[Symbol.for('node-tracemalloc.watch')][0];
  let sink;
  const isLookedAt = (() => { let first; return { begin() { first = looks(); }, get yet() { return looks() > first + 3; } }; })();
  const work = {
    synchronous() { const list = new Array(2 ** 20).fill(0); isLookedAt.begin(); while (!isLookedAt.yet) sink = {}; return list.length; },
    async asynchronous() { const list = new Array(2 ** 20).fill(0); isLookedAt.begin(); while (!isLookedAt.yet) await new Promise(setImmediate); return list.length; },
    buffer() { const buffer = Buffer.alloc(2 ** 23); isLookedAt.begin(); while (!isLookedAt.yet) sink = {}; return buffer.length; },
    given: () => [new Array(2 ** 19).fill(0), new Array(2 ** 19).fill(0)],
    promised: async () => { await null; return Buffer.alloc(2 ** 23); },
    garbage() { for (let i = 1; i <= 10_000; i++) sink = BigInt(i) << 1024n; sink = null; },
    buffers() { for (let i = 0; i < 50; i++) sink = Buffer.alloc(2 ** 16); sink = null; },
    nothing() {},
  };
  const peaks = {};
  let largest;
  for (const [name, each] of Object.entries(work)) {
    const { peak, snapshot } = await peakOf(each);
    peaks[name] = peak;
    if (name === 'given') [largest] = snapshot.statistics('own');
  }
  const limit = (size, options) => assertPeakBelow(size, work.given, options).then(() => 'holds', ({ message, peak, limit, snapshot }) => ({ message, peak, limit, traces: snapshot.traces.length }));
  const above = await limit(7 * 2 ** 20, { artifacts: process.argv[1], name: 'two lists' });
  console.log(JSON.stringify({
    peaks, above, below: await limit('9 MiB'),
    largest: { functionName: largest.traceback.at(-1).functionName, size: largest.size },
    left: [globalThis[Symbol.for('node-tracemalloc.watch')], process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')],
  }));
`;

const BAD = `
  import { Worker } from 'node:worker_threads';
  import { attachSelf } from 'node-tracemalloc';
  import { assertPeakBelow, peakOf } from 'node-tracemalloc/test';
  const outcome = (measuring) => measuring.then(() => 'passes', ({ name, message }) => name + ': ' + message);
  const results = {
    throws: await outcome(peakOf(() => { throw new RangeError('of the work'); })),
    rejects: await outcome(assertPeakBelow('1 GiB', () => Promise.reject(new RangeError('of the promise')))),
    noFunction: await outcome(peakOf(undefined)),
    noSize: await outcome(assertPeakBelow('24 apples', () => {})),
    unknownOption: await outcome(assertPeakBelow('1 GiB', () => {}, { rounds: 1 })),
  };
  let inner;
  results.nested = await outcome(peakOf(() => (inner = outcome(peakOf(() => {})))));
  results.inner = await inner;
  const never = outcome(peakOf(() => new Promise(() => {})));
  await new Promise(setImmediate);
  results.next = await outcome(peakOf(() => {}));
  results.never = await never;
  const tracer = await attachSelf();
  await tracer.start();
  results.traced = await outcome(peakOf(() => {}));
  await tracer.close();
  const code = "import('node-tracemalloc/test').then(({ peakOf }) => peakOf(() => {})).catch(({ name }) => require('node:worker_threads').parentPort.postMessage(name))";
  results.inWorker = await new Promise((resolve) => new Worker(code, { eval: true, execArgv: [] }).once('message', resolve));
  results.left = [globalThis[Symbol.for('node-tracemalloc.watch')] ?? null, process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')];
  console.log(JSON.stringify(results));
`;

const SUPERSEDED = expect.stringMatching(/^TracemallocError: another measurement began in this process before this one was over/);

describeNodes(
  'peaks on Node $major',
  (major) => major >= 20,
  ({ execPath }) => {
    const run = async (program: string, ...args: readonly string[]): Promise<unknown> => {
      const options = { cwd: repoPath(), env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined }, timeout: 50_000 };
      const { stdout } = await promisify(execFile)(execPath, ['--input-type=module', '--eval', program, ...args], options);
      return JSON.parse(stdout);
    };

    it('are what a function holds, without garbage (long)', async () => {
      const folder = temporaryFolder();
      const { peaks, above, ...rest } = (await run(HELD, folder)) as {
        readonly peaks: Record<string, number>;
        readonly above: { readonly message: string; readonly peak: number; readonly limit: number; readonly traces: number };
      };
      // V8 compiles what runs, grows its tables, and throws old code away: up to 0.1 MiB
      const far = Object.entries(peaks).filter(([name, peak]) => Math.abs(peak - EXPECTED[name]!) > 0.3 * MIB);
      expect(far).toEqual([]);
      expect(rest).toEqual({
        below: 'holds',
        largest: { functionName: 'given', size: expect.closeTo(8 * MIB, -6) },
        left: [null, []],
      });
      expect(Math.abs(above.peak - 8 * MIB)).toBeLessThan(0.3 * MIB);
      expect(above.limit).toBe(7 * MIB);
      expect(above.traces).toBeGreaterThan(0);
      expect(above.message).toMatch(
        /^two lists held [78]\d{3} KiB at its peak, \d+ KiB more than the limit of 7168 KiB\n\n {2}8[12]\d\d KiB: .* given\n/,
      );
      expect(above.message.split('\n').length).toBeLessThanOrEqual(12);
      expect(readdirSync(folder).sort()).toEqual(['two-lists.html', 'two-lists.tmsnap']);
      const [saved] = Snapshot.load(join(folder, 'two-lists.tmsnap')).statistics('lineno');
      expect(saved!.size).toBeGreaterThanOrEqual(8 * MIB);
    });

    it('of work that is no good give one clear error, and leave nothing behind (long)', async () => {
      expect(await run(BAD)).toEqual({
        throws: 'RangeError: of the work',
        rejects: 'RangeError: of the promise',
        noFunction: 'UsageError: the work must be a function that can be called again and again, not undefined',
        noSize: "UsageError: the limit must be a size above 0, such as '24 MiB' or a number of bytes, not 24 apples",
        unknownOption: 'UsageError: there is no option rounds; there are nframe, name, artifacts',
        inner: 'passes',
        nested: SUPERSEDED,
        next: 'passes',
        never: SUPERSEDED,
        traced: expect.stringMatching(/^ForeignSamplerError: another tool is sampling the heap of this target/),
        inWorker: 'UnsupportedError',
        left: [null, []],
      });
    });
  },
);
