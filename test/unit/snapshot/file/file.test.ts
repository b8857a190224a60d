import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SnapshotFileError } from '../../../../src/errors.js';
import { OriginalPlacesBuilder } from '../../../../src/model/original-places.js';
import { Filter, LabelFilter } from '../../../../src/snapshot/filter.js';
import { withOriginalLines } from '../../../../src/snapshot/original-lines.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import { repoPath } from '../../../helpers/paths.js';
import { randomBelow, seededRandom } from '../../../helpers/random.js';
import { snapshotFrom } from '../picture.js';
import { type OpenFile, openUp, replaceSection, seal } from './file-surgery.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tmsnap-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const HOSTILE = ['/a\nb.js', '\u001b[31mred', '\ud800 alone', '"quoted"\\', 'x'.repeat(10_000), '\u0000', '\u{1f600}'];

function richSnapshot(): Snapshot {
  const bare = Snapshot.fromTraces(
    HOSTILE.map((name, i) => ({
      size: i === 3 ? 2 ** 40 + 0.5 : 100 * i,
      count: 1 + 70_000 * i,
      domain: 300 * i,
      thread: i % 2 ? 'worker' : 'main',
      type: i % 3 ? name : '',
      label: i % 4 ? name : '',
      totalFrames: 5,
      frames: [
        ['/app/main.js', 70_000],
        { filename: name, lineno: i, column: 300, functionName: name, precision: i % 2 ? 'line' : 'function' },
      ],
    })),
  );
  const heap = { heapUsed: 1, heapTotal: 2, external: 3, arrayBuffers: 4, rss: 5.5 };
  const target = { pid: 7, title: HOSTILE[1]!, nodeVersion: 'v20.0.0', script: HOSTILE[2]! };
  const capture = {
    ...bare.capture,
    mode: 'sampling',
    interval: 512,
    heap,
    target,
    tracing: 'x',
    inlining: true,
    running: 3,
    labels: { overflow: true },
    resident: [{ kind: HOSTILE[3]!, bytes: 1.5, estimated: true }],
    start: { heap: null, running: 1 },
  } as const;
  const places = new OriginalPlacesBuilder(bare.table.locationFile.length);
  HOSTILE.forEach((filename, i) => {
    if (i % 2) places.set(i, { filename, line: 70_000 * i, column: i, ...(i % 4 === 1 && { functionName: filename }) });
  });
  return new Snapshot({
    ...bare,
    capture,
    original: places.build(),
    columns: { ...bare.columns, birth: Float64Array.from(HOSTILE, (_, i) => 1e12 * i) },
  });
}

function saved(name: string, snapshot: Snapshot): { path: string; bytes: Buffer } {
  const path = join(folder, name);
  snapshot.dump(path);
  return { path, bytes: readFileSync(path) };
}

/** Loads bytes from a file, and gives the message of the error, which is expected. */
function refusal(bytes: Uint8Array): string {
  const path = join(folder, 'refused.tmsnap');
  writeFileSync(path, bytes);
  try {
    Snapshot.load(path);
  } catch (error) {
    if (!(error instanceof SnapshotFileError)) throw error;
    expect(error.message).toContain(path);
    expect(error.message).not.toContain('\n');
    return error.message;
  }
  throw new Error('it was loaded');
}

describe('dump and load', () => {
  it('give back every value, hostile names included', () => {
    const snapshot = richSnapshot();
    const { path } = saved('rich.tmsnap', snapshot);
    const loaded = Snapshot.load(path);
    expect(loaded).toEqual(snapshot);
    expect(loaded.columns).toEqual(snapshot.columns);
    expect(loaded.traces).toEqual(snapshot.traces);
  });

  it('write the same bytes the second time; a later selection gets a file of its own content', () => {
    const snapshot = richSnapshot();
    const fresh = new Snapshot({ ...snapshot, table: { ...snapshot.table }, columns: { ...snapshot.columns } });
    const [first, second] = [saved('first.tmsnap', snapshot).bytes, saved('second.tmsnap', snapshot).bytes];
    expect(second).toEqual(first);
    expect(saved('fresh.tmsnap', fresh).bytes).toEqual(first);
    const selected = snapshot.filterTraces([new Filter(false, '*red*')]);
    expect(selected.columns.length).toBe(snapshot.columns.length - 1);
    const loaded = Snapshot.load(saved('selected.tmsnap', selected).path);
    expect(loaded.traces).toEqual(selected.traces);
    expect(loaded.table.filenames).not.toContain('\u001b[31mred');
  });

  it('work without traces', () => {
    const { path } = saved('none.tmsnap', Snapshot.fromTraces([], { tracebackLimit: 3 }));
    expect(Snapshot.load(path).traces).toEqual([]);
    expect(Snapshot.load(path).tracebackLimit).toBe(3);
  });

  it('save nothing that was filtered away', () => {
    const snapshot = snapshotFrom(`
      main.js:1  main.js:1   main.js:1
      keep.js:2  secret.js:3  keep.js:4
      10         20          30`);
    const filtered = snapshot.filterTraces([new Filter(false, '*/secret.js')]);
    const loaded = Snapshot.load(saved('filtered.tmsnap', filtered).path);
    expect(loaded.table.filenames).toEqual(['/app/main.js', '/app/keep.js']);
    expect(loaded.traces).toEqual(filtered.traces);
  });

  it('save neither the types nor the labels that were filtered away', () => {
    const frames = [['/app/a.js', 1]] as const;
    const snapshot = Snapshot.fromTraces(['Secret', 'Open'].map((name) => ({ size: 8, frames, type: name, label: `tenant ${name}` })));
    const filtered = snapshot.filterTraces([new LabelFilter(true, '*Open')]);
    for (const time of ['first', 'second']) {
      const loaded = Snapshot.load(saved(`${time}.tmsnap`, filtered).path);
      expect(loaded.traces).toEqual(filtered.traces);
      expect([...loaded.types, ...loaded.labels].join()).not.toContain('Secret');
    }
  });

  it('save only the original places of the remaining traces', () => {
    const snapshot = snapshotFrom(`
      main.js:1   main.js:1   main.js:1
      drop.js:2   keep.js:3   keep.js:4
      10          20          30`);
    const places = new OriginalPlacesBuilder(4);
    ['/src/main.ts', '/src/drop.ts', '/src/keep.ts'].forEach((filename, location) => {
      places.set(location, { filename, line: 10 * (location + 1), column: 7 });
    });
    const whole = new Snapshot({ ...snapshot, original: places.build() });
    const loaded = Snapshot.load(saved('originals.tmsnap', whole.filterTraces([new Filter(false, '*/drop.js')])).path);
    expect(loaded.original!.filenames).toEqual(['/src/main.ts', '/src/keep.ts']);
    expect(withOriginalLines(loaded).traces.map(({ traceback }) => traceback.frames.map(String))).toEqual([
      ['/src/main.ts:10', '/src/keep.ts:30'],
      ['/src/main.ts:10', '/app/keep.js:4'],
    ]);
  });

  it('still load a file of version 1', () => {
    const loaded = Snapshot.load(repoPath('fixtures', 'profiles', 'version-1.tmsnap'));
    expect(loaded.statistics('lineno').map(String)).toEqual([
      '/app/cache.js:12: size=5000 B, count=2, average=2500 B',
      '/app/node_modules/lib/index.js:3: size=1024 B, count=4, average=256 B',
    ]);
    expect(loaded.statistics('package', { cumulative: true }).map(String)).toEqual([
      '<program>: size=6024 B, count=6, average=1004 B',
      'lib: size=1024 B, count=4, average=256 B',
    ]);
    expect(loaded.capture.time).toBe('2024-02-29T12:00:00.000Z');
  });

  it('replace a file as a whole, or leave it and clean up', () => {
    const place = join(folder, 'atomic');
    mkdirSync(join(place, 'taken', 'inner'), { recursive: true });
    const path = join(place, 'old.tmsnap');
    writeFileSync(path, 'old');
    snapshotFrom('a.js:1\n1').dump(path);
    expect(Snapshot.load(path).traces).toHaveLength(1);
    // A rename over a folder that is not empty fails after everything was written.
    expect(() => snapshotFrom('a.js:1\n1').dump(join(place, 'taken'))).toThrow(SnapshotFileError);
    expect(readdirSync(place).sort()).toEqual(['old.tmsnap', 'taken']);
    expect(() => snapshotFrom('a.js:1\n1').dump(join(place, 'no', 'folder.tmsnap'))).toThrow(SnapshotFileError);
  });
});

describe('load refuses', () => {
  it('files cut at each of their first 1024 bytes, and anywhere (long)', () => {
    const { bytes } = saved('whole.tmsnap', richSnapshot());
    expect(bytes.length).toBeGreaterThan(1024);
    const random = seededRandom(3);
    const cuts = [...Array(1025).keys(), ...Array.from({ length: 100 }, () => randomBelow(random, bytes.length))];
    for (const cut of cuts) expect(refusal(bytes.subarray(0, cut))).toMatch(cut === 0 ? /empty/ : /truncated/);
  });

  it('files with a flipped bit, wherever it is (long)', () => {
    const { bytes } = saved('flipped.tmsnap', richSnapshot());
    const random = seededRandom(4);
    const places = [...Array(8 * 64).keys(), ...Array.from({ length: 500 }, () => randomBelow(random, 8 * bytes.length))];
    for (const place of places) {
      const flipped = Buffer.from(bytes);
      flipped[place >> 3]! ^= 1 << (place & 7);
      expect(refusal(flipped)).toMatch(place < 64 ? /no snapshot file/ : /damaged|truncated/);
    }
  });

  it('files with something after their end', () => {
    expect(refusal(Buffer.concat([saved('longer.tmsnap', richSnapshot()).bytes, Buffer.alloc(1)]))).toMatch(/damaged/);
  });

  it('files of a later version, and advises to update', () => {
    const file = openUp(saved('later.tmsnap', richSnapshot()).bytes);
    expect(refusal(seal({ ...file, version: 2, metadata: { ...file.metadata, novelty: true } }))).toMatch(
      /version 2.*reads up to 1; update/,
    );
  });

  it.each([
    ['JSON', Buffer.from('{"head":{}}'), /heapprofile/],
    ['gzip', gzipSync('pprof'), /pprof/],
    ['a pickle', Buffer.from([0x80, 5, 0x95]), /Python/],
    ['text', Buffer.from('hello'), /no snapshot file/],
    ['a text transfer', Buffer.from('\x89TMSNAP\r\n', 'latin1'), /no snapshot file/],
  ])('%s', (_, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });

  it('a missing file, and a folder', () => {
    expect(() => Snapshot.load(join(folder, 'missing'))).toThrow(/missing cannot be read: there is no such file/);
    expect(() => Snapshot.load(folder)).toThrow(SnapshotFileError);
  });
});

describe('content with a right checksum', () => {
  const edited = (edit: (file: OpenFile) => void) => {
    const file = openUp(saved('edited.tmsnap', snapshotFrom('a.js:1  b.js:2\n10  20')).bytes);
    edit(file);
    return seal(file);
  };

  const originals = (file: OpenFile, files: readonly number[]) => {
    const names =
      '{"filenames":["/app/a.js","/app/b.js"],"functionNames":[""],"threads":["main"],"types":[],"originalFilenames":["/a.ts"]}';
    replaceSection(file, 'names', names);
    replaceSection(file, 'originalFile', files);
    replaceSection(file, 'originalLine', [5, 0]);
    replaceSection(file, 'originalColumn', [5, 0]);
  };

  const originalNames = (file: OpenFile, functions: readonly number[]) => {
    originals(file, [0, 0]);
    const names =
      '{"filenames":["/app/a.js","/app/b.js"],"functionNames":["s"],"threads":["main"],"types":[],"originalFilenames":["/a.ts"],"originalFunctionNames":["rememberPage"]}';
    replaceSection(file, 'names', names);
    replaceSection(file, 'originalFunction', functions);
  };

  it('may have the original places of its locations', () => {
    const path = join(folder, 'places.tmsnap');
    writeFileSync(
      path,
      edited((file) => originals(file, [0, 0])),
    );
    const shown = withOriginalLines(Snapshot.load(path)).statistics('lineno');
    expect(shown.map(({ traceback }) => String(traceback))).toEqual(['/app/b.js:2', '/a.ts:5']);
  });

  it('may have the original names of its functions', () => {
    const path = join(folder, 'names.tmsnap');
    writeFileSync(
      path,
      edited((file) => originalNames(file, [1, 0])),
    );
    const shown = withOriginalLines(Snapshot.load(path)).statistics('function');
    expect(shown.map(({ traceback }) => traceback.frames[0]!.functionName)).toEqual(['s', 'rememberPage']);
  });

  it('may have unknown sections', () => {
    const path = join(folder, 'known.tmsnap');
    writeFileSync(
      path,
      edited((file) => replaceSection(file, 'sourceMaps', '{"from":"the future"}')),
    );
    expect(Snapshot.load(path).statistics('lineno').map(String)).toEqual([
      '/app/b.js:2: size=20 B, count=1, average=20 B',
      '/app/a.js:1: size=10 B, count=1, average=10 B',
    ]);
  });

  it.each<[string, (file: OpenFile) => void]>([
    ['a traceback id out of range', (file) => replaceSection(file, 'traceback', [0, 9])],
    ['a file id out of range', (file) => replaceSection(file, 'locationFile', [0, 9])],
    ['a location id out of range', (file) => replaceSection(file, 'frames', [0, 9])],
    ['an empty traceback', (file) => replaceSection(file, 'depth', [0, 2])],
    ['depths that do not add up', (file) => replaceSection(file, 'depth', [1, 2])],
    ['fewer total frames than frames in the traceback', (file) => replaceSection(file, 'totalFrames', [0, 1])],
    ['an original file out of range', (file) => originals(file, [0, 1])],
    ['an original name out of range', (file) => originalNames(file, [2, 0])],
    ['original lines without files', (file) => replaceSection(file, 'originalLine', [1, 1])],
    ['original lines of too few locations', (file) => originals(file, [0])],
    ['a thread out of range', (file) => replaceSection(file, 'thread', [0, 1])],
    ['a label out of range', (file) => replaceSection(file, 'label', [0, 1])],
    [
      'labels without names',
      (file) =>
        replaceSection(file, 'names', '{"filenames":["a","b"],"functionNames":[""],"threads":["main"],"types":[]}') ??
        replaceSection(file, 'label', [0, 0]),
    ],
    ['columns of different lengths', (file) => replaceSection(file, 'count', [1])],
    ['names that are no lists', (file) => replaceSection(file, 'names', '{"filenames":7}')],
    ['no threads', (file) => replaceSection(file, 'names', '{"filenames":["a","b"],"functionNames":[""],"threads":[],"types":[]}')],
    ['a section too few', (file) => file.metadata.sections.splice(1, 1).length + file.data.splice(1, 1).length],
    ['a wrong mode', (file) => Object.assign(file.metadata.capture as object, { mode: 'other' })],
    ['no metadata', (file) => Object.assign(file, { metadata: null })],
  ])('is refused with %s', (_, edit) => {
    expect(refusal(edited(edit))).toMatch(/contradicts itself/);
  });

  it('is refused if a section inflates to more than it says', () => {
    const bomb = edited((file) => {
      const at = file.metadata.sections.findIndex(({ name }) => name === 'count');
      file.data[at] = deflateRawSync(Buffer.alloc(50_000_000, 1));
      file.metadata.sections[at]!.bytes = file.data[at].length;
    });
    const before = process.memoryUsage().rss;
    expect(refusal(bomb)).toMatch(/contradicts itself/);
    expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
  });

  it('is refused if it claims to be larger than any snapshot', () => {
    const huge = edited((file) => {
      for (const section of file.metadata.sections) if (['traceback', 'size', 'count'].includes(section.name)) section.length = 2 ** 29;
    });
    expect(refusal(huge)).toMatch(/too long/);
  });

  it.each([
    ['columns', ['traceback', 'size', 'count'], 5_000_000],
    ['names', ['names'], 2 ** 29],
  ])('is refused if its %s would fill the memory', (_, names, length) => {
    const growing = edited((file) => {
      for (const section of file.metadata.sections) if (names.includes(section.name)) section.length = length;
    });
    expect(refusal(growing)).toMatch(/in memory, which no snapshot does/);
  });
});
