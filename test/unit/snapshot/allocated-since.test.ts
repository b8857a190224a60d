import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../src/errors.js';
import type { CaptureInfo } from '../../../src/model/trace-columns.js';
import { Filter } from '../../../src/snapshot/filter.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { randomBelow, seededRandom } from '../../helpers/random.js';
import { openUp, seal } from './file/file-surgery.js';

interface Alive {
  readonly birth: number;
  readonly thread?: string;
  readonly file?: string;
}

/** A snapshot of one tracing. The size of each trace encodes its birth and its thread. */
function snapshotOf(alive: readonly Alive[], capture: Partial<CaptureInfo> = {}): Snapshot {
  const bare = Snapshot.fromTraces(
    alive.map(({ birth, thread = 'main', file = '/app/kept.js' }) => ({ size: birth, thread, frames: [[file, 1]] })),
  );
  const columns = { ...bare.columns, birth: Float64Array.from(alive, ({ birth }) => birth) };
  return new Snapshot({ ...bare, columns, capture: { ...bare.capture, tracing: 'one', time: '2024-01-01T00:00:00.000Z', ...capture } });
}

const born = (...births: number[]) => births.map((birth) => ({ birth }));
const sizes = (snapshot: Snapshot) => snapshot.traces.map(({ size }) => size);

describe('allocatedSince', () => {
  it('gives the traces that are younger than all old ones, whatever has died and in whatever order they are', () => {
    const before = snapshotOf(born(7, 2, 5));
    expect(sizes(snapshotOf(born(9, 2, 8)).allocatedSince(before))).toEqual([9, 8]);
    expect(sizes(snapshotOf(born(2, 7, 5)).allocatedSince(before))).toEqual([]);
    expect(sizes(snapshotOf(born(2)).allocatedSince(before))).toEqual([]);
  });

  it('gives everything if the old one is empty, and nothing if the new one is', () => {
    expect(sizes(snapshotOf(born(1, 2)).allocatedSince(snapshotOf([])))).toEqual([1, 2]);
    expect(sizes(snapshotOf([]).allocatedSince(snapshotOf(born(1))))).toEqual([]);
    expect(sizes(snapshotOf([]).allocatedSince(snapshotOf([])))).toEqual([]);
  });

  it('agrees with a simulation that knows every birth and death', () => {
    const random = seededRandom(5);
    const alive = new Map<number, number>();
    const taken: { snapshot: Snapshot; step: number }[] = [];
    let last = 0;
    for (let step = 0; step < 400; step++) {
      last += 1 + randomBelow(random, 3); // as if some of the dead had these ordinals
      if (randomBelow(random, 3) > 0) alive.set(last, step);
      for (const birth of [...alive.keys()]) if (randomBelow(random, 20) === 0) alive.delete(birth);
      if (step % 40 !== 0) continue;
      const snapshot = snapshotOf(born(...alive.keys()));
      for (const older of taken) {
        const expected = [...alive].filter(([, bornIn]) => bornIn > older.step).map(([birth]) => birth);
        expect(sizes(snapshot.allocatedSince(older.snapshot))).toEqual(expected);
      }
      taken.push({ snapshot, step });
    }
  });

  it('ignores a filter on the older one, and respects one on the newer', () => {
    const [kept, other] = ['/app/kept.js', '/app/other.js'];
    const before = snapshotOf([
      { birth: 3, file: kept },
      { birth: 6, file: other },
    ]);
    const now = snapshotOf([
      { birth: 5, file: kept },
      { birth: 8, file: kept },
      { birth: 9, file: other },
    ]);
    const filters = [new Filter(true, kept)];
    expect(sizes(now.allocatedSince(before.filterTraces(filters)))).toEqual([8, 9]);
    expect(sizes(now.filterTraces(filters).allocatedSince(before))).toEqual([8]);
    const later = snapshotOf(born(8, 9, 10));
    expect(sizes(later.allocatedSince(now.allocatedSince(before)))).toEqual([10]);
    expect(sizes(later.allocatedSince(now.filterTraces([new Filter(true, '/none')])))).toEqual([10]);
  });

  it('compares each thread by itself, by its name', () => {
    const before = snapshotOf([
      { birth: 100, thread: 'main' },
      { birth: 5, thread: 'worker 1' },
    ]);
    const now = snapshotOf([
      { birth: 2, thread: 'worker 2' },
      { birth: 5, thread: 'worker 1' },
      { birth: 6, thread: 'worker 1' },
      { birth: 100, thread: 'main' },
      { birth: 101, thread: 'main' },
    ]);
    const survivors = now.allocatedSince(before);
    expect(survivors.traces.map(({ thread, size }) => [thread, size])).toEqual([
      ['worker 2', 2],
      ['worker 1', 6],
      ['main', 101],
    ]);
  });

  it.each<[string, Snapshot, Snapshot, RegExp]>([
    ['two tracings', snapshotOf([]), snapshotOf([], { tracing: 'two' }), /not of one tracing/],
    ['an unknown tracing', snapshotOf([], { tracing: undefined }), snapshotOf([], { tracing: undefined }), /not of one tracing/],
    ['no births', Snapshot.fromTraces([]), Snapshot.fromTraces([]), /order of allocation is not known/],
    ['the newer for the older', snapshotOf([]), snapshotOf([], { time: '2024-01-01T00:00:00.001Z' }), /exchange the two/],
    ['no snapshot', snapshotOf([]), {} as Snapshot, /needs an older Snapshot/],
  ])('refuses %s', (_, now, before, message) => {
    expect(() => now.allocatedSince(before)).toThrow(UsageError);
    expect(() => now.allocatedSince(before)).toThrow(message);
  });
});

describe('in a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tmsnap-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const before = snapshotOf([{ birth: 3 }, { birth: 6, file: '/app/other.js' }]);
  const filtered = before.filterTraces([new Filter(true, '/app/kept.js')]);
  const now = snapshotOf(born(5, 8));

  it('the youngest birth is that of all traces, even of filtered ones', () => {
    const path = join(folder, 'filtered.tmsnap');
    filtered.dump(path);
    expect(sizes(now.allocatedSince(Snapshot.load(path)))).toEqual([8]);
  });

  it('without it, the traces of the file count', () => {
    const path = join(folder, 'old.tmsnap');
    filtered.dump(path);
    const file = openUp(readFileSync(path));
    delete file.metadata.lastBirths;
    writeFileSync(path, seal(file));
    expect(sizes(now.allocatedSince(Snapshot.load(path)))).toEqual([5, 8]);
  });

  it("in object mode, births are unknown if memory outside of the heap has V8's ids", () => {
    const path = join(folder, 'objects.tmsnap');
    const objects = (births: number[]) => snapshotOf(born(...births), { mode: 'objects', interval: null });
    objects([3, 6]).dump(path);
    expect(sizes(objects([5, 8]).allocatedSince(Snapshot.load(path)))).toEqual([8]);
    const file = openUp(readFileSync(path));
    delete file.metadata.offHeapBirths;
    writeFileSync(path, seal(file));
    const old = Snapshot.load(path);
    expect(sizes(old)).toEqual([3, 6]);
    expect(() => objects([5, 8]).allocatedSince(old)).toThrow(/order of allocation is not known/);
  });

  it('births for another number of threads are refused', () => {
    const path = join(folder, 'contradiction.tmsnap');
    filtered.dump(path);
    const file = openUp(readFileSync(path));
    file.metadata.lastBirths = [6, 7];
    writeFileSync(path, seal(file));
    expect(() => Snapshot.load(path)).toThrow(/contradicts itself/);
  });
});
