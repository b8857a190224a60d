import { describe, expect, it } from '@jest/globals';
import { meanOfProcesses } from '../../../src/store/process-sums.js';
import { seededRandom } from '../../helpers/random.js';

/** @param sizes bytes by process */
function sumsOf(sizes: readonly number[], variances: readonly number[] = sizes.map(() => 0)) {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return { size: sum(sizes), count: sizes.length, squares: sum(sizes.map((size) => size ** 2)), variance: sum(variances) };
}

describe('the mean over processes', () => {
  it('has the standard error of the mean of what the processes hold; a process without the group counts with 0', () => {
    // 4, 8, 0 and 0: the mean is 3, the squared distances are 1, 25, 9 and 9
    expect(meanOfProcesses(sumsOf([4, 8]), 4)).toEqual({ size: 3, count: 0.5, standardError: Math.sqrt(44 / 3 / 4) });
  });

  it('has the sampling error if the processes scatter less by chance, or if there is one', () => {
    expect(meanOfProcesses(sumsOf([6, 6], [9, 16]), 2).standardError).toBe(2.5);
    expect(meanOfProcesses(sumsOf([6], [9]), 1)).toEqual({ size: 6, count: 1, standardError: 3 });
  });

  it('is 0 if there are no processes', () => {
    expect(meanOfProcesses(sumsOf([]), 0)).toEqual({ size: 0, count: 0, standardError: 0 });
  });

  it('has an error that is as large as the means of many fleets scatter', () => {
    const random = seededRandom(11);
    const ratios = Array.from({ length: 500 }, () => {
      const sizes = Array.from({ length: 20 }, () => 2000 * random() + (random() < 0.5 ? 500 : 0));
      const { size, standardError } = meanOfProcesses(sumsOf(sizes), 20);
      return (size - 1250) / standardError;
    });
    const spread = Math.sqrt(ratios.reduce((sum, ratio) => sum + ratio ** 2, 0) / ratios.length);
    expect(spread).toBeGreaterThan(0.9);
    expect(spread).toBeLessThan(1.15);
  });
});
