import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Traceback } from '../../../../src/model/traceback.js';
import { type AnyFilter, DomainFilter, Filter, LabelFilter, ThreadFilter } from '../../../../src/snapshot/filter.js';
import type { TraceInput } from '../../../../src/snapshot/from-traces.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import { domainName } from '../../../../src/snapshot/statistics/column-keys.js';
import { KEY_TYPES, type KeyType } from '../../../../src/snapshot/statistics/key-type.js';
import { packageName } from '../../../../src/snapshot/statistics/package-name.js';
import type { Statistic } from '../../../../src/snapshot/statistics/statistic.js';
import type { Trace } from '../../../../src/snapshot/trace.js';
import { compilePattern } from '../../../../src/text/fnmatch.js';

const frame = fc.record({
  filename: fc.constantFrom('/app/a.js', '/app/b.js', '/app/node_modules/x/c.js', 'node:fs'),
  lineno: fc.integer({ min: 1, max: 3 }),
  column: fc.integer({ min: 0, max: 1 }),
  functionName: fc.constantFrom('', 'f', 'g'),
  precision: fc.constantFrom('line', 'function'),
});
const trace: fc.Arbitrary<TraceInput> = fc.record(
  {
    size: fc.integer({ min: 0, max: 5 }).map((size) => 8 * size),
    count: fc.integer({ min: 1, max: 3 }),
    frames: fc.array(frame, { minLength: 1, maxLength: 4 }),
    totalFrames: fc.integer({ min: 4, max: 5 }),
    domain: fc.integer({ min: 0, max: 2 }),
    thread: fc.constantFrom('main', 'worker 1'),
    type: fc.constantFrom('', 'Map'),
    label: fc.constantFrom('', 'GET /a', 'GET /b'),
  },
  { requiredKeys: ['size', 'frames'] },
);
const filter: fc.Arbitrary<AnyFilter> = fc.oneof(
  fc
    .tuple(
      fc.boolean(),
      fc.constantFrom('*', '*a.js', '/app/?.js', '*/node_modules/*'),
      fc.record(
        { lineno: fc.integer({ min: 1, max: 3 }), allFrames: fc.boolean(), domain: fc.integer({ min: 0, max: 2 }) },
        { requiredKeys: [] },
      ),
    )
    .map(([inclusive, pattern, options]) => new Filter(inclusive, pattern, options)),
  fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 2 })).map(([inclusive, domain]) => new DomainFilter(inclusive, domain)),
  fc.tuple(fc.boolean(), fc.constantFrom('main', 'worker*')).map(([inclusive, pattern]) => new ThreadFilter(inclusive, pattern)),
  fc.tuple(fc.boolean(), fc.constantFrom('GET*', 'GET /b', '(none)')).map(([inclusive, pattern]) => new LabelFilter(inclusive, pattern)),
);
const grouping = fc
  .record({ keyType: fc.constantFrom(...KEY_TYPES), cumulative: fc.boolean() })
  .map(({ keyType, cumulative }) => ({ keyType, cumulative: cumulative && CUMULATIVE_KEYS.has(keyType) }));
const CUMULATIVE_KEYS = new Set<KeyType>(['filename', 'lineno', 'function', 'package', 'label']);
const step = fc.oneof(
  grouping.map((one) => ({ kind: 'statistics' as const, ...one })),
  grouping.map((one) => ({ kind: 'compareTo' as const, ...one })),
  fc.array(filter, { maxLength: 3 }).map((filters) => ({ kind: 'filterTraces' as const, filters })),
);

/** A sampled snapshot, so that its statistics have an error. */
function snapshotOf(traces: readonly TraceInput[]): Snapshot {
  const exact = Snapshot.fromTraces(traces);
  return new Snapshot({ ...exact, capture: { ...exact.capture, mode: 'sampling', interval: 64 } });
}

/** The same traces in a snapshot that remembers nothing, because its columns and its table are new objects. */
function forgotten(snapshot: Snapshot): Snapshot {
  return new Snapshot({ ...snapshot, table: { ...snapshot.table }, columns: { ...snapshot.columns } });
}

const shown = (statistics: readonly Statistic[]) =>
  statistics.map((one) => ({ text: String(one), ...one, standardError: one.standardError, traceback: one.traceback }));

/** The identities of a trace's groups, as documented; null for keys whose names say more. */
function namesOf(trace: Trace, keyType: KeyType, frames: Traceback['frames']): string[] | null {
  if (keyType === 'filename') return frames.map(({ filename }) => filename);
  if (keyType === 'lineno') return frames.map(String);
  if (keyType === 'package') return frames.map(({ filename }) => packageName(filename));
  if (keyType === 'traceback') return [trace.traceback.frames.join()];
  if (keyType === 'domain') return [domainName(trace.domain)];
  if (keyType === 'thread') return [trace.thread];
  if (keyType === 'label') return [trace.label ?? '(none)'];
  return keyType === 'type' ? [trace.type ?? '<unknown>'] : null;
}

interface Grouping {
  readonly keyType: KeyType;
  readonly cumulative: boolean;
}

type Sums = Map<string, readonly [size: number, count: number]>;

/** The sums, worked out trace by trace; null for keys whose groups have no plain name. */
function bruteForce(snapshot: Snapshot, { keyType, cumulative }: Grouping): Sums | null {
  const sums: Sums = new Map();
  for (const one of snapshot.traces) {
    const names = namesOf(one, keyType, cumulative ? one.traceback.frames : one.traceback.frames.slice(-1));
    if (!names) return null;
    for (const name of new Set(names)) {
      const [size, count] = sums.get(name) ?? [0, 0];
      sums.set(name, [size + one.size, count + one.count]);
    }
  }
  return sums;
}

function groupName({ traceback }: Statistic, keyType: KeyType): string {
  if (keyType === 'traceback') return traceback.frames.join();
  return keyType === 'lineno' ? String(traceback) : traceback.frames[0]!.filename;
}

function expectBruteForce(snapshot: Snapshot, grouping: Grouping): void {
  const sums = bruteForce(snapshot, grouping);
  if (!sums) return;
  const found = snapshot.statistics(grouping.keyType, grouping);
  expect(new Map(found.map((one) => [groupName(one, grouping.keyType), [one.size, one.count]]))).toEqual(sums);
}

function expectBruteDifference(now: Snapshot, old: Snapshot, grouping: Grouping): void {
  const [after, before] = [bruteForce(now, grouping), bruteForce(old, grouping)];
  if (!after || !before) return;
  const differences = [...new Set([...after.keys(), ...before.keys()])].map((name) => {
    const [[size, count], [oldSize, oldCount]] = [after.get(name) ?? [0, 0], before.get(name) ?? [0, 0]];
    return [name, [size, count, size - oldSize, count - oldCount]] as const;
  });
  const found = now.compareTo(old, grouping.keyType, grouping);
  const rows = found.map((one) => [groupName(one, grouping.keyType), [one.size, one.count, one.sizeDiff, one.countDiff]] as const);
  expect(new Map(rows)).toEqual(new Map(differences));
}

function isKept(one: Trace, filters: readonly AnyFilter[]): boolean {
  const inclusive = filters.filter((filter) => filter.inclusive);
  const exclusive = filters.filter((filter) => !filter.inclusive);
  return (inclusive.length === 0 || inclusive.some((filter) => saysYes(one, filter))) && exclusive.every((filter) => saysYes(one, filter));
}

function saysYes(one: Trace, filter: AnyFilter): boolean {
  if (filter instanceof ThreadFilter) return compilePattern(filter.threadPattern)(one.thread) === filter.inclusive;
  if (filter instanceof LabelFilter) return compilePattern(filter.labelPattern)(one.label ?? '(none)') === filter.inclusive;
  const isDomain = one.domain === filter.domain;
  if (filter instanceof DomainFilter) return isDomain === filter.inclusive;
  const matchesName = compilePattern(filter.filenamePattern);
  const frames = filter.allFrames ? one.traceback.frames : one.traceback.frames.slice(-1);
  const matches = frames.some(({ filename, lineno }) => matchesName(filename) && (filter.lineno === null || lineno === filter.lineno));
  if (filter.domain === null) return matches === filter.inclusive;
  return filter.inclusive ? matches && isDomain : !matches || !isDomain;
}

describe('a snapshot that remembers', () => {
  it('gives the same answers as a new one, in whatever order it is asked', () => {
    fc.assert(
      fc.property(
        fc.array(trace, { maxLength: 25 }),
        fc.array(trace, { maxLength: 25 }),
        fc.array(step, { maxLength: 12 }),
        (now, before, steps) => {
          let snapshot = snapshotOf(now);
          const old = snapshotOf(before);
          for (const one of steps) {
            const fresh = forgotten(snapshot);
            if (one.kind === 'filterTraces') {
              const kept = snapshot.traces.filter((candidate) => isKept(candidate, one.filters));
              snapshot = snapshot.filterTraces(one.filters);
              expect(snapshot.traces).toEqual(kept);
            } else if (one.kind === 'compareTo') {
              expectBruteDifference(snapshot, old, one);
              const again = shown(snapshot.compareTo(old, one.keyType, one));
              expect(again).toEqual(shown(fresh.compareTo(forgotten(old), one.keyType, one)));
            } else {
              expect(shown(snapshot.statistics(one.keyType, one))).toEqual(shown(fresh.statistics(one.keyType, one)));
              expectBruteForce(snapshot, one);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives every caller a new array, which the caller may change', () => {
    const snapshot = snapshotOf([{ size: 8, frames: [['/a.js', 1]] }]);
    snapshot.statistics('lineno').length = 0;
    expect(snapshot.statistics('lineno')).toHaveLength(1);
  });

  it('knows the sums of a selection of whole tracebacks without reading its traces', () => {
    const snapshot = snapshotOf([1, 2, 1].map((lineno) => ({ size: 8 * lineno, frames: [['/a.js', lineno]] })));
    snapshot.statistics('lineno');
    const selected = snapshot.filterTraces([new Filter(true, '*', { lineno: 1 })]);
    selected.columns.size.fill(1000); // callers must not do this; here it shows that the traces are not read
    expect(selected.statistics('lineno').map(({ size }) => size)).toEqual([16]);
  });

  it('knows the errors of a selection that has only a part of a group', () => {
    const under = (caller: string, size: number): TraceInput => ({
      size,
      frames: [
        [caller, 1],
        ['/lib.js', 1],
      ],
    });
    const snapshot = snapshotOf([under('/a.js', 8), under('/b.js', 40), under('/a.js', 16)]);
    const errors = (one: Snapshot) => one.statistics('lineno').map(({ standardError }) => standardError);
    const whole = errors(snapshot);
    const selected = snapshot.filterTraces([new Filter(true, '/a.js', { allFrames: true })]);
    expect(errors(selected)).toEqual(errors(snapshotOf([under('/a.js', 8), under('/a.js', 16)])));
    expect(errors(selected)[0]).toBeLessThan(whole[0]!);
  });

  it('keeps nothing alive', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const make = () => {
      const snapshot = snapshotOf([{ size: 8, frames: [['/a.js', 1]], thread: 'w', domain: 1 }]);
      const selected = snapshot.filterTraces([new Filter(true, '*.js')]);
      for (const key of KEY_TYPES) [snapshot, selected].map((one) => one.statistics(key).map(({ standardError }) => standardError));
      snapshot.compareTo(selected, 'traceback');
      return [snapshot, snapshot.columns, snapshot.table, selected].map((object) => new WeakRef<object>(object));
    };
    const references = make();
    for (let i = 0; i < 10 && references.some((one) => one.deref()); i++) {
      await new Promise((resolve) => setImmediate(resolve));
      gc();
    }
    expect(references.map((one) => one.deref())).toEqual(references.map(() => undefined));
  });
});
