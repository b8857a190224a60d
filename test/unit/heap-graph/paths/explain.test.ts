import { describe, expect, it } from '@jest/globals';
import { HeapGraph } from '../../../../src/heap-graph/heap-graph.js';
import type { Explanation, WhyOptions } from '../../../../src/heap-graph/paths/explain.js';
import { parseWhat } from '../../../../src/heap-graph/paths/what.js';
import { holdersLines, pathText } from '../../../../src/report/text/holders.js';
import { type SnapshotPicture, snapshotText } from '../../../helpers/snapshot-text.js';

type Nodes = SnapshotPicture['nodes'];

const edge = (kind: string, name: string | number, to: number) => ({ kind, name, to });
const property = (name: string, to: number) => edge('property', name, to);

/** A heap whose global object is node 1. */
const heap = (global: Nodes[number]['to'], nodes: Nodes): SnapshotPicture => ({
  nodes: [
    { kind: 'synthetic', name: '', id: 1, size: 0, to: [edge('shortcut', '1', 1)] },
    { kind: 'object', name: 'global', id: 3, size: 8, to: global! },
    ...nodes.map((node, i) => ({ ...node, id: 5 + 2 * i })),
  ],
});

const node = (name: string, to: Nodes[number]['to'] = [], kind = 'object') => ({ kind, name, id: 0, size: 10, to });

async function why(picture: SnapshotPicture, what: string, options: WhyOptions = {}): Promise<Explanation> {
  const graph = await HeapGraph.read([snapshotText(picture)]);
  return graph.why(what, options);
}

const paths = ({ clusters }: Explanation) => clusters.map(({ count, retained, path }) => [count, retained, pathText(path)]);

describe('paths that are alike', () => {
  it('are one cluster whatever the keys of a dictionary, and two if the names are few', async () => {
    const count = 100;
    const entries = Array.from({ length: count }, (_, i) => property(`key ${i}`, 4 + i));
    const items = Array.from({ length: count }, () => node('Item'));
    const dictionary = heap(
      [property('all', 2), property('few', 3)],
      [node('Object', entries), node('Object', [property('a', 104), property('b', 105)]), ...items, node('Item'), node('Item')],
    );
    expect(paths(await why(dictionary, 'Item'))).toEqual([
      [count, count * 10, 'global.all → Object → []'],
      [1, 10, 'global.few → Object.a'],
      [1, 10, 'global.few → Object.b'],
    ]);
  });

  it('are one cluster for a list of any length and for a tree, of which what lies inside counts once', async () => {
    const length = 20_000;
    const list = Array.from({ length }, (_, i) => node('Item', i + 1 < length ? [property('next', 3 + i)] : []));
    expect(paths(await why(heap([property('list', 2)], list), 'Item'))).toEqual([
      [1, length * 10, 'global.list'],
      [length - 1, (length - 1) * 10, 'global.list → Item.next'],
    ]);
    const depth = 12;
    const children = (i: number) => (2 * i + 2 < 2 ** depth ? [property('left', 2 + 2 * i + 1), property('right', 2 + 2 * i + 2)] : []);
    const tree = Array.from({ length: 2 ** depth - 1 }, (_, i) => node('Tree', children(i)));
    expect((await why(heap([property('tree', 2)], tree), 'Tree')).clusters.map(({ count }) => count)).toEqual([1, 2 ** depth - 2]);
  });

  it('count what lies inside once for a list of plain objects that have plain objects', async () => {
    const length = 100;
    const list = Array.from({ length }, (_, i) =>
      node('Object', [property('value', 2 + length + i), ...(i + 1 < length ? [property('next', 3 + i)] : [])]),
    );
    const values = Array.from({ length }, () => node('Object'));
    const graph = heap([property('list', 2)], [...list, ...values]);
    expect(paths(await why(graph, 'Object'))).toEqual([
      [1, 2 * length * 10, 'global.list'],
      [length - 1, (2 * length - 2) * 10, 'global.list → Object.next'],
      [length - 1, (length - 1) * 10, 'global.list → Object.next → Object.value'],
      [1, 10, 'global.list → Object.value'],
    ]);
  });

  it('show a long list as one link with its repeats', async () => {
    const length = 10_000;
    const list = Array.from({ length }, (_, i) => node('Item', i + 1 < length ? [property('next', 3 + i)] : []));
    const explanation = await why(heap([property('list', 2)], list), `@${5 + 2 * (length - 1)}`);
    expect(paths(explanation)).toEqual([[1, 10, `global.list → Item.next (×${length - 1})`]]);
  });
});

describe('a link', () => {
  const cache = heap(
    [property('cache', 2), property('history', 3)],
    [node('Cache', [property('last', 4)]), node('Array', [edge('element', 0, 4)]), node('Item')],
  );

  it('that is ignored holds nothing, and another path is found', async () => {
    expect(paths(await why(cache, 'Item'))).toEqual([[1, 10, 'global.cache → Cache.last']]);
    for (const pattern of ['last', 'Cache.*', 'cach?']) {
      expect(paths(await why(cache, 'Item', { ignoreEdges: [pattern] }))).toEqual([[1, 10, 'global.history → Array → []']]);
    }
  });

  it('holds all alone only if there is no other path', async () => {
    const { clusters } = await why(cache, 'Item');
    expect(clusters[0]!.path.map(({ dominates }) => dominates)).toEqual([false, false]);
    const alone = await why(heap([property('only', 2)], [node('Cache', [property('last', 3)]), node('Item')]), 'Item');
    expect(alone.clusters[0]!.path.map(({ dominates }) => dominates)).toEqual([true, false]);
  });

  it('cannot write to the terminal, whatever its name', async () => {
    const evil = heap([property('\u001b[2J', 2)], [node('\u001b]0;x\u0007', [property('\u202e', 3)]), node('Item')]);
    const lines = holdersLines({ what: 'Item', explanation: await why(evil, 'Item') }, { cwd: '/', width: 200 });
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(lines.join('\n')).toContain("global['\\u{1b}[2J']");
  });
});

it('a table of V8 that is asked for is named by its owner', async () => {
  const table = heap(
    [property('cache', 2)],
    [node('Map', [edge('internal', 'table', 3)]), node('', [edge('internal', '7', 4)], 'array'), node('Item')],
  );
  expect(paths(await why(table, '(array)'))).toEqual([[1, 20, 'global.cache → Map.table']]);
  expect(paths(await why(table, 'Item'))).toEqual([[1, 10, 'global.cache → Map → entry']]);
});

it('tells a key of a Map from a value, also in the same Map, and with compressed pointers', async () => {
  // As V8 lays a table of two buckets out: 3 numbers, 2 buckets, then key, value and chain of each entry.
  for (const slot of [8, 4]) {
    const table = {
      ...node('', [edge('internal', '5', 4), edge('internal', '6', 5), edge('internal', '8', 6), edge('internal', '9', 7)], 'array'),
      size: 2 * slot + (3 + 7 * 2) * slot,
    };
    const map = heap(
      [property('roles', 2)],
      [node('Map', [edge('internal', 'table', 3)]), table, ...['User', 'User', 'Admin', 'User'].map((name) => node(name))],
    );
    expect(paths(await why(map, 'User'))).toEqual([
      [2, 20, 'global.roles → Map → entry'],
      [1, 10, 'global.roles → Map → key'],
    ]);
    expect(paths(await why(map, 'Admin'))).toEqual([[1, 10, 'global.roles → Map → key']]);
  }
});

it('one object is spoken of as one', async () => {
  const explanation = await why(heap([property('a', 2)], [node('Cache', [property('last', 3)]), node('Session')]), 'Session');
  const lines = holdersLines({ what: 'Session', explanation }, { cwd: '/', width: 200 });
  expect(lines[0]).toBe('Session: 1 object of 10 B; without it 10 B would be free');
  expect(lines.at(-1)).toBe('  * alone keeps it alive');
});

describe('what is asked for', () => {
  const picture = heap([property('a', 2)], [node('Session'), node('Unheld')]);

  it('is offered if it is nearly there, and refused if it is gone', async () => {
    await expect(why(picture, 'Sesion')).rejects.toThrow('no Sesion is in the heap; there is Session');
    await expect(why(picture, 'global.x')).rejects.toThrow('; an expression needs a running process');
    await expect(why(picture, '@4711')).rejects.toThrow('no object has the id @4711: it was collected meanwhile');
    await expect(why(picture, 'app.js:3')).rejects.toThrow('nothing that is alive was allocated at app.js:3');
  });

  it('may be the root itself, or have no name', async () => {
    expect((await why(picture, '@1')).clusters.map(({ path }) => pathText(path))).toEqual(['(synthetic)']);
    await expect(why(heap([property('a', 2)], [node('')]), 'Sesion')).rejects.toThrow('no Sesion is in the heap; stats --group-by type');
  });

  it('is offered no name that has little in common with it, as those of a minified program', async () => {
    const minified = heap([property('a', 2)], [node('e'), node('tn'), node('Rt'), node('Ab')]);
    await expect(why(minified, 'Ac')).rejects.toThrow('; there is Ab');
    for (const name of ['x', 'Zq', 'User']) await expect(why(minified, name)).rejects.toThrow(`no ${name} is in the heap; stats`);
  });

  it('may be held by nothing', async () => {
    const explanation = await why(picture, 'Unheld');
    expect(explanation).toMatchObject({ count: 1, unheld: 1, retained: 0, clusters: [] });
    expect(holdersLines({ what: 'Unheld', explanation }, { cwd: '/', width: 200 })).toContain(
      '1 object held by nothing: V8 has not collected them yet',
    );
  });

  it.each([
    ['@12', { kind: 'id', id: 12 }],
    ['Session', { kind: 'type', type: 'Session' }],
    ['(string)', { kind: 'type', type: '(string)' }],
    ['src/app.js:15', { kind: 'place', filename: 'src/app.js', lineno: 15 }],
    ['C:\\app.js:15', { kind: 'place', filename: 'C:\\app.js', lineno: 15 }],
    ['global.cache', { kind: 'expression', expression: 'global.cache' }],
    ["require.cache['/a.js']", { kind: 'expression', expression: "require.cache['/a.js']" }],
  ])('%s is understood', (text, what) => expect(parseWhat(text)).toEqual(what));
});
