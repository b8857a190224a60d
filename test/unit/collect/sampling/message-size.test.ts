import { describe, expect, it } from '@jest/globals';
import { fitsMessage, tooLargeError } from '../../../../src/collect/sampling/message-size.js';

const LIMIT = 256 * 2 ** 20;

describe('the estimate of a profile', () => {
  it('allows small heaps at interval 1, and large ones at the default', () => {
    expect(fitsMessage(50 * 2 ** 20, 1, LIMIT)).toBe(true);
    expect(fitsMessage(8 * 2 ** 30, 30912, LIMIT)).toBe(true);
  });

  it('refuses a heap at interval 1 whose samples came close to the limit when measured', () => {
    expect(fitsMessage(6_100_000 * 48, 1, LIMIT)).toBe(false); // 6.1 million samples filled 256 MiB
  });

  it('suggests an interval that fits', () => {
    const { message } = tooLargeError(4 * 2 ** 30, 1, LIMIT);
    const interval = Number(/interval of (\d+)/.exec(message)?.[1]);
    expect(interval).toBeGreaterThan(1);
    expect(fitsMessage(4 * 2 ** 30, interval, LIMIT)).toBe(true);
  });
});
