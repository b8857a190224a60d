import { expect, test } from '@jest/globals';
import { Problems } from '../../../../src/lines/preload/problems.js';

test('problems are reported in one line', () => {
  const problems = new Problems();
  expect(problems.summary).toBeUndefined();
  problems.add('/a.js', 'does not parse');
  expect(problems.summary).toBe('node-tracemalloc: 1 file has no true lines: /a.js does not parse\n');
  problems.add('/b.js', 'does not parse');
  expect(problems.summary).toBe('node-tracemalloc: 2 files have no true lines: /a.js does not parse, …\n');
});
