import fc from 'fast-check';
import { transform } from '../../../../src/lines/transform/transform.js';
import { type Outcome, outcomeOf } from '../outcome.js';
import { EPILOGUE, PRELUDE } from './prelude.js';
import { Programs } from './programs.js';
import { Tape } from './tape.js';

/**
 * Compares LINES_PROGRAMS random programs (of seed LINES_SEED) with their transformed versions (with labels if LINES_LABELS is 1), and prints the result as JSON. It is a process of
 * its own, because the programs leave rejected promises behind, which a test runner takes for failures of its test.
 */
export interface Checked {
  readonly compared: number;
  readonly wrappers: number;
  /** The smallest program that differs, if one does. */
  readonly counterexample?: string;
}

const LABELS = process.env.LINES_LABELS === '1';
let compared = 0;
let wrappers = 0;

function agrees(numbers: readonly number[], strict: boolean, commonJs: boolean): void {
  const source = new Programs(new Tape(numbers)).program(strict);
  const sourceType = commonJs ? 'commonjs' : 'script';
  const { code, positions, problem } = transform(source, { sourceType, labels: LABELS });
  if (problem?.startsWith('does not parse')) return;
  compared++;
  wrappers += positions.wrappers.length / 4;
  const around = { before: PRELUDE, after: EPILOGUE };
  const original = outcomeOf(source, sourceType, around);
  if (original.result.includes('timed out')) return;
  const transformed = outcomeOf(code, sourceType, around);
  const same = problem === undefined && JSON.stringify(original) === JSON.stringify(transformed) && lines(code) === lines(source);
  if (!same) throw new Error([problem, source, code, firstDifference(original, transformed)].join('\n--\n'));
}

function lines(text: string): number {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).length;
}

function firstDifference(original: Outcome, transformed: Outcome): string {
  const at = original.log.findIndex((line, i) => line !== transformed.log[i]);
  return `${original.log[at]}\n<>\n${transformed.log[at]}\nresults ${original.result} <> ${transformed.result}`;
}

process.on('unhandledRejection', () => {});
const outcome = fc.check(
  fc.property(fc.array(fc.nat(2 ** 16), { minLength: 40, maxLength: 700, size: 'max' }), fc.boolean(), fc.boolean(), agrees),
  {
    numRuns: Number(process.env.LINES_PROGRAMS ?? 3_000),
    seed: Number(process.env.LINES_SEED ?? 7),
  },
);
const counterexample = outcome.failed ? { counterexample: String((outcome.errorInstance as Error).message) } : {};
process.stdout.write(`${JSON.stringify({ compared, wrappers, ...counterexample } satisfies Checked)}\n`);
