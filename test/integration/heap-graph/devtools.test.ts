import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HeapEdge, HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { type Comparison, compareWithDevTools } from '../../helpers/devtools-snapshots.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

/**
 * Two rules of DevTools differ, and we keep to ours (docs/accuracy.md). It counts references from objects that cannot be reached. And what a
 * global object reaches includes, for DevTools, the values of a WeakMap whose keys it does not reach: nothing holds them then.
 */
function treatedOtherwise(graph: HeapGraph): Set<number> {
  const all = Array.from({ length: graph.nodeCount }, (_, node) => node);
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
  let compared: Comparison;

  beforeAll(async () => {
    const file = join(temporaryFolder(), `${major}.heapsnapshot`);
    execFileSync(execPath, [repoPath('fixtures', 'programs', 'heap-snapshot-of-holders.cjs'), file]);
    graph = await HeapGraph.read(file);
    compared = await compareWithDevTools(graph, file);
  });

  it('agree on which objects dominate which', () => {
    const { nodes, differing } = compared;
    const otherwise = treatedOtherwise(graph);
    const spread = new Set([...otherwise, ...differing]);
    const unexplained = differing.filter((node) => !otherwise.has(node) && !graph.retainersOf(node).some(({ from }) => spread.has(from)));
    expect(unexplained).toEqual([]);
    expect(differing.length).toBeLessThan(20);
    expect(nodes.length).toBeGreaterThan(30_000);
  });

  it('agree on the retained sizes of all objects', () => {
    expect(compared.otherSize).toEqual([]);
    expect(compared.sized.length).toBeGreaterThan(20_000);
  });

  function named(name: string): number[] {
    return compared.nodes.filter((node) => graph.type(node) === 'object' && graph.name(node) === name);
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
