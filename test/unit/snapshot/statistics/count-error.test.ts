import { describe, expect, it } from '@jest/globals';
import { ingestProfile } from '../../../../src/collect/sampling/ingest-profile.js';
import { DEFAULT_INTERVAL } from '../../../../src/collect/sampling/sampler-commands.js';
import { TraceCollector } from '../../../../src/collect/stacks/trace-collector.js';
import type { CaptureInfo } from '../../../../src/model/trace-columns.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import type { Statistic } from '../../../../src/snapshot/statistics/statistic.js';
import { seededRandom } from '../../../helpers/random.js';
import { type Population, type Simulated, simulateSampling } from '../../../helpers/simulated-sampling.js';

const NO_TRACES = Snapshot.fromTraces([]);

/** One line for each function of the population. */
function snapshotOf({ profile }: Simulated, change: Partial<CaptureInfo>): Snapshot {
  const capture: CaptureInfo = {
    ...NO_TRACES.capture,
    mode: 'sampling',
    interval: DEFAULT_INTERVAL,
    tracing: 't',
    folding: false,
    ...change,
  };
  const collector = new TraceCollector();
  ingestProfile(profile, collector.thread('main'), { tracebackLimit: 1, interval: capture.interval! });
  const { threads, types } = collector;
  return new Snapshot({
    ...NO_TRACES,
    table: collector.stacks.build(),
    columns: collector.columns(),
    threads,
    types: types.values,
    capture,
  });
}

/** Functions that make blocks of one to three sizes, 20 to 400 KB of each size. */
function functions(random: () => number): Population {
  return Array.from({ length: 200 }, () =>
    Array.from({ length: 1 + Math.floor(3 * random()) }, () => {
      const size = 16 + 8 * Math.floor(30 * random() ** 2);
      return { size, blocks: Math.ceil((20_000 * 20 ** random()) / size) };
    }),
  );
}

function blocksOf(kinds: Population[number]): number {
  return kinds.reduce((sum, { blocks }) => sum + blocks, 0);
}

/** The share of rows whose true count is within two standard errors. @param truth blocks by line, from 1 on */
function coverage(statistics: readonly Statistic[], truth: (line: number) => number): number {
  const covered = statistics.filter(
    ({ count, countStandardError, traceback }) => Math.abs(count - truth(traceback.at(-1)!.lineno)) <= 2 * countStandardError,
  );
  return covered.length / statistics.length;
}

describe('countStandardError', () => {
  it.each([DEFAULT_INTERVAL, 8192])('holds the true count in 90 to 99 %% of the rows, sampled every %d bytes', (interval) => {
    const random = seededRandom(interval);
    const population = functions(random);
    const rows = snapshotOf(simulateSampling(population, interval, random), { interval }).statistics('lineno');
    const share = coverage(rows, (line) => blocksOf(population[line - 1]!));
    expect(rows.length).toBeGreaterThan(150);
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThanOrEqual(0.99);
  });

  it('includes blocks that one allocation hides, unless folding was off', () => {
    const random = seededRandom(2);
    const parts = (line: number) => 2 + (line % 3);
    const population = Array.from({ length: 30 }, (_, i) => [{ size: 32 * parts(i + 1), blocks: 10_000 }]);
    const simulated = simulateSampling(population, DEFAULT_INTERVAL, random);
    const shareWith = (folding: boolean | undefined) =>
      coverage(snapshotOf(simulated, { folding }).statistics('lineno'), (line) => 10_000 * parts(line));
    expect(shareWith(true)).toBeGreaterThan(0.9);
    expect(shareWith(undefined)).toBe(shareWith(true)); // an older file
    expect(shareWith(false)).toBeLessThan(0.1);
  });

  it('is that of folding alone if every block has a sample, and 0 if nothing is folded', () => {
    const simulated = simulateSampling([[{ size: 64, blocks: 100 }]], 1, seededRandom(3));
    const errorWith = (change: Partial<CaptureInfo>) =>
      snapshotOf(simulated, { interval: 1, ...change }).statistics('lineno')[0]!.countStandardError;
    expect(errorWith({ folding: true })).toBeCloseTo(64.3, 1); // up to 64 / 28 blocks each
    expect(errorWith({ folding: false })).toBe(0);
    expect(errorWith({ mode: 'exact', folding: undefined })).toBe(0);
    expect(Snapshot.fromTraces([{ size: 64, frames: [['/a.js', 1]] }]).statistics('lineno')[0]!.countStandardError).toBe(0);
  });

  it('is larger if the sizes of one product are mixed: the sample may be of another size', () => {
    const errorOf = (sizes: readonly number[]) => {
      const population = sizes.map((size) => [{ size, blocks: Math.round(2_000_000 / size) }]);
      const [first] = snapshotOf(simulateSampling(population, DEFAULT_INTERVAL, seededRandom(4)), {}).statistics('lineno');
      return first!.countStandardError / first!.count;
    };
    expect(errorOf([120, 48])).toBeGreaterThan(1.1 * errorOf([128, 56])); // 48 and 120 share a product
  });

  it('is that of the difference in a diff, to which samples of both snapshots add nothing', () => {
    const simulated = simulateSampling([[{ size: 100_000, blocks: 200 }]], DEFAULT_INTERVAL, seededRandom(5));
    const { samples } = simulated.profile;
    const of = (kept: typeof samples) => snapshotOf({ ...simulated, profile: { ...simulated.profile, samples: kept } }, {});
    const [early, whole, late] = [of(samples.slice(0, 60)), of(samples), of(samples.slice(60))];
    const [diff] = whole.compareTo(early, 'lineno');
    expect(diff!.countStandardError).toBeCloseTo(late.statistics('lineno')[0]!.countStandardError, 6);
    expect(whole.compareTo(whole, 'lineno')[0]!.countStandardError).toBe(0);
  });
});
