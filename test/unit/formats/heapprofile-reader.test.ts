import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadProfileError } from '../../../src/errors.js';
import { snapshotOfProfile } from '../../../src/formats/heapprofile-reader.js';
import { inputFile } from '../../../src/snapshot/file/input-file.js';
import type { Snapshot } from '../../../src/snapshot/snapshot.js';
import { repoPath } from '../../helpers/paths.js';
import { randomBelow, seededRandom } from '../../helpers/random.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
});

function written(content: string | Uint8Array): string {
  const path = join(folder, 'some.heapprofile');
  writeFileSync(path, content);
  return path;
}

function opened(path: string): Snapshot {
  return snapshotOfProfile(inputFile(path));
}

const recorded = (name: string) => repoPath('fixtures/profiles', name);
const ROOT = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
const FRAME = { functionName: 'f', scriptId: '7', url: 'file:///app.js', lineNumber: 9, columnNumber: 4 };

function profile(node: object, samples?: unknown): string {
  const head = { callFrame: ROOT, selfSize: 0, id: 1, children: [{ callFrame: FRAME, selfSize: 16, id: 2, children: [], ...node }] };
  return JSON.stringify({ head, ...(samples !== undefined && { samples }) });
}

function annotated(node: object): string {
  const place = { lineNumber: 1, columnNumber: 1, source: { path: '/app.ts' } };
  const $vscode = { rootPath: '/', locations: [{ locations: [place] }] };
  return JSON.stringify({ ...JSON.parse(profile({ locationId: 0, ...node })), $vscode });
}

describe('files of other tools', () => {
  it('give the bytes of each node if they have no samples and ids', () => {
    const bySamples = opened(recorded('node-18.heapprofile')).statistics('lineno');
    const byNodes = opened(recorded('without-samples.heapprofile')).statistics('lineno');
    expect(byNodes.map(String)).toHaveLength(bySamples.length);
    // V8 rounds the two sums differently.
    for (const { traceback, size } of byNodes) {
      const other = bySamples.find((one) => one.traceback.equals(traceback))!;
      expect(Math.abs(size / other.size - 1)).toBeLessThan(0.03);
    }
  });

  it("may have VS Code's source positions; without these, V8's count", () => {
    const [plain, annotated] = ['node-26', 'vscode'].map((name) => opened(recorded(`${name}.heapprofile`)));
    const places = annotated!.traces.map(({ traceback }) => traceback.at(-1)!).map((frame) => `${frame}:${frame.column}`);
    const expected = plain!.traces.map(({ traceback }) => {
      const { filename, lineno, column } = traceback.at(-1)!;
      return filename === '/srv/app/dist/service.cjs'
        ? `/srv/app/src/service.ts:${lineno + 10}:${column + 2}`
        : `${filename}:${lineno}:${column}`;
    });
    expect(places).toEqual(expected);
    expect(new Set(places.map((place) => place.split(':')[0]))).toContain('/srv/app/src/service.ts');
  });

  it.each([
    ['an unknown location', { locationId: 99 }],
    ['candidates that are none', { locationId: 0 }],
    ['candidates without a file', { locationId: 1 }],
  ])('VS Code: %s', (_, node) => {
    const $vscode = {
      rootPath: '/',
      locations: [
        { locations: [null, 1, { lineNumber: 'x' }] },
        { locations: [{ lineNumber: 1, columnNumber: 1, source: { path: 'x', sourceReference: 3 } }] },
      ],
    };
    const path = written(JSON.stringify({ ...JSON.parse(profile(node)), $vscode }));
    expect(String(opened(path).traces[0]!.traceback)).toBe('/app.js:10');
  });

  it('ids and ordinals beyond 2^31, and sizes beyond 2^32', () => {
    const id = 2 ** 40;
    const path = written(profile({ id }, [{ size: 2 ** 33, nodeId: id, ordinal: 2 ** 45 }]));
    expect(opened(path).traces.map(({ size, traceback }) => [size, `${traceback}`])).toEqual([[2 ** 33, '/app.js:10']]);
  });

  it('a byte order mark', () => {
    expect(opened(written(`\ufeff${profile({})}`)).traces).toHaveLength(1);
  });

  it('a stack of 100,000 frames (long)', () => {
    const open = JSON.stringify({ callFrame: FRAME, selfSize: 0, id: 1, children: [] }).slice(0, -2);
    const leaf = JSON.stringify({ callFrame: FRAME, selfSize: 8, id: 1, children: [] });
    const path = written(`{"head":${open.repeat(100_000)}${leaf}${']}'.repeat(100_000)}}`);
    expect(opened(path).traces[0]!.traceback.totalFrames).toBe(100_001);
  });

  it.each([
    [2000, 1024],
    [20_000, 128],
  ])('a chain of %d functions, all of which allocate: %d frames of each stack', (depth, kept) => {
    const open = (i: number) =>
      JSON.stringify({ callFrame: { ...FRAME, functionName: `f${i}` }, selfSize: 8, id: 1, children: [] }).slice(0, -2);
    const path = written(`{"head":${Array.from({ length: depth }, (_, i) => open(i)).join('')}${']}'.repeat(depth)}}`);
    const { table, tracebackLimit, columns } = opened(path);
    expect([columns.length, tracebackLimit, Math.max(...table.totalFrames.slice(-1))]).toEqual([depth, kept, depth]);
    expect(table.frames.length).toBeLessThanOrEqual(depth * kept);
  });

  it('give the bytes of each node if their list of samples is empty', () => {
    expect(opened(written(profile({}, []))).traces.map(({ size }) => size)).toEqual([16]);
    expect(opened(written(profile({ selfSize: 0 }, []))).traces).toEqual([]);
  });

  it('lose the samples that were taken while V8 wrote the file, and no others', () => {
    const path = written(
      profile({}, [
        { size: 16, nodeId: 2, ordinal: 1 },
        { size: 99, nodeId: 7, ordinal: 2 },
      ]),
    );
    expect(opened(path).traces.map(({ size }) => size)).toEqual([16]);
  });
});

describe('a damaged file is refused with its name and the reason', () => {
  it.each([
    ['a negative size of a node', profile({ selfSize: -1 })],
    ['a negative size of a sample', profile({}, [{ size: -16, nodeId: 2, ordinal: 1 }])],
    ['half a byte', profile({}, [{ size: 0.5, nodeId: 2, ordinal: 1 }])],
    ['a size that is no number', profile({ selfSize: '16' })],
    ['a node without children', profile({ children: undefined })],
    ['a node without its frame', profile({ callFrame: undefined })],
    ['a frame without a line', profile({ callFrame: { ...FRAME, lineNumber: undefined } })],
    ['a line beyond 32 bits', profile({ callFrame: { ...FRAME, lineNumber: -(2 ** 31) - 1 } })],
    ['a node without an id', profile({ id: undefined }, [{ size: 16, nodeId: 2, ordinal: 1 }])],
    ['a node that is its own ancestor, by id', profile({ id: 1 }, [{ size: 16, nodeId: 1, ordinal: 1 }])],
    ['samples that are none', profile({}, [null])],
    ['samples that are no list', profile({}, 'none'), 'its "samples" are not a list'],
    ['samples that are null', profile({}, null), 'its "samples" are not a list'],
    ['a sample whose node is no number', profile({}, [{ size: 16, nodeId: '2', ordinal: 1 }])],
    ['a sample without a node', profile({}, [{ size: 16, ordinal: 1 }])],
    ['no sample that names a node', profile({}, [{ size: 16, nodeId: 9, ordinal: 1 }]), 'none of its samples names a node of its tree'],
    [
      'a stray sample that is as old as another',
      profile({}, [
        { size: 16, nodeId: 2, ordinal: 1 },
        { size: 16, nodeId: 9, ordinal: 1 },
      ]),
      'names node 9',
    ],
    ['VS Code: a place for a node without its frame', annotated({ callFrame: null })],
    ['a child that is none', profile({ children: [7] })],
  ])('%s', (_, content, reason = '') => {
    const path = written(content);
    expect(() => opened(path)).toThrow(BadProfileError);
    expect(() => opened(path)).toThrow(path);
    expect(() => opened(path)).toThrow(reason);
  });

  it.each(['node-18', 'vscode', 'without-samples'])('%s with any one value replaced is read, or refused as damaged (long)', (name) => {
    const random = seededRandom(7);
    const original = readFileSync(recorded(`${name}.heapprofile`), 'utf8');
    let refused = 0;
    for (let run = 0; run < 400; run++) {
      const document = JSON.parse(original);
      damage(document, random);
      try {
        opened(written(JSON.stringify(document)));
      } catch (error) {
        if (!(error instanceof BadProfileError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it('invalid UTF-8', () => {
    const bytes = Buffer.from(profile({}));
    bytes[bytes.indexOf('"f"') + 1] = 0xff;
    const path = written(bytes);
    expect(() => opened(path)).toThrow(`${path} is damaged: it is not valid UTF-8`);
  });

  it('a file that does not fit into a string, without reading it', () => {
    const path = written('{"head":');
    truncateSync(path, 600_000_000); // a sparse file takes no space on the disk
    expect(() => opened(path)).toThrow(/is too large to read: it has 572 MiB, and JSON above 477 MiB does not fit into one string/);
  });
});

const JUNK = [null, true, -1, 0.5, 2 ** 53, 1e300, '', 'x', [], [null], {}, undefined];

/** Replaces one value, at any depth, by junk. */
function damage(document: object, random: () => number): void {
  let place = document as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(place);
    const key = keys[randomBelow(random, keys.length)]!;
    const value = place[key];
    if (typeof value !== 'object' || value === null || Object.keys(value).length === 0 || random() < 0.1) {
      place[key] = JUNK[randomBelow(random, JUNK.length)];
      return;
    }
    place = value as Record<string, unknown>;
  }
}
