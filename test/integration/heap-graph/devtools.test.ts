import { execFileSync } from 'node:child_process';
import { createReadStream, type ReadStream } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type HeapEdge, HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

/** A snapshot as DevTools has it after loading. Nodes have the same numbers as ours. */
interface DevToolsSnapshot {
  readonly dominatorsTree: Uint32Array;
  readonly retainedSizes: Float64Array;
}

interface Toolkit {
  parse(stream: ReadStream): Promise<DevToolsSnapshot>;
}

const toolkit = join(await providePackages('devtools'), 'node_modules', 'heap-snapshot-toolkit', 'index.js');
const { parse } = (await import(pathToFileURL(toolkit).href)) as Toolkit;

/** DevTools adds the sizes of these to what owns them. */
const SIZE_IS_OWNERS = new Set(['hidden', 'array', 'synthetic']);

/**
 * Two rules of DevTools differ, and we keep to ours (docs/accuracy.md). It counts references from objects that cannot be reached. And what a
 * global object reaches includes, for DevTools, the values of a WeakMap whose keys it does not reach: nothing holds them then.
 */
function treatedOtherwise(graph: HeapGraph, all: readonly number[]): Set<number> {
  const globals = graph.edgesOf(0).filter(({ type }) => type === 'shortcut');
  const reachedBy = (counts: (edge: HeapEdge) => boolean): Set<number> => {
    const found = new Set(globals.map(({ to }) => to));
    for (const node of found) for (const edge of graph.edgesOf(node)) if (counts(edge)) found.add(edge.to);
    return found;
  };
  const ours = reachedBy(({ holds }) => holds);
  const theirs = reachedBy(({ type }) => type !== 'weak');
  const nodes = all.filter((node) => graph.distance(node) === -1 || (theirs.has(node) && !ours.has(node)));
  return new Set(nodes.flatMap((node) => [node, ...graph.edgesOf(node).map(({ to }) => to)]));
}

afterAll(reapTargets);

describe.each(nodeBinaries())('a heap graph of Node $major and DevTools', ({ major, execPath }) => {
  let graph: HeapGraph;
  let devTools: DevToolsSnapshot;
  let nodes: number[];
  let differing: number[];
  let otherwise: Set<number>;

  beforeAll(async () => {
    const file = join(temporaryFolder(), `${major}.heapsnapshot`);
    execFileSync(execPath, [repoPath('fixtures', 'programs', 'heap-snapshot-of-holders.cjs'), file]);
    graph = await HeapGraph.read(file);
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined); // it lists what cannot be reached
    devTools = await parse(createReadStream(file, 'utf-8'));
    warn.mockRestore();
    const all = Array.from({ length: graph.nodeCount }, (_, node) => node);
    nodes = all.filter((node) => graph.distance(node) > 0);
    differing = nodes.filter((node) => graph.dominator(node) !== devTools.dominatorsTree[node]);
    otherwise = treatedOtherwise(graph, all);
  });

  it('agree on which objects dominate which', () => {
    const spread = new Set([...otherwise, ...differing]);
    const unexplained = differing.filter((node) => !otherwise.has(node) && !graph.retainersOf(node).some(({ from }) => spread.has(from)));
    expect(unexplained).toEqual([]);
    expect(differing.length).toBeLessThan(20);
    expect(nodes.length).toBeGreaterThan(30_000);
  });

  it('agree on the retained sizes of all objects', () => {
    const affected = new Set<number>();
    for (const node of differing) for (let at = node; at !== -1; at = graph.dominator(at)) affected.add(at);
    const compared = nodes.filter((node) => !SIZE_IS_OWNERS.has(graph.type(node)) && !affected.has(node));
    expect(compared.filter((node) => graph.retainedSize(node) !== devTools.retainedSizes[node])).toEqual([]);
    expect(compared.length).toBeGreaterThan(20_000);
  });

  function named(name: string): number[] {
    return nodes.filter((node) => graph.type(node) === 'object' && graph.name(node) === name);
  }

  /** The names of the objects on the path, from the global object on. */
  function pathTo(node: number): string {
    return graph
      .pathTo(node)
      .map(({ name, to, type }) => (type === 'property' ? `${name}` : graph.name(to)))
      .join(' ');
  }

  it('knows the values of a WeakMap as held by their keys, and not those whose keys are gone', () => {
    const texts = (name: string): number[] => named(name).filter((node) => graph.edgesOf(node).some(({ name: edge }) => edge === 'text'));
    const values = texts('WeaklyKept');
    expect(values).toHaveLength(100);
    for (const value of values) expect(graph.name(graph.dominator(value))).toBe('Key');
    expect(graph.retainersOf(values[0]!).filter(({ holds }) => holds)).toHaveLength(1);
  });

  it('finds what a closure, a listener, a WeakRef and a registry hold', () => {
    const objects = ['Seen', 'Listened', 'HeldValue', 'Watched'].map(named);
    expect(pathTo(objects[0]![0]!)).toMatch(/ kept closure .*context.* Seen$/i);
    expect(pathTo(objects[1]![0]!)).toMatch(/ kept emitter _events message .* Listened$/);
    expect(pathTo(objects[2]![0]!)).toMatch(/ kept registry .* HeldValue$/);
    expect(pathTo(objects[3]![0]!)).toMatch(/ kept watched$/);
  });
});
