import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { dose } from '../helpers/dose.js';
import type { Checked } from '../unit/lines/generator/check.js';

/** Set LINES_PROGRAMS=100000 for the long run, and LINES_SEED for other programs. */
const PROGRAMS = Number(process.env.LINES_PROGRAMS ?? dose(500, 10_000));

test.each([
  ['', '0'],
  [' with labels', '1'],
])(
  `${PROGRAMS} random programs do the same with wrappers%s and without (stress)`,
  async (_, labels) => {
    const check = resolve('dist/test/unit/lines/generator/check.js');
    const { stdout } = await promisify(execFile)(process.execPath, [check], {
      maxBuffer: 2 ** 26,
      env: { ...process.env, LINES_PROGRAMS: `${PROGRAMS}`, LINES_LABELS: labels },
    });
    const { compared, wrappers, counterexample } = JSON.parse(stdout) as Checked;
    expect(counterexample).toBe(undefined);
    // Most programs must be valid and have something to wrap. Otherwise the comparison would prove nothing.
    expect(compared).toBeGreaterThan(PROGRAMS * 0.8);
    expect(wrappers).toBeGreaterThan(PROGRAMS * 5);
  },
  Math.max(600_000, PROGRAMS * 100),
);
