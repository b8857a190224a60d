import { describe, expect, it } from '@jest/globals';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { type SnapshotPicture, sectionsOf, snapshotText } from '../../helpers/snapshot-text.js';

/** A program that keeps orders in a Map, and a handle of V8 on one of them. */
const PICTURE: SnapshotPicture = {
  nodes: [
    { kind: 'synthetic', name: '', id: 1, size: 0, to: [edge('element', 1, 1), edge('shortcut', '2', 2)] },
    { kind: 'synthetic', name: '(GC roots)', id: 3, size: 0, to: [edge('internal', '(Handle scope)', 5)] },
    { kind: 'object', name: 'global', id: 5, size: 100, to: [edge('property', 'cache', 3), edge('property', 'last', 6)] },
    { kind: 'object', name: 'Map', id: 7, size: 30, to: [edge('internal', 'table', 4)] },
    { kind: 'array', name: '', id: 9, size: 20, to: [edge('element', 0, 5), edge('element', 1, 6)] },
    { kind: 'object', name: 'Order', id: 11, size: 40, trace: 2, detachedness: 2, to: [edge('property', 'text', 7), edge('weak', 'w', 8)] },
    { kind: 'object', name: 'Order', id: 13, size: 40, to: [edge('shortcut', 'bound', 8)] },
    { kind: 'string', name: 'caf\u00e9 "\\"\n\ud83d\ude00', id: 15, size: 5_000_000_000 },
    { kind: 'object', name: 'Lost', id: 17, size: 60, to: [edge('property', 'also', 9)] },
    { kind: 'object', name: 'AlsoLost', id: 19, size: 70, to: [7] },
  ],
  functions: ['(root)', 'main'],
  tree: [{ id: 1, function: 0, children: [{ id: 2, function: 1 }] }],
  locations: [
    { node: 6, scriptId: 12, line: 4, column: 0 },
    { node: 5, scriptId: 11, line: 0, column: 9 },
  ],
};

function edge(kind: string, name: string | number, to: number) {
  return { kind, name, to };
}

const read = (picture: SnapshotPicture): Promise<HeapGraph> => HeapGraph.read([snapshotText(picture)]);

describe('HeapGraph', () => {
  it('tells what the snapshot says of an object', async () => {
    const graph = await read(PICTURE);
    expect([graph.nodeCount, graph.edgeCount, graph.extraNativeBytes]).toEqual([10, 13, null]);
    expect([graph.type(5), graph.name(5), graph.id(5), graph.selfSize(5), graph.detachedness(5)]).toEqual(['object', 'Order', 11, 40, 2]);
    expect([graph.type(7), graph.name(7), graph.selfSize(7)]).toEqual(['string', 'caf\u00e9 "\\"\n\ud83d\ude00', 5_000_000_000]);
    expect(graph.location(5)).toEqual({ scriptId: 11, line: 1, column: 10 });
    expect(graph.location(6)).toEqual({ scriptId: 12, line: 5, column: 1 });
    expect(graph.location(7)).toBeNull();
    expect(graph.allocationStack(5).map(({ name, line }) => `${name}:${line}`)).toEqual(['main:11', '(root):10']);
    expect(graph.allocationStack(6)).toEqual([]);
  });

  it('finds objects by id', async () => {
    const graph = await read(PICTURE);
    expect([1, 9, 19, 2, 0, 1e9, -1, 9.5].map((id) => graph.indexOfId(id))).toEqual([0, 4, 9, -1, -1, -1, -1, -1]);
  });

  it('has the edges both ways, with their meaning', async () => {
    const graph = await read(PICTURE);
    expect(graph.edgesOf(5)).toEqual([
      { index: 8, type: 'property', name: 'text', from: 5, to: 7, holds: true },
      { index: 9, type: 'weak', name: 'w', from: 5, to: 8, holds: false },
    ]);
    expect(graph.retainersOf(5).map(({ type, name, from, holds }) => [type, name, from, holds])).toEqual([
      ['internal', '(Handle scope)', 1, true],
      ['element', 0, 4, true],
    ]);
    expect(graph.retainersOf(8).map(({ type, holds }) => [type, holds])).toEqual([
      ['weak', false],
      ['shortcut', false],
    ]);
    expect(graph.retainersOf(0)).toEqual([]);
  });

  it('says who dominates whom, without the handles of V8 and what cannot be reached', async () => {
    const graph = await read(PICTURE);
    const all = Array.from({ length: graph.nodeCount }, (_, node) => node);
    expect(all.map((node) => graph.dominator(node))).toEqual([-1, 0, 0, 2, 3, 4, 2, 5, -1, -1]);
    const text = 5_000_000_000;
    expect(all.map((node) => graph.retainedSize(node))).toEqual([
      text + 230,
      0,
      text + 230,
      text + 90,
      text + 60,
      text + 40,
      40,
      text,
      60,
      70,
    ]);
  });

  it('finds the shortest path, from a global object if there is one', async () => {
    const graph = await read(PICTURE);
    expect(graph.pathTo(7).map(({ name, to }) => `${name} → ${graph.name(to)}`.slice(0, 14))).toEqual([
      '2 → global',
      'cache → Map',
      'table → ',
      '0 → Order',
      'text → caf\u00e9 "\\',
    ]);
    expect([0, 1, 2, 7, 8].map((node) => graph.distance(node))).toEqual([0, 1, 1, 5, -1]);
    expect([graph.pathTo(0), graph.pathTo(8)]).toEqual([[], []]);
  });

  it('refuses numbers that are no node', async () => {
    const graph = await read(PICTURE);
    for (const node of [-1, 10, 0.5, Number.NaN]) expect(() => graph.name(node)).toThrow(`there is no node ${node}: the heap has 10`);
  });

  it('reads a snapshot without traces and locations, as V8 of Node 24 writes it', async () => {
    const node = ['type', 'name', 'id', 'self_size', 'edge_count'];
    const sections = sectionsOf({ nodes: PICTURE.nodes }, { node, sections: ['snapshot', 'nodes', 'edges', 'strings'] });
    const graph = await HeapGraph.read([JSON.stringify(sections)]);
    expect([graph.allocationStack(5), graph.location(5), graph.detachedness(5), graph.dominator(5)]).toEqual([[], null, 0, 4]);
  });

  it('reads bytes and strings, cut anywhere', async () => {
    const text = snapshotText(PICTURE);
    const bytes = Array.from(Buffer.from(text), (byte) => Uint8Array.of(byte));
    for (const source of [[...text].flatMap((character) => character.split('')), bytes]) {
      expect((await HeapGraph.read(source)).name(7)).toBe('caf\u00e9 "\\"\n\ud83d\ude00');
    }
  });
});

describe('a WeakMap', () => {
  const NAME = '2 / part of key (Key @7) -> value (Value @9) pair in WeakMap (table @5)';
  const nodes = (keyIsHeld: boolean): SnapshotPicture => ({
    nodes: [
      { kind: 'synthetic', name: '', id: 1, size: 0, to: [edge('shortcut', '1', 1)] },
      { kind: 'object', name: 'global', id: 3, size: 1, to: [2, ...(keyIsHeld ? [3] : [])] },
      { kind: 'array', name: 'table', id: 5, size: 10, to: [{ weak: 3 }, { weak: 4 }, edge('internal', NAME, 4)] },
      { kind: 'object', name: 'Key', id: 7, size: 100, to: [edge('internal', NAME, 4)] },
      { kind: 'object', name: 'Value', id: 9, size: 1000 },
    ],
  });

  it('does not hold its values, the keys do', async () => {
    const graph = await read(nodes(true));
    expect([1, 2, 3, 4].map((node) => graph.dominator(node))).toEqual([0, 1, 1, 3]);
    expect([1, 2, 3, 4].map((node) => graph.retainedSize(node))).toEqual([1111, 10, 1100, 1000]);
    expect(graph.pathTo(4).map(({ from }) => from)).toEqual([0, 1, 3]);
    expect(graph.edgesOf(2).map(({ holds }) => holds)).toEqual([false, false, false]);
  });

  it('leaves a value unreachable if its key is', async () => {
    const graph = await read(nodes(false));
    expect([3, 4].map((node) => [graph.dominator(node), graph.distance(node), graph.retainedSize(node)])).toEqual([
      [-1, -1, 100],
      [-1, -1, 1000],
    ]);
  });
});
