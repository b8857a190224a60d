import { describe, expect, it, test } from '@jest/globals';
import { UsageError } from '../../../src/errors.js';
import { Series } from '../../../src/series/series.js';
import { Filter, LabelFilter, ThreadFilter } from '../../../src/snapshot/filter.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { randomBelow, seededRandom } from '../../helpers/random.js';
import { type Block, snapshotOf } from '../../helpers/series-simulation.js';

/** Every trace as text, sorted, so that snapshots can be compared whatever their order is. */
const rows = ({ traces }: Snapshot) =>
  traces.map(({ size, count, thread, domain, label, traceback }) => `${thread} ${domain} ${label} ${size} ${count} ${traceback}`).sort();

/** A program on two threads whose blocks die at random, with all that was alive in each round. Labels are used from the fourth round on. */
function simulated(rounds: number, seed: number): Block[][] {
  const random = seededRandom(seed);
  const births = new Map<string, number>();
  let alive: Block[] = [];
  return Array.from({ length: rounds }, (_, round) => {
    for (let i = randomBelow(random, 40); i > 0; i--) {
      const thread = ['main', 'worker 1'][randomBelow(random, 2)]!;
      const birth = (births.get(thread) ?? 0) + 1 + randomBelow(random, 3);
      births.set(thread, birth);
      const label = round < 3 ? '' : ['', 'GET /a', 'GET /b'][randomBelow(random, 3)]!;
      alive.push({ birth, thread, label, line: 2 + randomBelow(random, 4), size: 8 * (1 + randomBelow(random, 20)) });
    }
    alive = alive.filter(() => randomBelow(random, 4) > 0);
    return [...alive];
  });
}

describe('Series', () => {
  it('gives back the snapshot of every round', () => {
    const given = simulated(30, 1).map((alive) => snapshotOf(alive));
    const series = Series.of(given);
    expect(series.rounds).toHaveLength(30);
    for (const [round, snapshot] of given.entries()) {
      const again = series.snapshot(round);
      expect(rows(again)).toEqual(rows(snapshot));
      expect(again.threads).toEqual(snapshot.threads);
      expect([again.capture, again.tracebackLimit, again.lastBirths]).toEqual([
        snapshot.capture,
        snapshot.tracebackLimit,
        snapshot.lastBirths,
      ]);
      expect(again.statistics('traceback').map(String)).toEqual(snapshot.statistics('traceback').map(String));
      expect(series.rounds[round]!.traced).toBe(snapshot.traces.reduce((sum, { size }) => sum + size, 0));
    }
    expect(rows(series.snapshot(-1))).toEqual(rows(given.at(-1)!));
    expect(() => series.snapshot(30)).toThrow('there is no round 30: the series has the rounds 0 to 29');
    expect(() => series.snapshot(0.5)).toThrow(UsageError);
  });

  it('filters all rounds alike', () => {
    const given = simulated(10, 2).map((alive) => snapshotOf(alive));
    const filters = [new Filter(true, '*', { lineno: 3 }), new ThreadFilter(true, 'main'), new LabelFilter(false, 'GET*')];
    const series = Series.of(given).filterTraces(filters);
    for (const [round, snapshot] of given.entries()) expect(rows(series.snapshot(round))).toEqual(rows(snapshot.filterTraces(filters)));
  });

  it('knows the age of an object that has changed its size', () => {
    const grown = (size: number): Block[] => [
      { birth: 1, line: 2, size },
      { birth: 2, line: 3, size: 8 },
    ];
    const series = Series.of([8, 16, 24].map((size) => snapshotOf(grown(size))));
    expect([0, 1, 2].map((round) => rows(series.snapshot(round)))).toEqual([8, 16, 24].map((size) => rows(snapshotOf(grown(size)))));
    expect(series.growth('lineno').find(({ sizes }) => sizes[2] === 24)).toMatchObject({ sizes: [8, 16, 24], ages: [24, 0, 0], slope: 8 });
  });

  it('keeps traces of one birth and place apart by their labels', () => {
    const alike = (label: string): Block => ({ birth: 1, line: 2, size: 8, label });
    const given = [snapshotOf([alike('GET /a')]), snapshotOf([alike('GET /a'), alike('GET /b')]), snapshotOf([alike('GET /b')])];
    const series = Series.of(given);
    for (const [round, snapshot] of given.entries()) expect(rows(series.snapshot(round))).toEqual(rows(snapshot));
    const sizes = (label: string) => series.growth('label').find(({ traceback }) => traceback.frames[0]!.filename === label)?.sizes;
    expect([sizes('GET /a'), sizes('GET /b')]).toEqual([
      [8, 8, 0],
      [0, 8, 8],
    ]);
  });

  it('takes a thread that could not be asked for one that has changed nothing', () => {
    const worker: Block = { birth: 1, line: 2, size: 8, thread: 'worker 1' };
    const main: Block = { birth: 1, line: 3, size: 8 };
    const late: Block = { birth: 2, line: 2, size: 8, thread: 'worker 1' };
    const given = [snapshotOf([main, worker]), snapshotOf([main]), snapshotOf([main, worker, late])];
    const series = Series.of(given);
    for (const [round, snapshot] of given.entries()) expect(rows(series.snapshot(round))).toEqual(rows(snapshot));
    expect(series.growth('lineno').find(({ sizes }) => sizes[2] === 16)).toMatchObject({ sizes: [8, 8, 16], ages: [8, 0, 8] });
  });

  it('allows a clock that is set back', () => {
    const at = (time: string, ...births: number[]) =>
      snapshotOf(
        births.map((birth): Block => ({ birth, line: 2, size: 8 })),
        { time },
      );
    expect(Series.of([at('2024-01-01T10:00:00Z', 1), at('2024-01-01T09:00:00Z', 1, 2)]).rounds).toHaveLength(2);
    expect(() => Series.of([at('2024-01-01T10:00:00Z', 1, 2), at('2024-01-01T09:00:00Z', 1)])).toThrow(
      'snapshot 2 is older than the one before it; give them in the order in which they were taken',
    );
  });

  test.each<[string, Iterable<Snapshot>, RegExp]>([
    ['no snapshots', [], /at least one snapshot/],
    ['something else', [{} as Snapshot], /needs snapshots/],
    ['no births', [Snapshot.fromTraces([])], /^snapshot 1 cannot be a round: its order of allocation is not known/],
    ['two tracings', [snapshotOf([]), snapshotOf([], { tracing: 'two' })], /^snapshot 2 is not of the tracing of those before it/],
    ['a tracing that began again', [snapshotOf([]), snapshotOf([], { resumed: 'x' })], /began again before snapshot 2/],
  ])('refuses %s', (_, snapshots, message) => {
    expect(() => Series.of(snapshots)).toThrow(UsageError);
    expect(() => Series.of(snapshots)).toThrow(message);
  });
});

describe('growth', () => {
  it('sums by round and by age, as a count of the blocks says', () => {
    const given = simulated(12, 3);
    const series = Series.of(given.map((alive) => snapshotOf(alive)));
    const bornIn = new Map<string, number>();
    for (const [round, alive] of given.entries()) {
      for (const { thread, birth } of alive) if (!bornIn.has(`${thread} ${birth}`)) bornIn.set(`${thread} ${birth}`, round);
    }
    const growth = series.growth('lineno', { warmup: 2 });
    expect(growth).toHaveLength(4);
    for (const { traceback, sizes, counts, ages, slope, standardError } of growth) {
      const own = given.map((alive) => alive.filter(({ line }) => line === traceback.frames[0]!.lineno));
      const bytes = (blocks: readonly Block[]) => blocks.reduce((sum, { size }) => sum + size, 0);
      expect(sizes).toEqual(own.map(bytes));
      expect(counts).toEqual(own.map(({ length }) => length));
      expect(ages).toEqual(
        given.map((_, round) => bytes(own.at(-1)!.filter((block) => bornIn.get(`${block.thread} ${block.birth}`) === round))),
      );
      expect(slope).toBeCloseTo(fittedSlope(sizes.slice(2)), 6);
      expect(standardError).toBe(0);
    }
  });

  it('checks its options', () => {
    const series = Series.of([snapshotOf([])]);
    expect(() => series.growth('lines' as 'lineno')).toThrow("unknown key_type: 'lines'");
    for (const warmup of [-1, 0.5, Number.NaN]) expect(() => series.growth('lineno', { warmup })).toThrow(UsageError);
    expect(series.growth('lineno')).toEqual([]);
  });

  /** The scatter of the slope over 150 samplings of the same program. */
  it('has the standard error that repeated samplings show (long)', () => {
    const interval = 4096;
    const random = seededRandom(9);
    const size = 64;
    const p = 1 - Math.exp(-size / interval);
    const scale = Math.round(1 / p);
    const found = Array.from({ length: 150 }, () => {
      let birth = 0;
      let alive: Block[] = [];
      const rounds = Array.from({ length: 6 }, () => {
        alive = alive.filter(({ line }) => line === 2 || random() < 0.5);
        for (const line of [2, 3]) {
          for (let i = 0; i < 2000; i++) if (random() < p) alive.push({ birth: ++birth, line, size: size * scale });
        }
        const bare = snapshotOf(alive, { mode: 'sampling', interval });
        return new Snapshot({ ...bare, columns: { ...bare.columns, count: bare.columns.count.map(() => scale) } });
      });
      return Series.of(rounds).growth('lineno');
    });
    const leaks = found.map((growth) => growth.find(({ traceback }) => traceback.frames[0]!.lineno === 2)!);
    const mean = leaks.reduce((sum, { slope }) => sum + slope, 0) / leaks.length;
    expect(Math.abs(mean / (2000 * size) - 1)).toBeLessThan(0.03);
    const scatter = Math.sqrt(leaks.reduce((sum, { slope }) => sum + (slope - mean) ** 2, 0) / leaks.length);
    const error = leaks.reduce((sum, { standardError }) => sum + standardError, 0) / leaks.length;
    expect(error / scatter).toBeGreaterThan(0.9);
    expect(error / scatter).toBeLessThan(1.4); // half a sample more than there are
  });
});

function fittedSlope(values: readonly number[]): number {
  const [n, mean] = [values.length, (values.length - 1) / 2];
  const average = values.reduce((sum, value) => sum + value, 0) / n;
  const [above, below] = values.reduce(([a, b], value, i) => [a + (i - mean) * (value - average), b + (i - mean) ** 2], [0, 0]);
  return above / below;
}
