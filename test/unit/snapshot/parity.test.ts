import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { repoPath } from '../../helpers/paths.js';
import { answerCase, type ParityCase, randomCase } from './parity.js';

/** The answer was made by `python3 fixtures/parity/tracemalloc_parity.py` of CPython 3.11 from the case beside it. */
const recorded = JSON.parse(readFileSync(repoPath('fixtures', 'parity', 'recorded.json'), 'utf8')) as {
  input: ParityCase;
  answer: unknown;
};

const hasPython = spawnSync('python3', ['-c', 'import tracemalloc']).status === 0;

describe("parity with CPython's tracemalloc", () => {
  it('gives the recorded answers', () => {
    expect(answerCase(recorded.input)).toEqual(recorded.answer);
  });

  (hasPython ? it.each(['1', '2', '3 (long)', '4 (long)', '5 (long)', '6 (long)']) : it.skip.each(['1']))(
    'gives the answers of the installed python3, seed %s',
    (seed) => {
      const input = randomCase(Number.parseInt(seed, 10));
      const python = spawnSync('python3', [repoPath('fixtures', 'parity', 'tracemalloc_parity.py')], {
        input: JSON.stringify(input),
        encoding: 'utf8',
        env: { ...process.env, PYTHONWARNINGS: 'ignore' },
      });
      expect(python.stderr).toBe('');
      expect(answerCase(input)).toEqual(JSON.parse(python.stdout));
    },
  );
});
