import { describe, expect, it } from '@jest/globals';
import { listed, readInChunks } from '../../../helpers/heap-snapshots.js';
import { type SnapshotPicture, snapshotText } from '../../../helpers/snapshot-text.js';

const STORE = 'system / JSArrayBufferData';
const STACKS = {
  functions: ['first', 'second'],
  tree: [
    { id: 1, function: 0 },
    { id: 2, function: 1 },
  ],
};

/** Each piece of memory outside of the heap as `domain type size function`, and the bytes of those without a trace. */
function offHeap(nodes: SnapshotPicture['nodes']): { traced: string[]; untraced: readonly number[] } {
  const objects = readInChunks(snapshotText({ nodes, ...STACKS }));
  const traced = listed(objects).filter(({ domain }) => domain > 0);
  return {
    traced: traced.map(({ domain, type, size, stack }) => `${domain} ${type} ${size} ${stack[0]!.split('@')[0]}`),
    untraced: objects.untracedBytes,
  };
}

describe('memory outside of the heap', () => {
  it('has the trace of the object that holds it', () => {
    const nodes = [
      { kind: 'object', name: 'ArrayBuffer', id: 1, size: 96, trace: 1, to: [1] },
      { kind: 'native', name: STORE, id: 2, size: 1000 },
      { kind: 'string', name: 'text', id: 3, size: 32, trace: 2, to: [3] },
      { kind: 'native', name: 'system / ExternalStringData', id: 4, size: 500 },
    ];
    expect(offHeap(nodes)).toEqual({ traced: [`1 ${STORE} 1000 first`, '2 system / ExternalStringData 500 second'], untraced: [0, 0, 0] });
  });

  it('belongs to the oldest of its holders, in whatever order they come', () => {
    const holder = (id: number, trace: number) => ({ kind: 'object', name: 'SharedArrayBuffer', id, size: 8, trace, to: [0] });
    const store = { kind: 'native', name: STORE, id: 2, size: 1000 };
    expect(offHeap([store, holder(9, 1), holder(5, 2)]).traced).toEqual([`1 ${STORE} 1000 second`]);
    expect(offHeap([store, holder(5, 2), holder(9, 1)]).traced).toEqual([`1 ${STORE} 1000 second`]);
    expect(offHeap([store, holder(5, 0), holder(9, 1)])).toEqual({ traced: [], untraced: [8, 1000, 0] });
  });

  it('may be held by other memory outside of the heap, which an object holds', () => {
    const nodes = [
      { kind: 'native', name: 'zlib_memory', id: 2, size: 1000 },
      { kind: 'synthetic', name: '(C++ roots)', id: 4, size: 0, to: [2] },
      { kind: 'synthetic', name: 'Node / ZlibStream', id: 6, size: 400, to: [0] },
      { kind: 'object', name: 'Zlib', id: 7, size: 56, trace: 1, to: [2] },
    ];
    expect(offHeap(nodes).traced).toEqual(['2 zlib_memory 1000 first', '2 Node / ZlibStream 400 first']);
  });

  it('is as old as its owner, whatever id V8 gave it', () => {
    const nodes = [
      { kind: 'native', name: STORE, id: 0x8000_0002, size: 10 },
      { kind: 'object', name: 'ArrayBuffer', id: 5, size: 96, trace: 1, to: [0] },
      { kind: 'object', name: 'Zlib', id: 9, size: 56, trace: 2, to: [3] },
      { kind: 'native', name: 'Node / ZlibStream', id: 0x8000_0004, size: 400, to: [4] },
      { kind: 'native', name: 'Node / zlib_memory', id: 3, size: 1000 },
      { kind: 'native', name: "nobody's", id: 11, size: 20, trace: 2 },
    ];
    const objects = readInChunks(snapshotText({ nodes, ...STACKS }));
    const found = listed(objects).filter(({ domain }) => domain > 0);
    expect(found.map(({ id, size }) => [id, size])).toEqual([
      [0, 20],
      [5, 10],
      [9, 400],
      [9, 1000],
    ]);
  });

  it('is not held by a weak edge', () => {
    const nodes = [
      { kind: 'object', name: 'Cache', id: 1, size: 8, trace: 1, to: [{ weak: 1 }] },
      { kind: 'native', name: 'cached', id: 2, size: 1000 },
    ];
    expect(offHeap(nodes)).toEqual({ traced: [], untraced: [0, 0, 1000] });
  });

  it('has no trace if it is in a cycle that no object holds', () => {
    const nodes = [
      { kind: 'native', name: 'a', id: 2, size: 10, to: [1] },
      { kind: 'native', name: 'b', id: 4, size: 20, to: [0, 2] },
      { kind: 'native', name: 'c', id: 6, size: 30 },
    ];
    expect(offHeap(nodes)).toEqual({ traced: [], untraced: [0, 0, 60] });
  });
});
