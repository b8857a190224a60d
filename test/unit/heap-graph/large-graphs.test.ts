import { describe, expect, it } from '@jest/globals';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { generatedSnapshot } from '../../helpers/generated-snapshots.js';

/** Small heaps prove the same; these prove that nothing is recursive and that no list of edges is copied where it should not be. */
describe('a heap graph', () => {
  it.each([
    ['one after the other', (node: number, nodes: number) => (node + 1 < nodes ? [node + 1] : [])],
    ['both ways', (node: number, nodes: number) => [node - 1, node + 1].filter((to) => to >= 0 && to < nodes)],
  ])('of two million links, %s (full)', async (_, links) => {
    const nodes = 2_000_000;
    const graph = await HeapGraph.read(generatedSnapshot({ nodes, size: 8, edgesOf: (node) => links(node, nodes) }));
    expect([0, 1, 1000, nodes - 1].map((node) => graph.dominator(node))).toEqual([-1, 0, 999, nodes - 2]);
    expect([0, 1, nodes - 1].map((node) => graph.retainedSize(node))).toEqual([8 * nodes, 8 * (nodes - 1), 8]);
    expect([0, 1, nodes - 1].map((node) => graph.distance(node))).toEqual([0, 1, nodes - 1]);
    expect(graph.pathTo(1000)).toHaveLength(1000);
    expect(graph.indexOfId(2 * nodes - 1)).toBe(nodes - 1);
  });

  it('of a million roots (long)', async () => {
    const roots = 1_000_000;
    const last = roots + 1;
    const all = Array.from({ length: roots }, (_, i) => i + 1);
    const edgesOf = (node: number): number[] => {
      if (node === 0) return all;
      return node <= 2 || node === last ? [last] : [];
    };
    const graph = await HeapGraph.read(generatedSnapshot({ nodes: last + 1, size: 8, edgesOf }));
    expect([1, roots, last].map((node) => graph.dominator(node))).toEqual([0, 0, 0]);
    expect(graph.retainedSize(0)).toBe(8 * (last + 1));
    expect(graph.retainersOf(last).map(({ from }) => from)).toEqual([1, 2, last]);
    expect(graph.edgesOf(0)).toHaveLength(roots);
  });
});
