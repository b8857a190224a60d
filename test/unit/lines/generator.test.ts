import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { transform } from '../../../src/lines/transform.js';
import { EPILOGUE, PRELUDE } from './generator/prelude.js';
import { Programs } from './generator/programs.js';
import { Tape } from './generator/tape.js';
import { outcomeOf } from './outcome.js';

// Programs leave rejected promises behind, in both versions.
const ignore = () => {};
beforeAll(() => {
  process.on('unhandledRejection', ignore);
});
afterAll(async () => {
  await new Promise(setImmediate); // the last rejections are reported after the test
  process.off('unhandledRejection', ignore);
});

const RUNS = Number(process.env.LINES_PROGRAMS ?? 1_000);
const SEED = Number(process.env.LINES_SEED ?? 7);

test(`${RUNS} random programs do the same with wrappers and without`, () => {
  let compared = 0;
  let wrapped = 0;
  fc.assert(
    fc.property(
      fc.array(fc.nat(2 ** 16), { minLength: 30, maxLength: 400, size: 'max' }),
      fc.boolean(),
      fc.boolean(),
      (numbers, strict, commonJs) => {
        const source = new Programs(new Tape(numbers)).program(strict);
        const sourceType = commonJs ? 'commonjs' : 'script';
        const { code, sites, problem } = transform(source, { sourceType });
        if (problem?.startsWith('does not parse')) return;
        expect(problem).toBe(undefined);
        compared++;
        wrapped += sites.wrappers.length / 4;
        const around = { before: PRELUDE, after: EPILOGUE };
        const original = outcomeOf(source, sourceType, around);
        if (original.result.includes('timed out')) return;
        expect({ source, code, ...outcomeOf(code, sourceType, around) }).toEqual({ source, code, ...original });
        expect(code.split(/\r\n|[\n\r\u2028\u2029]/).length).toBe(source.split(/\r\n|[\n\r\u2028\u2029]/).length);
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
  // Most of what is generated must be valid and have something to wrap, or the comparison would prove nothing.
  expect(compared).toBeGreaterThan(RUNS * 0.8);
  expect(wrapped).toBeGreaterThan(RUNS * 5);
}, 3_600_000);
