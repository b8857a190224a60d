import { describe, expect, it } from '@jest/globals';
import { grows, type ProfileMoments, pooledSlope, type SizeMoments, sxxOf, sxyOf, syyOf } from '../../../src/store/pooled-slope.js';
import { randomBelow, seededRandom } from '../../helpers/random.js';

interface Point {
  readonly hours: number;
  readonly size: number;
}

function momentsOf(points: readonly Point[]): { time: ProfileMoments; size: SizeMoments } {
  const sum = (of: (point: Point) => number) => points.reduce((total, point) => total + of(point), 0);
  return {
    time: { profiles: points.length, hours: sum(({ hours }) => hours), squares: sum(({ hours }) => hours ** 2) },
    size: { size: sum(({ size }) => size), squares: sum(({ size }) => size ** 2), products: sum(({ size, hours }) => size * hours) },
  };
}

/** In the two steps that a store takes. Tracings without the group add to the time only. */
function pooled(tracings: readonly (readonly Point[])[]) {
  const growth = { size: 0, sxy: 0, sxy2: 0, sxxSxy: 0, syy: 0 };
  const times = { tracings: 0, profiles: 0, sxx: 0, sxx2: 0 };
  for (const points of tracings) {
    const { time, size } = momentsOf(points);
    const [sxx, sxy] = [sxxOf(time), sxyOf(time, size)];
    times.tracings++;
    times.profiles += points.length;
    times.sxx += sxx;
    times.sxx2 += sxx ** 2;
    if (points.every((point) => point.size === 0)) continue;
    growth.size += size.size;
    growth.sxy += sxy;
    growth.sxy2 += sxy ** 2;
    growth.sxxSxy += sxx * sxy;
    growth.syy += syyOf(time, size);
  }
  return pooledSlope(growth, times);
}

/** Solves the normal equations of one slope and an intercept for each tracing, by elimination, and gives the coefficients. */
function leastSquares(tracings: readonly (readonly Point[])[]): number[] {
  const width = tracings.length + 1;
  const rows = tracings.flatMap((points, i) =>
    points.map(({ hours, size }) => ({ x: [hours, ...tracings.map((_, j) => Number(i === j))], y: size })),
  );
  const matrix = Array.from({ length: width }, (_, i) => [
    ...Array.from({ length: width }, (__, j) => rows.reduce((sum, { x }) => sum + x[i]! * x[j]!, 0)),
    rows.reduce((sum, { x, y }) => sum + x[i]! * y, 0),
  ]);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      if (i === j) continue;
      const factor = matrix[j]![i]! / matrix[i]![i]!;
      for (let k = i; k <= width; k++) matrix[j]![k]! -= factor * matrix[i]![k]!;
    }
  }
  return matrix.map((row, i) => row[width]! / row[i]!);
}

/** The two errors, from the residuals themselves. */
function errorsOf(tracings: readonly (readonly Point[])[]): { scatter: number; residual: number } {
  const [slope, ...intercepts] = leastSquares(tracings) as [number, ...number[]];
  let [sxx, squares, scores, profiles] = [0, 0, 0, 0];
  tracings.forEach((points, i) => {
    const mean = points.reduce((sum, { hours }) => sum + hours, 0) / points.length;
    let score = 0;
    for (const { hours, size } of points) {
      const residual = size - intercepts[i]! - slope * hours;
      sxx += (hours - mean) ** 2;
      squares += residual ** 2;
      score += (hours - mean) * residual;
    }
    scores += score ** 2;
    profiles += points.length;
  });
  const n = tracings.length;
  return { scatter: Math.sqrt((scores * n) / (n - 1)) / sxx, residual: Math.sqrt(squares / (profiles - n - 1) / sxx) };
}

function randomTracings(seed: number, tracings: number): Point[][] {
  const random = seededRandom(seed);
  return Array.from({ length: tracings }, (_, i) => {
    const slope = i % 4 === 3 ? 0 : 1000 * random();
    const start = 1e6 * random();
    let hours = 0;
    return Array.from({ length: 2 + randomBelow(random, 9) }, () => {
      hours += random();
      return { hours, size: i % 4 === 3 ? 0 : start + slope * hours + 300 * (random() - 0.5) };
    });
  });
}

describe('a slope that is pooled from sums', () => {
  it.each([2, 3, 8, 40])('is that of least squares with one intercept for each of %p tracings, also those without the group', (count) => {
    const tracings = randomTracings(count, count);
    const { slope, standardError, freedom } = pooled(tracings);
    const { scatter, residual } = errorsOf(tracings);
    expect(slope).toBeCloseTo(leastSquares(tracings)[0]!, 4);
    expect(standardError / Math.max(scatter, residual)).toBeCloseTo(1, 5);
    expect(freedom).toBe(tracings.flat().length - count - 1);
  });

  it('has the error of its residuals if there is one tracing', () => {
    const [points] = randomTracings(5, 1) as [Point[]];
    expect(pooled([points]).standardError).toBeCloseTo(errorsOf([points]).residual, 4);
  });

  it('has an error that is as large as the slopes of many samplings scatter', () => {
    const random = seededRandom(3);
    const noise = () => [...Array(12)].reduce((sum) => sum + random(), -6);
    const ratios = Array.from({ length: 400 }, () => {
      // each process has a rate of its own, with the mean 100, and its own noise
      const tracings = Array.from({ length: 15 }, () => {
        const rate = 100 + 30 * noise();
        return Array.from({ length: 10 }, (_, hours) => ({ hours, size: 5000 + rate * hours + 50 * noise() }));
      });
      const { slope, standardError } = pooled(tracings);
      return (slope - 100) / standardError;
    });
    const spread = Math.sqrt(ratios.reduce((sum, ratio) => sum + ratio ** 2, 0) / ratios.length);
    expect(spread).toBeGreaterThan(0.9);
    expect(spread).toBeLessThan(1.2);
  });

  it('is 0 if no time passes', () => {
    expect(
      pooled([
        [
          { hours: 0, size: 5 },
          { hours: 0, size: 9 },
        ],
      ]),
    ).toEqual({ slope: 0, standardError: 0, freedom: 0 });
  });
});

describe('a tracing by itself', () => {
  const growsWith = (sizes: readonly number[]) => {
    const { time, size } = momentsOf(sizes.map((bytes, hours) => ({ hours, size: bytes })));
    return grows(time, size);
  };

  it('grows if its slope is more than its residuals explain', () => {
    expect(growsWith([10, 20, 31, 39, 50])).toBe(true);
    expect(growsWith([10, 20])).toBe(true);
    expect(growsWith([10, 90, 5, 80, 20])).toBe(false);
    expect(growsWith([50, 40, 30, 20, 10])).toBe(false);
    expect(growsWith([7, 7, 7])).toBe(false);
  });
});
