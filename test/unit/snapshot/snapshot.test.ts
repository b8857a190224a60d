import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../src/errors.js';
import { DomainFilter, Filter, LabelFilter, ThreadFilter } from '../../../src/snapshot/filter.js';
import type { TraceInput } from '../../../src/snapshot/from-traces.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { snapshotFrom } from './picture.js';

describe('Snapshot', () => {
  const snapshot = snapshotFrom(`
    a.js:1  a.js:1  a.js:1
    b.js:2  c.js:3  b.js:2
    10      20      30`);

  it('shows its traces as a frozen array, with one Traceback for equal stacks', () => {
    expect(snapshot.traces).toHaveLength(3);
    expect(Array.isArray(snapshot.traces)).toBe(true);
    expect(snapshot.traces).toBe(snapshot.traces);
    expect(snapshot.traces[0]).toMatchObject({ domain: 0, size: 10, count: 1, thread: 'main' });
    expect(snapshot.traces[0]?.type).toBeUndefined();
    expect(snapshot.traces[0]?.label).toBeUndefined();
    expect(String(snapshot.traces[0]?.traceback.at(-1))).toBe('/app/b.js:2');
    expect(snapshot.traces[2]?.traceback).toBe(snapshot.traces[0]?.traceback);
  });

  it('cannot be changed', () => {
    const writable = snapshot as { tracebackLimit: number };
    expect(() => {
      writable.tracebackLimit = 9;
    }).toThrow(TypeError);
    expect(() => (snapshot.traces as unknown[]).push({})).toThrow(TypeError);
    expect(() => Object.assign(snapshot.traces[0]!, { size: 0 })).toThrow(TypeError);
    expect(() => Object.assign(snapshot.columns, { length: 0 })).toThrow(TypeError);
    expect(() => (snapshot.threads as string[]).push('x')).toThrow(TypeError);
  });

  it('filters into a new snapshot, and does not change itself', () => {
    const filtered = snapshot.filterTraces([new Filter(true, '*/b.js')]);
    expect(filtered.traces.map(({ size }) => size)).toEqual([10, 30]);
    expect(filtered.tracebackLimit).toBe(snapshot.tracebackLimit);
    expect(snapshot.traces).toHaveLength(3);
    expect(snapshot.filterTraces([])).not.toBe(snapshot);
    expect(snapshot.filterTraces([]).traces).toEqual(snapshot.traces);
  });

  it('its filters, frames and tracebacks do not change after they are made', () => {
    const filter = new Filter(true, '/a.js', { lineno: 1 });
    for (const [object, name] of [
      [filter, 'filenamePattern'],
      [filter, 'inclusive'],
      [filter, 'lineno'],
      [filter, 'another'],
      [new DomainFilter(true, 1), 'domain'],
      [new ThreadFilter(true, 'main'), 'threadPattern'],
      [new LabelFilter(true, 'GET *'), 'labelPattern'],
      [snapshot.traces[0]!.traceback, 'totalFrames'],
      [snapshot.traces[0]!.traceback.frames[0]!, 'lineno'],
    ] as const)
      expect(() => Object.assign(object, { [name]: 'x' })).toThrow(TypeError);
    expect(filter.filenamePattern).toBe('/a.js');
  });

  it('refuses values that are no filters', () => {
    expect(() => snapshot.filterTraces(new Filter(true, '*') as unknown as Filter[])).toThrow(
      new UsageError('filters must be a list of filters, not Filter'),
    );
    expect(() => snapshot.filterTraces([{}] as unknown as Filter[])).toThrow(UsageError);
  });
});

describe('Snapshot.fromTraces', () => {
  it('has the given values, and the depth of the deepest traceback as its limit', () => {
    const frames = [['/a.js', 1], { filename: '/b.js', lineno: 2, column: 3, functionName: 'f', precision: 'line' }] as const;
    const snapshot = Snapshot.fromTraces([
      { size: 5, count: 2, domain: 300, frames, totalFrames: 9, type: 'Map', thread: 'w', label: 'job' },
    ]);
    expect(snapshot.tracebackLimit).toBe(2);
    const [trace] = snapshot.traces;
    expect(trace).toMatchObject({ size: 5, count: 2, domain: 300, type: 'Map', thread: 'w', label: 'job' });
    expect(trace?.traceback.totalFrames).toBe(9);
    expect(trace?.traceback.frames[1]).toEqual(expect.objectContaining(frames[1]));
    expect(Snapshot.fromTraces([], { tracebackLimit: 7 }).tracebackLimit).toBe(7);
    expect(Snapshot.fromTraces([]).tracebackLimit).toBe(1);
  });

  it('tells 65534 labels apart, and takes the further ones together', () => {
    const traces = Array.from({ length: 70_000 }, (_, i): TraceInput => ({ size: 1, frames: [['/a.js', 1]], label: `tenant ${i}` }));
    const { labels, traces: made } = Snapshot.fromTraces([...traces, traces[0]!]);
    expect(labels).toHaveLength(65_536);
    expect([made[65_533], made[65_534], made[69_999], made[70_000]].map((trace) => trace!.label)).toEqual([
      'tenant 65533',
      '(other)',
      '(other)',
      'tenant 0',
    ]);
  });

  const good: TraceInput = { size: 1, frames: [['/a.js', 1]] };
  it.each<[Record<string, unknown>, RegExp]>([
    [{ size: -1 }, /^trace 1: size/],
    [{ size: Number.NaN }, /^trace 1: size/],
    [{ count: 0 }, /^trace 1: count/],
    [{ domain: -1 }, /^trace 1: domain/],
    [{ frames: [] }, /^trace 1: frames/],
    [{ frames: undefined }, /^trace 1: frames/],
    [{ frames: [null] }, /^trace 1: a frame/],
    [{ frames: [['/a.js', -1]] }, /^trace 1: lineno/],
    [{ frames: [[7, 1]] }, /^trace 1: filename/],
    [{ frames: [{ filename: '/a.js', lineno: 1, precision: 'x' }] }, /^trace 1: precision/],
    [{ totalFrames: 0 }, /^trace 1: totalFrames/],
    [{ type: 7 }, /^trace 1: type/],
    [{ label: 7 }, /^trace 1: label/],
  ])('refuses %j and says which trace', (wrong, message) => {
    const make = () => Snapshot.fromTraces([good, { ...good, ...wrong } as TraceInput]);
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });

  it('refuses a limit below the depth of the given tracebacks', () => {
    expect(() =>
      Snapshot.fromTraces(
        [
          {
            size: 1,
            frames: [
              ['/a.js', 1],
              ['/a.js', 2],
            ],
          },
        ],
        { tracebackLimit: 1 },
      ),
    ).toThrow(UsageError);
  });
});

it('a filter for a file is also one for a text that ran under its name', () => {
  const snapshot = snapshotFrom(`
    app.js <in memory>:82  b.js:2
    300                    50
  `);
  const kept = (filter: Filter) =>
    snapshot
      .filterTraces([filter])
      .statistics('lineno')
      .map(({ size }) => size);
  expect(kept(new Filter(true, '*app.js'))).toEqual([300]);
  expect(kept(new Filter(false, '*app.js'))).toEqual([50]);
  expect(kept(new Filter(true, '*<in memory>'))).toEqual([300]);
});
