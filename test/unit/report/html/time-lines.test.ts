import { describe, expect, it } from '@jest/globals';
import { placeIn, rangeOf, timeLine, timeTicks } from '../../../../src/report/html/view/time-lines.js';

const HOUR = 3_600_000;
const PICTURE = { fromMs: 0, toMs: 10, most: 100, left: 50, right: 150, top: 10, bottom: 210 };

describe('lines over time', () => {
  it('have the first moment at the left, the last at the right, 0 bytes at the bottom', () => {
    expect(placeIn(PICTURE, { timeMs: 0, size: 0 })).toEqual([50, 210]);
    expect(placeIn(PICTURE, { timeMs: 10, size: 100 })).toEqual([150, 10]);
    expect(
      timeLine(PICTURE, [
        { timeMs: 0, size: 0 },
        { timeMs: 5, size: 50 },
      ]),
    ).toBe('M50 210L100 110');
    expect(timeLine(PICTURE, [{ timeMs: 5, size: 50 }])).toBe('M100 110h3');
  });

  it('have a range also if there is one moment, or nothing but zeros', () => {
    expect(rangeOf([[{ timeMs: 7, size: 0 }]])).toEqual({ fromMs: 7, toMs: 8, most: 1.04 });
    expect(rangeOf([[{ timeMs: 7, size: 5 }], [{ timeMs: 3, size: 50 }]])).toEqual({ fromMs: 3, toMs: 7, most: 52 });
  });
});

describe('the scale of times', () => {
  const texts = (fromMs: number, toMs: number) => timeTicks({ fromMs, toMs }, 6).map(({ text }) => text);

  it('has at most so many round moments', () => {
    expect(texts(Date.UTC(2026, 0, 1, 23, 10), Date.UTC(2026, 0, 2, 2, 50))).toEqual(['01-02', '01:00', '02:00']);
    expect(texts(0, 10 * 24 * HOUR)).toEqual(['01-01', '01-03', '01-05', '01-07', '01-09', '01-11']);
    expect(texts(30_000, 40_000)).toEqual([]);
  });
});
