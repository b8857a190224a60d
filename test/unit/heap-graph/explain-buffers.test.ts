import { describe, expect, it } from '@jest/globals';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { snapshotText } from '../../helpers/snapshot-text.js';

const edge = (kind: string, name: string | number, to: number) => ({ kind, name, to });

describe('memory outside of the heap', () => {
  it('is that of its oldest owner, also through other such memory; what nobody holds is apart', async () => {
    const nodes = [
      { kind: 'synthetic', name: '', id: 1, size: 0, to: [edge('shortcut', '1', 1)] },
      {
        kind: 'object',
        name: 'global',
        id: 3,
        size: 10,
        to: [edge('property', 'a', 2), edge('property', 'b', 3), edge('property', 'zip', 5)],
      },
      { kind: 'object', name: 'SharedArrayBuffer', id: 9, size: 8, to: [edge('internal', 'backing_store', 4)] },
      { kind: 'object', name: 'SharedArrayBuffer', id: 7, size: 8, to: [edge('internal', 'backing_store', 4)] },
      { kind: 'native', name: 'system / JSArrayBufferData', id: 20, size: 5000 },
      { kind: 'object', name: 'Zlib', id: 11, size: 8, to: [edge('internal', 'native', 6)] },
      { kind: 'native', name: 'Node / ZlibStream', id: 22, size: 100, to: [edge('internal', 'memory', 7)] },
      { kind: 'native', name: 'Node / zlib_memory', id: 24, size: 700 },
      { kind: 'native', name: 'system / JSArrayBufferData', id: 26, size: 40 },
      { kind: 'native', name: 'Node / circle', id: 28, size: 1, to: [edge('internal', 'x', 10)] },
      { kind: 'native', name: 'Node / circle', id: 30, size: 2, to: [edge('internal', 'x', 9)] },
    ];
    const graph = await HeapGraph.read([snapshotText({ nodes })]);
    const { clusters, ...sums } = graph.whyBuffers();
    expect(sums).toEqual({ size: 5843, count: 6, unheld: { size: 43, count: 3 }, clusterCount: 2 });
    expect(clusters.map(({ owner, size, count, path }) => [owner, size, count, path.at(-1)!.id])).toEqual([
      ['global.b', 5000, 1, 7],
      ['Zlib', 800, 2, 11],
    ]);
    const cut = graph.whyBuffers({ top: 1 });
    expect([cut.clusters.length, cut.clusterCount]).toEqual([1, 2]);
  });

  // As DOM nodes in Chrome. To follow the sequence from each of them would take 10^9 steps.
  it('may hold other such memory in a long sequence', async () => {
    const length = 60_000;
    const nodes = Array.from({ length }, (_, i) => ({
      kind: 'native',
      name: 'Node / link',
      id: 3 + 2 * i,
      size: 1,
      to: i + 1 < length ? [edge('internal', 'next', 2 + i)] : [],
    }));
    const graph = await HeapGraph.read([snapshotText({ nodes: [{ kind: 'synthetic', name: '', id: 1, size: 0, to: [] }, ...nodes] })]);
    expect(graph.whyBuffers().unheld).toEqual({ size: length, count: length });
  });
});
