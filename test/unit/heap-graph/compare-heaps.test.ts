import { describe, expect, it } from '@jest/globals';
import type { HeapComparison } from '../../../src/heap-graph/comparison/compare-heaps.js';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { type SnapshotPicture, snapshotText } from '../../helpers/snapshot-text.js';

type Nodes = SnapshotPicture['nodes'];

const ROOT = { kind: 'synthetic', name: '', id: 1, size: 0, to: [{ kind: 'shortcut', name: '1', to: 1 }] };

function held(nodes: Nodes): Nodes {
  const names = nodes.flatMap(({ kind }, i) => (kind === 'object' ? [{ kind: 'property', name: `p${i}`, to: i + 2 }] : []));
  return [ROOT, { kind: 'object', name: 'global', id: 3, size: 10, to: names }, ...nodes];
}

async function compared(old: Nodes, now: Nodes): Promise<HeapComparison> {
  const [before, after] = await Promise.all([old, now].map((nodes) => HeapGraph.read([snapshotText({ nodes: held(nodes) })])));
  return after!.compareTo(before!);
}

const rowOf = ({ types }: HeapComparison, name: string) => types.find(({ traceback }) => traceback.at(0)!.filename === name);

describe('two heap snapshots', () => {
  it('are compared by the ids of objects', async () => {
    const comparison = await compared(
      [
        { kind: 'object', name: 'A', id: 5, size: 10 },
        { kind: 'object', name: 'A', id: 7, size: 20 },
        { kind: 'object', name: 'Gone', id: 9, size: 40 },
      ],
      [
        { kind: 'object', name: 'A', id: 7, size: 25 },
        { kind: 'object', name: 'A', id: 11, size: 100 },
        { kind: 'object', name: 'A', id: 13, size: 200 },
      ],
    );
    expect(comparison.isOneProcess).toBe(true);
    const kept = { size: 325, count: 3, sizeDiff: 295, countDiff: 1 };
    expect(rowOf(comparison, 'A')).toMatchObject({ ...kept, newSize: 300, newCount: 2, goneSize: 10, goneCount: 1, grown: 5 });
    const gone = { size: 0, count: 0, sizeDiff: -40, countDiff: -1 };
    expect(rowOf(comparison, 'Gone')).toMatchObject({ ...gone, newSize: 0, newCount: 0, goneSize: 40, goneCount: 1, grown: 0 });
    expect(comparison.types.map(({ traceback }) => traceback.at(0)!.filename)).toEqual(['A', 'Gone', 'global']);
  });

  it('have memory outside of the heap by its owner, whose id lasts', async () => {
    const buffer = (id: number, to: number) => ({
      kind: 'object',
      name: 'ArrayBuffer',
      id,
      size: 8,
      to: [{ kind: 'internal', name: 'store', to }],
    });
    const store = (id: number, size: number) => ({ kind: 'native', name: 'store', id, size });
    const comparison = await compared(
      [buffer(5, 4), buffer(7, 5), store(2_000_000_001, 100), store(2_000_000_003, 200)],
      [buffer(7, 4), buffer(9, 5), store(2_000_000_001, 300), store(2_000_000_005, 1000)],
    );
    expect(rowOf(comparison, 'store')).toMatchObject({ newSize: 1000, newCount: 1, goneSize: 100, goneCount: 1, grown: 100 });
  });

  it('are of two processes if ids mean objects of other types', async () => {
    const objects = (names: readonly string[]) => names.map((name, i) => ({ kind: 'object', name, id: 5 + 2 * i, size: 10 }));
    const comparison = await compared(objects(['A', 'B', 'C']), objects(['B', 'A', 'C', 'C']));
    expect(comparison.isOneProcess).toBe(false);
    expect(rowOf(comparison, 'C')).toMatchObject({ sizeDiff: 10, countDiff: 1, newCount: null, goneSize: null, grown: null });
  });

  it('have growing collections, also of numbers that leave no trace, and with compressed pointers', async () => {
    const map = (id: number, name: string, to: number) => ({
      kind: 'object',
      name,
      id,
      size: 8,
      to: [{ kind: 'internal', name: 'table', to }],
    });
    /** As V8 lays a table of two or four buckets out: key, value and chain of each entry after the buckets. */
    const table = (id: number, { buckets, keys, slot = 8 }: { buckets: number; keys: number; slot?: number }) => ({
      kind: 'array',
      name: '',
      id,
      size: 2 * slot + (3 + 7 * buckets) * slot,
      to: Array.from({ length: keys }, (_, i) =>
        [0, 1].map((part) => ({ kind: 'internal', name: `${3 + buckets + 3 * i + part}`, to: 1 })),
      ).flat(),
    });
    const heap = (grown: boolean, slot: number) => [
      map(5, 'Lru', 5),
      map(7, 'Map', 6),
      map(9, 'Map', 7),
      table(grown ? 21 : 11, { buckets: grown ? 4 : 2, keys: grown ? 6 : 3, slot }),
      table(grown ? 23 : 13, { buckets: grown ? 4 : 2, keys: 0, slot }),
      table(15, { buckets: 2, keys: 4, slot }),
    ];
    for (const slot of [8, 4]) {
      const { collections } = await compared(heap(false, slot), heap(true, slot));
      expect(collections.map(({ name, kind, before, after, atMost, id }) => [name, kind, before, after, atMost, id])).toEqual([
        ['global.p1', 'Map', 4, 8, true, 7],
        ['global.p0', 'Map', 3, 6, false, 5],
      ]);
    }
  });
});
