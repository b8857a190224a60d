import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listed, readInChunks } from '../../../helpers/heap-snapshots.js';
import { type SnapshotPicture, sectionsOf, snapshotText, V8_ORDERS } from '../../../helpers/snapshot-text.js';

const PICTURE: SnapshotPicture = {
  nodes: [
    { kind: 'synthetic', name: '(GC roots)', id: 1, size: 0, to: [1, 2, 3, 4] },
    { kind: 'object', name: 'Order', id: 5, size: 40, trace: 3, to: [2] },
    { kind: 'sliced string', name: 'caf\u00e9 "\\" \ud83d\ude00', id: 7, size: 24, trace: 2 },
    { kind: 'object', name: 'ArrayBuffer', id: 4294967295, size: 96, trace: 3, to: [5] },
    { kind: 'closure', name: 'old', id: 3, size: 64 },
    { kind: 'native', name: 'system / JSArrayBufferData', id: 8, size: 5_000_000_000 },
  ],
  functions: ['(root)', 'main', 'make\u4e2d'],
  tree: [{ id: 1, function: 0, children: [{ id: 2, function: 1, children: [{ id: 3, function: 2 }] }] }],
};

const MAIN = ['main@/main.js#1:11:21', '(root)@/(root).js#0:10:20'];
const MAKE = ['make\u4e2d@/make\u4e2d.js#2:12:22', ...MAIN];
const EXPECTED = [
  { id: 5, type: 'Order', size: 40, domain: 0, stack: MAKE },
  { id: 7, type: '(string)', size: 24, domain: 0, stack: MAIN },
  { id: 4294967295, type: 'ArrayBuffer', size: 96, domain: 0, stack: MAKE },
  { id: 4294967295, type: 'system / JSArrayBufferData', size: 5_000_000_000, domain: 1, stack: MAKE },
];

describe('HeapSnapshotReader', () => {
  it('keeps objects that were allocated during the tracking, and counts the rest', () => {
    const objects = readInChunks(snapshotText(PICTURE));
    expect(listed(objects)).toEqual(EXPECTED);
    expect(objects.untracedBytes).toEqual([64, 0, 0]);
    expect(objects.extraNativeBytes).toBeNull();
    expect(objects.functions[2]).toEqual({ functionId: 102, name: 'make中', scriptName: '/make中.js', scriptId: 2, line: 12, column: 22 });
  });

  it('reads the same values from chunks, wherever these are cut', () => {
    const escaped = snapshotText(PICTURE).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    for (const text of [snapshotText(PICTURE), escaped, JSON.stringify(sectionsOf(PICTURE), null, ' \t')]) {
      expect(listed(readInChunks(text, Array(text.length).fill(1)))).toEqual(EXPECTED);
      fc.assert(
        fc.property(fc.array(fc.nat(60)), (cuts) => {
          expect(listed(readInChunks(text, cuts))).toEqual(EXPECTED);
        }),
      );
    }
  });

  it('reads fields in any order, and skips unknown ones', () => {
    const shuffled = (fields: readonly string[]) => fc.shuffledSubarray([...fields, 'later', 'latest'], { minLength: fields.length + 2 });
    fc.assert(
      fc.property(
        fc.record({
          node: shuffled(V8_ORDERS.node),
          edge: shuffled(V8_ORDERS.edge),
          functionInfo: shuffled(V8_ORDERS.functionInfo),
          traceNode: shuffled(V8_ORDERS.traceNode),
        }),
        (orders) => {
          expect(listed(readInChunks(snapshotText(PICTURE, orders)))).toEqual(EXPECTED);
        },
      ),
    );
  });

  it('skips unknown sections, also before the header', () => {
    const text = `{"later":{"a":[1,{"b":"\\"]}"}]},"latest":null,${snapshotText(PICTURE).slice(1)}`;
    expect(listed(readInChunks(text))).toEqual(EXPECTED);
  });

  it('reads sections in any order after the header, and skips unknown ones', () => {
    const [header, ...rest] = V8_ORDERS.sections;
    fc.assert(
      fc.property(fc.shuffledSubarray([...rest, 'later', 'lat"est'], { minLength: rest.length + 2 }), (sections) => {
        expect(listed(readInChunks(snapshotText(PICTURE, { sections: [header, ...sections] })))).toEqual(EXPECTED);
      }),
    );
  });

  it('is empty if nothing was tracked', () => {
    const objects = readInChunks(snapshotText({ nodes: [{ kind: 'object', name: 'Order', id: 1, size: 40 }] }));
    expect(objects).toMatchObject({ length: 0, untracedBytes: [40, 0, 0] });
  });

  it('gives the bytes that V8 assigns to no node', () => {
    const sections = sectionsOf(PICTURE);
    Object.assign(sections.snapshot as object, { extra_native_bytes: 24 });
    expect(readInChunks(JSON.stringify(sections)).extraNativeBytes).toBe(24);
  });

  it('keeps pages of many objects in order', () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) => ({ kind: 'object', name: `Class${i % 7}`, id: i + 1, size: i, trace: 1 }));
    const objects = readInChunks(snapshotText({ nodes, functions: ['f'], tree: [{ id: 1, function: 0 }] }), Array(500).fill(4099));
    expect(objects.length).toBe(nodes.length);
    expect(
      nodes.every(({ id, name }, i) => objects.id[i] === id && objects.size[i] === i && objects.types[objects.type[i]!] === name),
    ).toBe(true);
  });

  it('a function before the first character of its file has no place, however V8 writes that', () => {
    const sections = sectionsOf(PICTURE) as { trace_function_infos: number[] };
    const infos = sections.trace_function_infos;
    const width = V8_ORDERS.functionInfo.length;
    const [line, column] = [V8_ORDERS.functionInfo.indexOf('line'), V8_ORDERS.functionInfo.indexOf('column')];
    infos[line] = -20;
    infos[column] = -3;
    infos[width + column] = 2 ** 32 - 20;
    const text = JSON.stringify(sections);
    const places = (cuts: readonly number[]) => readInChunks(text, cuts).functions.map((known) => [known.line, known.column]);
    const expected = [[0, 0], [11, 0], [12, 22]]; // biome-ignore format: a table
    expect(places([])).toEqual(expected);
    expect(places(Array(text.length).fill(1))).toEqual(expected);
  });

  it('skips functions that appeared while V8 wrote', () => {
    const tree = [{ id: 1, function: 0, children: [{ id: 2, function: 1 }] }];
    const nodes = [{ kind: 'object', name: 'Order', id: 1, size: 40, trace: 1 }];
    expect(listed(readInChunks(snapshotText({ nodes, functions: ['f'], tree })))).toMatchObject([{ id: 1, stack: ['f@/f.js#0:10:20'] }]);
  });
});
