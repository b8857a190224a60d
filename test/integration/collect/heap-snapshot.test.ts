import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadProfileError } from '../../../src/errors.js';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { TRACKING_FLAGS } from '../../../src/protocol/v8-flags.js';
import { type ListedObject, listed, listedNaively, readInChunks } from '../../helpers/heap-snapshots.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { randomBelow, seededRandom } from '../../helpers/random.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const PROGRAM = repoPath('fixtures', 'programs', 'heap-snapshot-of-known.cjs');

afterAll(reapTargets);

describe.each(nodeBinaries())('a heap snapshot of Node $major', ({ major, execPath }) => {
  let text: string;
  let objects: ListedObject[];

  beforeAll(() => {
    const file = join(temporaryFolder(), `${major}.heapsnapshot`);
    execFileSync(execPath, [...TRACKING_FLAGS.set, PROGRAM, file]);
    text = readFileSync(file, 'latin1');
    objects = listed(readInChunks(text));
  });

  /** Bytes off the heap that a function of the program, or one that it called, allocated: `size x count`. */
  function storesOf(name: string): string[] {
    const sizes = objects
      .filter(({ domain, stack }) => domain === 1 && stack.some((frame) => isOfProgram(frame, name)))
      .map(({ size }) => size);
    return [...new Set(sizes)].sort((a, b) => a - b).map((size) => `${size} x${sizes.filter((other) => other === size).length}`);
  }

  it('is read to the same values as by JSON.parse', () => {
    const naive = listedNaively(text);
    expect(objects).toEqual(naive.objects);
    expect(readInChunks(text).untracedBytes).toEqual(naive.untracedBytes);
    expect(naive.objects.length).toBeGreaterThan(3000);
  });

  it('is read to the same stacks as a heap graph (matrix)', async () => {
    const graph = await HeapGraph.read([text]);
    const inHeap = objects.filter(({ domain }) => domain === 0);
    const stackOf = (id: number): string[] =>
      graph
        .allocationStack(graph.indexOfId(id))
        .map(({ name, scriptName, ...at }) => `${name}@${scriptName}#${at.scriptId}:${at.line}:${at.column}`);
    expect(inHeap.map(({ id }) => stackOf(id))).toEqual(inHeap.map(({ stack }) => stack));
  });

  it('is read to the same values, however it is cut into chunks (long)', () => {
    const random = seededRandom(major);
    for (const limit of [17, 5000, 500_000]) {
      const cuts = Array.from({ length: Math.ceil((2 * text.length) / limit) }, () => randomBelow(random, limit));
      expect(listed(readInChunks(text, cuts))).toEqual(objects);
    }
  });

  it('knows each object of a class, with its size and the place where its function starts', () => {
    const known = objects.filter(({ type }) => type === 'Known');
    const column = readFileSync(PROGRAM, 'utf8')
      .split('\n')
      .findIndex((line) => line.startsWith('function makeKnown'));
    expect(known).toHaveLength(500);
    expect(new Set(known.map(({ size }) => size)).size).toBe(1);
    expect(known[0]!.size % 8).toBe(0);
    const [innermost, next] = known[0]!.stack;
    expect([innermost, next].find((frame) => isOfProgram(frame!, 'makeKnown'))).toContain(`:${column + 1}:`);
    expect(objects.some(({ type }) => type === 'BeforeTracking')).toBe(false);
  });

  it('gives backing stores to the function that allocated them', () => {
    expect(storesOf('makeBuffers')).toEqual(['70002 x1', '90003 x1', '111112 x1', '123456 x1', '200001 x1', '300004 x1']);
  });

  it('counts a shared backing store once, and one from before the tracking not at all', () => {
    expect(storesOf('makeShared')).toEqual(['222224 x1']);
    expect(objects.some(({ size }) => size === 444_444 || size === 555_555)).toBe(false);
    expect(readInChunks(text).untracedBytes[1]).toBeGreaterThan(444_444 + 555_555);
  });

  it('counts the slab of pooled buffers, not the buffers', () => {
    const slab = major < 24 ? 8192 : major < 26 ? 65_536 : 65_600;
    const stores = storesOf('makePooled');
    expect(stores).toEqual([expect.stringContaining(`${slab} x`)]);
    const bytes = slab * Number(stores[0]!.split(' x')[1]);
    expect(bytes).toBeGreaterThan(10_000 * 16 - slab); // each buffer starts at a multiple of 8; the first and the last slab are shared
    expect(bytes).toBeLessThan(10_000 * 16 + slab);
  });

  it('knows the bytes that native objects hold', () => {
    const gzip = objects.filter(({ domain, stack }) => domain === 2 && stack.some((frame) => isOfProgram(frame, 'makeNative')));
    expect(gzip.map(({ type }) => type)).toContain('Node / zlib_memory');
    expect(gzip.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThan(250_000);
  });

  it('counts the characters of external strings with the string, from Node 24 on', () => {
    const [large] = objects
      .filter(({ type, stack }) => type === '(string)' && stack.some((frame) => isOfProgram(frame, 'makeStrings')))
      .sort((a, b) => b.size - a.size);
    if (major >= 24) expect(large!.size).toBeGreaterThanOrEqual(1_500_000);
    else expect(large!.size).toBe(32);
  });

  it('is refused if it is cut off (matrix)', () => {
    const random = seededRandom(major);
    for (let i = 0; i < 20; i++) expect(() => readInChunks(text.slice(0, randomBelow(random, text.length)))).toThrow(BadProfileError);
    expect(() => readInChunks(text.slice(0, -1))).toThrow(BadProfileError);
  });
});

function isOfProgram(frame: string, name: string): boolean {
  return frame.startsWith(`${name}@`) && frame.includes('heap-snapshot-of-known.cjs');
}
