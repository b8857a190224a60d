import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadProfileError, SnapshotFileError } from '../../../src/errors.js';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { HeapReader } from '../../../src/heap-graph/reading/heap-reader.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { randomBelow, seededRandom } from '../../helpers/random.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const folder = temporaryFolder();
const file = join(folder, 'holders.heapsnapshot');
let text: Buffer;
let whole: HeapGraph;

beforeAll(async () => {
  execFileSync(nodeBinaries()[0]!.execPath, [repoPath('fixtures', 'programs', 'heap-snapshot-of-holders.cjs'), file]);
  text = readFileSync(file);
  whole = await HeapGraph.read(file);
});
afterAll(reapTargets);

function summary(graph: HeapGraph): unknown[] {
  return [graph.nodeCount, graph.edgeCount, graph.retainedSize(0), graph.name(graph.nodeCount - 1), graph.damage];
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('HeapGraph.read of a file', () => {
  it('says how far it is', async () => {
    const steps: [number, number][] = [];
    await HeapGraph.read(file, { onProgress: (...step) => steps.push(step) });
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.at(-1)).toEqual([text.length, text.length]);
  });

  it('decompresses gzip', async () => {
    expect(summary(await HeapGraph.read(written('a.gz', zlib.gzipSync(text))))).toEqual(summary(whole));
  });

  const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Buffer };
  it('decompresses zstd, or says which Node can', async () => {
    const frame = zstdCompressSync?.(text) ?? Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]);
    const read = HeapGraph.read(written('a.zst', frame));
    if (zstdCompressSync) expect(summary(await read)).toEqual(summary(whole));
    else await expect(read).rejects.toThrow(/a\.zst is compressed by zstd, which Node reads from 22\.15 on; decompress it first/);
  });

  it('takes chunks as a target sends them', () => {
    const reader = new HeapReader();
    for (let at = 0; at < text.length; at += 102_400) reader.write(text.toString('latin1', at, at + 102_400));
    expect(summary(new HeapGraph(reader.end()))).toEqual(summary(whole));
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['empty', () => Buffer.alloc(0), /empty cannot be read: the heap snapshot is empty$/],
    ['zeros', () => Buffer.alloc(1000), /zeros cannot be read: this is not a heap snapshot: it begins with "\\u0000"$/],
    ['cut', () => text.subarray(0, text.length / 2), /cut cannot be read: the heap snapshot is damaged: it ends in the middle of "edges"$/],
    ['cut.gz', () => zlib.gzipSync(text).subarray(0, 1e5), /cut\.gz cannot be read: it cannot be decompressed: unexpected end of file$/],
    ['bad.gz', () => zlib.gzipSync(text).fill(7, 1000, 2000), /bad\.gz cannot be read: it cannot be decompressed: .*$/],
    ['foreign.gz', () => zlib.gzipSync('hello'), /foreign\.gz cannot be read: this is not a heap snapshot: it begins with "h"$/],
    ['program', () => readFileSync(process.execPath).subarray(0, 1e6), /program cannot be read: this is not a heap snapshot/],
  ])('refuses a damaged or foreign file: %s', async (name, bytes, message) => {
    await expect(HeapGraph.read(written(name, bytes()))).rejects.toThrow(message);
    await expect(HeapGraph.read(join(folder, name))).rejects.toBeInstanceOf(BadProfileError);
  });

  it('refuses what is no file', async () => {
    await expect(HeapGraph.read(join(folder, 'nothing'))).rejects.toThrow(/nothing cannot be read: there is no such file; check the path$/);
    await expect(HeapGraph.read(folder)).rejects.toThrow(/cannot be read: it is a folder; check the path$/);
    await expect(HeapGraph.read(folder)).rejects.toBeInstanceOf(SnapshotFileError);
  });
});

describe('HeapGraph.read with partial', () => {
  const partOf = (share: number): Promise<HeapGraph> =>
    HeapGraph.read(written('part', text.subarray(0, text.length * share)), { partial: true });

  it('takes what stands before the damage, and marks it', async () => {
    const graph = await partOf(0.5);
    expect(graph.damage).toMatch(/part cannot be read: the heap snapshot is damaged: it ends in the middle of "edges"$/);
    expect(graph.nodeCount).toBe(whole.nodeCount);
    expect(graph.edgeCount).toBeLessThan(whole.edgeCount);
    expect([graph.id(100), graph.selfSize(100), graph.name(100)]).toEqual([whole.id(100), whole.selfSize(100), '(missing)']);
    expect(graph.retainedSize(0)).toBeLessThanOrEqual(whole.retainedSize(0));
  });

  it('still has all names before a cut in the strings', async () => {
    const graph = await partOf(0.999);
    expect(graph.edgeCount).toBe(whole.edgeCount);
    expect(graph.name(1)).toBe('(GC roots)');
    expect(graph.retainedSize(0)).toBe(whole.retainedSize(0));
  });

  it('has something of every cut, or one clear error', async () => {
    const lengths = [0, 1, 100, 500, 2000, 5000, 2e5];
    for (const length of lengths) {
      const read = HeapGraph.read([text.subarray(0, length)], { partial: true });
      if (length <= 500) await expect(read).rejects.toBeInstanceOf(BadProfileError);
      else expect((await read).damage).not.toBeNull();
    }
  });

  it('survives flipped bits: a graph, or one clear error', async () => {
    const random = seededRandom(14);
    let refused = 0;
    for (let round = 0; round < 40; round++) {
      const flipped = Buffer.from(text.subarray(0, 400_000));
      const rest = text.subarray(400_000);
      const at = randomBelow(random, flipped.length);
      flipped[at]! ^= 1 << randomBelow(random, 8);
      try {
        const graph = await HeapGraph.read([flipped, rest], { partial: round % 2 === 0 });
        expect(graph.retainedSize(0)).toBeGreaterThanOrEqual(0);
        graph.pathTo(graph.nodeCount - 1);
      } catch (error) {
        expect(error).toBeInstanceOf(BadProfileError);
        expect((error as Error).message).not.toContain('\n');
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(5);
  });
});
