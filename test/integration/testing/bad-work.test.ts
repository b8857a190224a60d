import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { describeNodes } from '../../helpers/describe-nodes.js';
import { repoPath } from '../../helpers/paths.js';

const OPTIONS = { cwd: repoPath(), env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined }, timeout: 50_000 };

const PROGRAM = `
  import { attachSelf } from 'node-tracemalloc';
  import { assertNoGrowth } from 'node-tracemalloc/test';
  const outcome = (work, options) => assertNoGrowth(work, options).then(() => 'passes', ({ name, message }) => name + ': ' + message);
  const few = { rounds: 2, iterations: 2, warmup: 1 };
  const results = {
    throws: await outcome(() => { throw new RangeError('of the work'); }, few),
    rejects: await outcome(() => Promise.reject(new RangeError('of the promise')), few),
    noFunction: await outcome(undefined),
    unknownOption: await outcome(() => {}, { round: 1 }),
    wrongOption: await outcome(() => {}, { iterations: 0 }),
    emptyPlace: await outcome(() => {}, { ...few, ignore: ':17' }),
  };
  const never = outcome(() => new Promise(() => {}), few);
  await new Promise(setImmediate);
  results.next = await outcome(() => {}, few);
  results.never = await never;
  results.beside = await Promise.all([outcome(() => {}, few), outcome(() => {}, few), outcome(() => {}, few)]);
  const tracer = await attachSelf();
  await tracer.start();
  results.traced = await outcome(() => {}, few);
  await tracer.close();
  results.afterwards = await outcome(() => {}, few);
  console.log(JSON.stringify(results));
`;

const SUPERSEDED = expect.stringMatching(/^TracemallocError: another measurement began in this process before this one was over/);

const NEVER = `
  import { after, test } from 'node:test';
  import { assertNoGrowth } from 'node-tracemalloc/test';
  const alive = setInterval(() => {}, 1e6); // the runner's own timer does not keep the process alive
  after(() => clearInterval(alive));
  test('never', { timeout: 500 }, () => assertNoGrowth(() => new Promise(() => {})));
  test('next', () => assertNoGrowth(() => {}, { rounds: 2, iterations: 2, warmup: 1 }));
`;

describeNodes(
  'work and options that are no good, on Node $major',
  (major) => major >= 20,
  ({ execPath }) => {
    it('give one clear error, and leave no tracer behind (matrix)', async () => {
      const { stdout } = await promisify(execFile)(execPath, ['--input-type=module', '--eval', PROGRAM], OPTIONS);
      expect(JSON.parse(stdout)).toEqual({
        throws: 'RangeError: of the work',
        rejects: 'RangeError: of the promise',
        noFunction: 'UsageError: the work must be a function that can be called again and again, not undefined',
        unknownOption: expect.stringMatching(/^UsageError: there is no option round; there are rounds, iterations, /),
        wrongOption: 'UsageError: iterations must be a whole number of at least 1, not 0',
        emptyPlace: "UsageError: ':17' ignores nothing: name a file or a pattern, such as src/cache.ts:17",
        next: 'passes',
        never: SUPERSEDED,
        beside: [SUPERSEDED, SUPERSEDED, 'passes'],
        traced: expect.stringMatching(/^ForeignSamplerError: another tool is sampling/),
        afterwards: 'passes',
      });
    });

    it('that never end are ended by the runner, and the next test passes (matrix)', async () => {
      const program = ['--input-type=module', '--test-reporter=tap', '--eval', NEVER];
      const { stdout } = await promisify(execFile)(execPath, program, OPTIONS).catch((error: { stdout: string }) => error);
      expect(stdout).toMatch(/^not ok 1 - never$/m);
      expect(stdout).toMatch(/^ok 2 - next$/m);
    });
  },
);
