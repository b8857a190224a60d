import { describe, expect, it } from '@jest/globals';
import type { CaptureInfo } from '../../../../src/model/trace-columns.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import { seededRandom } from '../../../helpers/random.js';

interface Sample {
  readonly size: number;
  readonly birth: number;
}

/** A sampled snapshot. Each sample stands for a whole number of blocks: 1 / p, rounded up or down at random. */
function sampled(samples: readonly Sample[], { interval, tracing = 't' }: { interval: number; tracing?: string }): Snapshot {
  const random = seededRandom(samples.length);
  const counts = samples.map(({ size }) => Math.floor(1 / (1 - Math.exp(-size / interval)) + random()));
  const bare = Snapshot.fromTraces(samples.map(({ size }, i) => ({ size: size * counts[i]!, count: counts[i]!, frames: [['/a.js', 1]] })));
  const capture: CaptureInfo = { ...bare.capture, mode: 'sampling', interval, tracing };
  const columns = { ...bare.columns, birth: Float64Array.from(samples, ({ birth }) => birth) };
  return new Snapshot({ ...bare, columns, capture });
}

describe('standardError', () => {
  it('is 0 if every block is recorded', () => {
    expect(Snapshot.fromTraces([{ size: 8, frames: [['/a.js', 1]] }]).statistics('lineno')[0]?.standardError).toBe(0);
    expect(sampled([{ size: 100, birth: 1 }], { interval: 1 }).statistics('lineno')[0]?.standardError).toBe(0);
  });

  it.each([50, 2500])('agrees with the scatter of many simulated samplings, for blocks from %d bytes on (long)', (least) => {
    const random = seededRandom(7);
    const interval = 1000;
    const sizes = Array.from({ length: 400 }, (_, i) => least + 10 * (i % 200));
    const truth = sizes.reduce((sum, size) => sum + size, 0);
    const runs = Array.from({ length: 400 }, () => {
      const kept = sizes.filter((size) => random() < 1 - Math.exp(-size / interval));
      const { size, standardError } = sampled(
        kept.map((size, birth) => ({ size, birth })),
        { interval },
      ).statistics('lineno')[0]!;
      return { error: size - truth, standardError };
    });
    const scatter = Math.sqrt(runs.reduce((sum, { error }) => sum + error * error, 0) / runs.length);
    const estimated = Math.sqrt(runs.reduce((sum, run) => sum + run.standardError ** 2, 0) / runs.length);
    expect(estimated / scatter).toBeGreaterThan(0.9);
    expect(estimated / scatter).toBeLessThan(1.1);
  });

  it('is above 0 even for a block that is always sampled, because the group may have others that are not', () => {
    expect(sampled([{ size: 1e6, birth: 1 }], { interval: 1000 }).statistics('lineno')[0]?.standardError).toBeCloseTo(1000 / Math.SQRT2, 6);
  });

  it('adds up in a difference, except for samples that both snapshots of one tracing have', () => {
    const kept = { size: 100, birth: 1 };
    const [gone, born] = [
      { size: 200, birth: 2 },
      { size: 300, birth: 3 },
    ];
    // Counts are rounded at random with a seed of each snapshot, so shared samples may differ in count. They cancel by their births.
    const errorOf = (samples: Sample[]) => sampled(samples, { interval: 1000 }).statistics('lineno')[0]!.standardError;
    const now = sampled([kept, born], { interval: 1000 });
    const diff = now.compareTo(sampled([kept, gone], { interval: 1000 }), 'lineno')[0]!;
    expect(diff.standardError).toBeCloseTo(Math.hypot(errorOf([gone]), errorOf([born])), 6);
    const other = now.compareTo(sampled([kept, gone], { interval: 1000, tracing: 'other' }), 'lineno')[0]!;
    expect(other.standardError).toBeCloseTo(Math.hypot(errorOf([kept, gone]), errorOf([kept, born])), 6);
  });
});
