import { describe, expect, it } from '@jest/globals';
import type { HeapKeyType } from '../../../src/heap-graph/census/heap-keys.js';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { type SnapshotPicture, snapshotText } from '../../helpers/snapshot-text.js';

function edge(kind: string, name: string | number, to: number) {
  return { kind, name, to };
}

/** Two classes of the program and one of a package, with their functions, scripts, texts and stores. */
const PICTURE: SnapshotPicture = {
  nodes: [
    { kind: 'synthetic', name: '', id: 1, size: 0, to: [edge('shortcut', '1', 1), edge('element', 1, 12)] },
    {
      kind: 'object',
      name: 'global',
      id: 3,
      size: 10,
      to: [
        edge('property', 'a', 2),
        edge('property', 'b', 3),
        edge('property', 'client', 4),
        edge('property', 'f', 6),
        edge('property', 'g', 7),
      ],
    },
    { kind: 'object', name: 'Session', id: 5, size: 40, trace: 2, to: [edge('property', 'config', 5), edge('property', 'text', 13)] },
    { kind: 'object', name: 'Session', id: 7, size: 40, trace: 3, to: [edge('property', 'config', 5)] },
    { kind: 'object', name: 'Client', id: 9, size: 64, to: [edge('internal', 'backing_store', 11)] },
    { kind: 'object', name: 'Object', id: 11, size: 500 },
    { kind: 'closure', name: 'Session', id: 13, size: 32, to: [edge('internal', 'shared', 8)] },
    { kind: 'closure', name: 'Client', id: 15, size: 32, to: [edge('internal', 'shared', 9)] },
    { kind: 'code', name: 'Session', id: 17, size: 4, to: [edge('internal', 'script', 10)] },
    { kind: 'code', name: 'Client', id: 19, size: 4, to: [edge('internal', 'script_or_debug_info', 15)] },
    { kind: 'code', name: '/app/main.js', id: 21, size: 2 },
    { kind: 'native', name: 'system / JSArrayBufferData', id: 22, size: 100_000 },
    { kind: 'native', name: 'Node / zlib_memory', id: 24, size: 7000 },
    { kind: 'string', name: 'text', id: 27, size: 1_500_000, to: [edge('internal', 'map', 14)] },
    { kind: 'hidden', name: 'system / Map (ExternalOneByteString)', id: 29, size: 8 },
    { kind: 'code', name: 'file:///app/node_modules/@x/client/index.js', id: 31, size: 2 },
  ],
  functions: ['(root)', 'main', 'native'],
  tree: [{ id: 1, function: 0, children: [{ id: 2, function: 1, children: [{ id: 3, function: 2 }] }] }],
  locations: [
    { node: 2, scriptId: 8, line: 4, column: 0 },
    { node: 3, scriptId: 8, line: 4, column: 0 },
    { node: 4, scriptId: 9, line: 4, column: 0 },
    { node: 6, scriptId: 8, line: 4, column: 0 },
    { node: 7, scriptId: 9, line: 4, column: 0 },
  ],
};

async function rows(keyType: HeapKeyType, picture = PICTURE): Promise<Record<string, [size: number, count: number, retained: number]>> {
  const statistics = (await HeapGraph.read([snapshotText(picture)])).statistics(keyType);
  return Object.fromEntries(
    statistics.map(({ traceback, size, count, retained }) => [
      `${traceback.at(0)!.filename}:${traceback.at(0)!.lineno}`,
      [size, count, retained],
    ]),
  );
}

describe('statistics of a heap snapshot', () => {
  it('by type count what several objects hold together for their type, each byte once', async () => {
    expect(await rows('type')).toMatchObject({
      'Session:0': [80, 2, 80 + 500 + 1_500_000 + 8],
      'Client:0': [64, 1, 64 + 100_000],
      'Object:0': [500, 1, 500],
      '(string):0': [1_500_000, 1, 1_500_008],
      '(closure):0': [64, 2, 64 + 4 + 4 + 2 + 2],
      'Node / zlib_memory:0': [7000, 1, 7000],
    });
  });

  it('leave the roots out that V8 makes up', async () => {
    expect(Object.keys(await rows('type'))).not.toContain(':0');
  });

  it('by package go by the script of functions and of constructors', async () => {
    expect(await rows('package')).toMatchObject({
      '<program>:0': [80 + 32, 3, 80 + 32 + 4 + 2 + 500 + 1_500_008],
      '@x/client:0': [64 + 32, 2, 64 + 32 + 4 + 2 + 100_000],
      '<no script of its own>:0': [expect.any(Number), 10, expect.any(Number)],
    });
  });

  it('by package add up by what alone holds objects without a script', async () => {
    const statistics = (await HeapGraph.read([snapshotText(PICTURE)])).statistics('package');
    const found = Object.fromEntries(statistics.map(({ traceback, dominated }) => [traceback.at(0)!.filename, dominated]));
    expect(found).toEqual({
      '<program>': 80 + 32 + 4 + 2 + 1_500_008,
      '@x/client': 64 + 32 + 4 + 2 + 100_000,
      '<no script of its own>': 10 + 500 + 7000, // two Sessions hold the 500 together
    });
    expect(statistics.every(({ dominated }) => dominated !== null)).toBe(true);
    expect((await HeapGraph.read([snapshotText(PICTURE)])).statistics('type').every(({ dominated }) => dominated === null)).toBe(true);
  });

  it('by domain tell the heap, stores, external strings and the rest', async () => {
    const found = await rows('domain');
    expect(found).toMatchObject({
      'domain 1 (ArrayBuffer backing stores):0': [100_000, 1, 100_000],
      'domain 2 (other memory outside of the heap):0': [7000, 1, 7000],
      'external strings (text outside of the heap):0': [1_500_000, 1, 1_500_008],
    });
    expect(Object.keys(found)[0]).toBe('domain 0 (JavaScript heap):0');
  });

  it('by line go by the newest function with a script', async () => {
    const found = await rows('lineno');
    expect(found['/main.js:11']).toEqual([40, 1, 40 + 1_500_008]);
    expect(found['/native.js:12']).toEqual([40, 1, 40]);
    expect(found['<older than the tracking>:0']![1]).toBe(13);
  });

  it('by line are refused if the snapshot has no stacks', async () => {
    const graph = await HeapGraph.read([snapshotText({ nodes: PICTURE.nodes.map(({ trace: _, ...node }) => node) })]);
    expect(() => graph.statistics('lineno')).toThrow('does not say where its objects were allocated: group by type or package');
    expect(() => graph.statistics('thread' as HeapKeyType)).toThrow(
      'a heap snapshot has no thread; group by type, package, domain, lineno',
    );
  });
});
