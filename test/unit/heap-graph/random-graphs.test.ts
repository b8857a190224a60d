import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { type EdgePicture, type SnapshotPicture, snapshotText } from '../../helpers/snapshot-text.js';

const KINDS = ['element', 'property', 'property', 'internal', 'context', 'hidden', 'weak', 'shortcut'];

/** The edges of each node as [kind, target]. Node 0 is the root. */
type RandomGraph = readonly (readonly (readonly [kind: string, to: number])[])[];

const randomGraph: fc.Arbitrary<RandomGraph> = fc
  .integer({ min: 1, max: 14 })
  .chain((length) =>
    fc.array(fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.nat(length - 1)), { maxLength: 4 }), { minLength: length, maxLength: length }),
  );

function pictureOf(graph: RandomGraph): SnapshotPicture {
  return {
    nodes: graph.map((edges, i) => ({
      kind: 'object',
      name: `n${i}`,
      id: 2 * i + 1,
      size: 2 ** i,
      to: edges.map(([kind, to], at): EdgePicture => ({ kind, to, name: kind === 'element' || kind === 'hidden' ? at : `e${at}` })),
    })),
  };
}

/** The nodes that edges lead to which count, found anew without the removed node. */
function reachable(graph: RandomGraph, starts: readonly number[], isAllowed: (from: number, to: number) => boolean): Set<number> {
  const found = new Set(starts);
  for (const from of found) {
    for (const [kind, to] of graph[from]!) {
      const counts = kind !== 'weak' && (kind !== 'shortcut' || from === 0);
      if (counts && isAllowed(from, to)) found.add(to);
    }
  }
  return found;
}

/** Level by level: first what the global objects hold, then the rest. */
function naiveDistances(graph: RandomGraph): Map<number, number> {
  const distances = new Map([[0, 0]]);
  for (const first of [['shortcut'], KINDS.filter((kind) => kind !== 'weak')]) {
    let level = graph[0]!.filter(([kind]) => first.includes(kind)).map(([, to]) => to);
    for (let distance = 1; level.length > 0; distance++) {
      const next = [...new Set(level)].filter((node) => !distances.has(node));
      for (const node of next) distances.set(node, distance);
      level = next.flatMap((node) => graph[node]!.filter(([kind]) => kind !== 'weak' && kind !== 'shortcut').map(([, to]) => to));
    }
  }
  return distances;
}

describe('on random graphs', () => {
  it('dominators and retained sizes are what removing a node and searching again gives', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph, async (edges) => {
        const graph = await HeapGraph.read([snapshotText(pictureOf(edges))]);
        const globals = edges[0]!.filter(([kind]) => kind === 'shortcut').map(([, to]) => to);
        const owned = reachable(
          edges,
          globals.filter((to) => to !== 0),
          (_, to) => to !== 0,
        );
        const counts = (from: number, to: number): boolean => from === 0 || owned.has(from) || !owned.has(to);
        const alive = reachable(edges, [0], counts);
        for (let removed = 0; removed < edges.length; removed++) {
          const left = removed === 0 ? new Set<number>() : reachable(edges, [0], (from, to) => to !== removed && counts(from, to));
          const gone = alive.has(removed) ? [...alive].filter((node) => !left.has(node)) : [removed];
          expect(graph.retainedSize(removed)).toBe(gone.reduce((sum, node) => sum + 2 ** node, 0));
          const dominated = gone.filter((node) => {
            for (let at = node; at !== -1; at = graph.dominator(at)) if (at === removed) return true;
            return false;
          });
          expect(dominated).toEqual(gone);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('what a group retains is what removing all its nodes and searching again gives', async () => {
    // More classes than bits in a word, so that groups stand in several searches.
    const classes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 14, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(randomGraph, classes, fc.integer({ min: 1, max: 41 }), async (edges, classOf, spread) => {
        const { nodes } = pictureOf(edges);
        const nameOf = (i: number): string => `class ${classOf[i]! % spread}`;
        // The root is V8's, and no object.
        const picture = nodes.map((node, i) => (i === 0 ? { ...node, kind: 'synthetic', size: 0 } : { ...node, name: nameOf(i) }));
        const graph = await HeapGraph.read([snapshotText({ nodes: picture })]);
        const globals = edges[0]!.filter(([kind, to]) => kind === 'shortcut' && to !== 0).map(([, to]) => to);
        const owned = reachable(edges, globals, (_, to) => to !== 0);
        const counts = (from: number, to: number): boolean => from === 0 || owned.has(from) || !owned.has(to);
        const alive = reachable(edges, [0], counts);
        const bytes = (gone: Iterable<number>): number => [...gone].reduce((sum, node) => sum + (node === 0 ? 0 : 2 ** node), 0);
        const expected = new Map<string, number>();
        for (const name of new Set(picture.slice(1).map((_, i) => nameOf(i + 1)))) {
          const members = picture.flatMap((_, i) => (i > 0 && nameOf(i) === name ? [i] : []));
          const left = reachable(edges, [0], (from, to) => !members.includes(to) && counts(from, to));
          expected.set(name, bytes(new Set([...members, ...[...alive].filter((node) => !left.has(node))])));
        }
        const found = graph.statistics('type').map(({ traceback, retained }) => [traceback.at(0)!.filename, retained] as const);
        expect(new Map(found)).toEqual(expected);
        expect(found.map(([, retained]) => retained)).toEqual([...expected.values()].sort((a, b) => b - a));
      }),
      { numRuns: 500 },
    );
  });

  it('a distance is that of the shortest path, first among what a global object holds', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph, async (edges) => {
        const graph = await HeapGraph.read([snapshotText(pictureOf(edges))]);
        const expected = naiveDistances(edges);
        for (let node = 0; node < edges.length; node++) {
          expect(graph.distance(node)).toBe(expected.get(node) ?? -1);
          const path = graph.pathTo(node);
          expect(path.length).toBe(Math.max(0, graph.distance(node)));
          path.forEach(({ from, to, holds, type }, i) => {
            expect([from, holds]).toEqual([i === 0 ? 0 : path[i - 1]!.to, true]);
            expect(edges[from]).toContainEqual([type, to]);
          });
          if (path.length > 0) expect(path.at(-1)!.to).toBe(node);
        }
      }),
      { numRuns: 300 },
    );
  });
});
