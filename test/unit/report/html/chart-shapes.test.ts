import { describe, expect, it } from '@jest/globals';
import { barsPath, columnsIn, edgesPath, endOfLine, linePath, ticksUpTo } from '../../../../src/report/html/view/chart-shapes.js';

describe('ticksUpTo', () => {
  it.each([
    [1, [0, 1]],
    [5, [0, 1, 2, 3, 4, 5]],
    [6, [0, 2, 4, 6]],
    [1023, [0, 200, 400, 600, 800, 1000]],
    [5000, [0, 1024, 2048, 3072, 4096]],
    [20 * 1024 ** 2, [0, 5, 10, 15, 20].map((mebi) => mebi * 1024 ** 2)],
  ])('%d has %j', (most, ticks) => {
    expect(ticksUpTo(most)).toEqual(ticks);
  });

  it('gives any size one to five steps', () => {
    for (let most = 1; most < 2 ** 45; most *= 1.37) {
      const ticks = ticksUpTo(most);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.at(-1)).toBeLessThanOrEqual(most);
    }
  });
});

describe('columnsIn', () => {
  it('fills the width, with gaps if there is room', () => {
    const wide = columnsIn({ from: 10, to: 410, narrow: 16 }, 10);
    expect([wide.slot, wide.left(0) - 10, 410 - wide.left(9) - wide.width].map(Math.round)).toEqual([40, 4, 4]);
    const narrow = columnsIn({ from: 10, to: 410, narrow: 16 }, 100);
    expect([narrow.width, narrow.left(0), narrow.left(99) + narrow.width]).toEqual([4, 10, 410]);
  });

  it('does not make a single round as wide as the picture', () => {
    const { left, width } = columnsIn({ from: 0, to: 1000, narrow: 16 }, 1);
    expect([left(0) + width / 2, width < 100]).toEqual([500, true]);
  });
});

it('bars are closed rectangles, without those of no height; edges lie on top', () => {
  const bars = [
    { left: 1, top: 2, width: 3, height: 4 },
    { left: 5, top: 6, width: 3, height: 0 },
  ];
  expect(barsPath(bars)).toBe('M1 2h3v4h-3z');
  expect(edgesPath(bars)).toBe('M1 2h3M5 6h3');
});

describe('a line', () => {
  const size = { width: 100, height: 20 };

  it('goes from the lowest value at the bottom to the highest at the top', () => {
    expect(linePath([0, 5, 10], size)).toBe('M0 20L50 10L100 0');
    expect(endOfLine([0, 5, 10], size)).toEqual([100, 0]);
  });

  it('shows small changes small, and no change in the middle', () => {
    expect(linePath([100, 102], size)).toBe('M0 10.98L100 9.02');
    expect(linePath([7, 7], size)).toBe('M0 10L100 10');
    expect(linePath([0, 0], size)).toBe('M0 10L100 10');
    expect(endOfLine([7], size)).toEqual([50, 10]);
  });
});
