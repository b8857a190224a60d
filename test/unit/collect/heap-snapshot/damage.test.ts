import { describe, expect, it } from '@jest/globals';
import { ObjectSections } from '../../../../src/collect/heap-snapshot/object-sections.js';
import { HeapSnapshotReader } from '../../../../src/collect/heap-snapshot/reader.js';
import { BadProfileError } from '../../../../src/errors.js';
import { readInChunks } from '../../../helpers/heap-snapshots.js';
import { type SnapshotPicture, sectionsOf, snapshotText } from '../../../helpers/snapshot-text.js';

const PICTURE: SnapshotPicture = {
  nodes: [
    { kind: 'object', name: 'ArrayBuffer', id: 3, size: 96, trace: 2, to: [1] },
    { kind: 'native', name: 'system / JSArrayBufferData', id: 4, size: 1000 },
  ],
  functions: ['(root)', 'main'],
  tree: [{ id: 1, function: 0, children: [{ id: 2, function: 1 }] }],
};

// biome-ignore lint/suspicious/noExplicitAny: a damaged value no longer has its type
type Damage = (sections: any) => void;

function failureOf(text: string): Error {
  try {
    readInChunks(text);
  } catch (error) {
    return error as Error;
  }
  return new Error('it was read');
}

describe('a file that is no snapshot', () => {
  it.each([
    ['', 'the heap snapshot is empty'],
    [' \n', 'the heap snapshot is empty'],
    ['<!DOCTYPE html><html></html>', 'this is not a heap snapshot: it begins with "<"'],
    ['[1,2]', 'this is not a heap snapshot: it begins with "["'],
    ['{}', 'this is not a heap snapshot: it has no "snapshot"'],
    ['{"head":{"children":[]},"samples":[]}', 'this is not a heap snapshot: it has no "snapshot"'],
    ['{nodes', 'the heap snapshot is damaged: "n" stands at its ""'],
    ['{"snapshot":{"meta":{]', 'the heap snapshot is damaged: "]" closes what is not open'],
    ['{"snapshot":{"meta":{,}}}', 'the heap snapshot is damaged: "snapshot" is not JSON'],
    ['{"snapshot":12}', 'the heap snapshot is damaged: "snapshot" is not an object'],
    ['{"snapshot":,', 'the heap snapshot is damaged: a value is missing'],
    ['{"snapshot":{}}', 'the heap snapshot is damaged: "snapshot.meta" is not an object'],
    ['{"nodes":[]', 'the heap snapshot is damaged: "nodes" comes before "snapshot", which says how to read it'],
    [`{"${'k'.repeat(2_000_000)}`, 'the heap snapshot is damaged: a key of it takes more than 1048576 characters'],
    [`{"snapshot":${'['.repeat(2000)}`, 'the heap snapshot is damaged: its brackets do not match'],
  ])('%#', (text, message) => {
    expect(failureOf(text)).toEqual(new BadProfileError(message));
  });
});

describe('a snapshot that contradicts itself', () => {
  it.each<[Damage, string]>([
    [({ snapshot }) => (snapshot.node_count = 1e300), 'its "node_count" is 1e+300'],
    [({ snapshot }) => (snapshot.node_count = -1), 'its "node_count" is -1'],
    [({ snapshot }) => (snapshot.edge_count = 1.5), 'its "edge_count" is 1.5'],
    [({ snapshot }) => (snapshot.edge_count = '2'), 'its "edge_count" is "2"'],
    [({ snapshot }) => (snapshot.node_count = 2 ** 50), 'it says that it has 1125899906842624 nodes and has 2'],
    [({ snapshot }) => (snapshot.edge_count = 2), 'it says that it has 2 edges and has 1'],
    [({ snapshot }) => snapshot.meta.node_fields.splice(5, 1), 'its "node_fields" have no "trace_node_id"'],
    [({ snapshot }) => (snapshot.meta.node_fields = 7), 'its "node_fields" are not a list of names'],
    [({ snapshot }) => (snapshot.meta.edge_types = []), 'its "edge_types" are not a list of names'],
    [({ nodes }) => nodes.push(0), '"nodes" ends in the middle of a row'],
    [({ nodes }) => (nodes[0] = 99), 'node 0 is of type 99, of 10'],
    [({ nodes }) => (nodes[7] = -1), '"-" stands in "nodes" where only unsigned integers can stand'],
    [({ nodes }) => (nodes[3] = 0.5), '"." stands in "nodes" where only unsigned integers can stand'],
    [({ nodes }) => (nodes[3] = 1e300), '"e" stands in "nodes" where only unsigned integers can stand'],
    [({ nodes }) => (nodes[3] = null), '"n" stands in "nodes" where only unsigned integers can stand'],
    [({ nodes }) => (nodes[3] = [1]), '"[" stands in "nodes" where only unsigned integers can stand'],
    [({ nodes }) => (nodes[3] = 2 ** 60), 'node 0 has a size above 2^53'],
    [({ nodes }) => (nodes[2] = 2 ** 32), 'node 0 holds a number above 2^32'],
    [({ nodes }) => (nodes[1] = 1000), 'a node has the name 1000, of 7 strings'],
    [({ nodes }) => (nodes[4] = 2), 'its nodes have 1 more edges than there are'],
    [({ nodes }) => (nodes[4] = 0), 'there are more edges than its nodes have'],
    [({ nodes }) => (nodes[5] = 3), 'an object was allocated at 3, a stack that does not exist'],
    [({ edges }) => (edges[2] = 14), 'an edge of node 0 leads nowhere (14)'],
    [({ edges }) => (edges[2] = 8), 'an edge of node 0 leads nowhere (8)'],
    [({ edges }) => (edges[0] = 7), 'an edge of node 0 is of type 7, of 7'],
    [(sections) => (sections.edges = {}), '"{" stands in "edges" where only unsigned integers can stand'],
    [(sections) => (sections.edges = 12), '"," stands in "edges" where only unsigned integers can stand'],
    [({ trace_tree: tree }) => (tree[0] = 2), 'its trace tree has the node 2 twice'],
    [({ trace_tree: tree }) => (tree[0] = 0), 'its trace tree has the node 0 twice'],
    [({ trace_tree: tree }) => (tree[0] = 4_000_000_000), 'its trace tree has 2 nodes, one of them with the number 4000000000'],
    [({ trace_tree: tree }) => (tree[1] = 2), 'an object was allocated at 2, a stack that does not exist'],
    [({ trace_tree: tree }) => (tree[4] = 5), 'a node of its trace tree is not one that V8 writes'],
    [({ trace_tree: tree }) => (tree[1] = []), '"[" stands in its trace tree'],
    [({ trace_tree: tree }) => (tree[1] = -1), '"-" stands in its trace tree'],
    [({ trace_tree: tree }) => tree.pop(), 'a node of its trace tree has too few fields'],
    [({ trace_function_infos: infos }) => (infos[1] = 99), 'it has no string 99, only 7'],
    [({ trace_function_infos: infos }) => (infos[4] = 2 ** 33), 'function 0 holds a number above 2^32'],
    [({ trace_function_infos: infos }) => (infos[4] = []), '"[" stands in "trace_function_infos" where only integers can stand'],
    [({ nodes }) => (nodes[3] = -1), '"-" stands in "nodes" where only unsigned integers can stand'],
    [({ strings }) => strings.pop(), 'it has no string 6, only 6'],
    [(sections) => (sections.strings = ['a', 1]), '"1" stands between its strings'],
    [(sections) => delete sections.nodes, 'it has no "nodes"'],
    [(sections) => delete sections.edges, 'it has no "edges"'],
    [(sections) => delete sections.trace_tree, 'it has no "trace_tree"'],
    [(sections) => delete sections.trace_function_infos, 'it has no "trace_function_infos"'],
    [(sections) => delete sections.strings, 'it has no "strings"'],
  ])('%#: %s', (damage, message) => {
    const sections = structuredClone(sectionsOf(PICTURE));
    damage(sections);
    expect(failureOf(JSON.stringify(sections))).toEqual(new BadProfileError(`the heap snapshot is damaged: ${message}`));
  });

  it.each([
    ['"nodes":[', '"nodes":[,'],
    ['"nodes":[3', '"nodes":[3 3'],
    ['"trace_function_infos":[', '"trace_function_infos":[--'],
    ['"trace_function_infos":[', '"trace_function_infos":[-,'],
    ['"edges":[3', '"edges":3'],
    ['"edges":[3', '"edges":[3,'],
    ['"edges":[', '"nodes":['],
    ['"strings":[', '"strings":[,'],
    ['"main"', '"\\main"'],
    ['"trace_tree":[', '"trace_tree":['.repeat(2)],
    ['"trace_tree":[', '"trace_tree":[,'],
    ['"trace_tree":[1', '"trace_tree":[1 1'],
    ['"locations":[', '"locations":[}'],
    ['"locations":', '"locations"'],
    [',"locations"', ',,"locations"'],
    ['"main"', '"main\\'],
  ])('%s as %s', (found, damaged) => {
    expect(failureOf(snapshotText(PICTURE).replace(found, damaged))).toBeInstanceOf(BadProfileError);
  });

  it('a snapshot that is followed by another one', () => {
    const text = snapshotText(PICTURE);
    expect(failureOf(`${text} \n`).message).toBe('it was read');
    expect(failureOf(text + text).message).toBe('the heap snapshot is damaged: it goes on after its end with "{"');
  });
});

describe('a snapshot that is cut off', () => {
  it('is refused wherever it is cut', () => {
    const text = snapshotText(PICTURE);
    for (let length = 0; length < text.length; length++) {
      const failure = failureOf(text.slice(0, length));
      expect(failure).toBeInstanceOf(BadProfileError);
      expect(failure.message).toMatch(/empty|it ends in the middle/);
    }
    expect(failureOf(text.slice(0, -20)).message).toBe('the heap snapshot is damaged: it ends in the middle of "strings"');
  });

  it('stays refused', () => {
    const reader = new HeapSnapshotReader(new ObjectSections());
    expect(() => reader.write('{"snapshot":{')).not.toThrow();
    expect(() => reader.end()).toThrow(BadProfileError);
    expect(() => reader.write('}')).toThrow('it ends in the middle of "snapshot"');
    expect(() => reader.end()).toThrow('it ends in the middle of "snapshot"');
  });
});
