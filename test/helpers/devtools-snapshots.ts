import { createReadStream, type ReadStream } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jest } from '@jest/globals';
import type { HeapGraph } from '../../src/heap-graph/heap-graph.js';
import { providePackages } from './provide.js';

/** A snapshot as DevTools has it after loading. Nodes have the same numbers as ours. */
interface DevToolsSnapshot {
  readonly dominatorsTree: Uint32Array;
  readonly retainedSizes: Float64Array;
}

interface Toolkit {
  parse(stream: ReadStream): Promise<DevToolsSnapshot>;
}

/** DevTools adds the sizes of such nodes to what owns them. */
function sizeIsOwners(graph: HeapGraph, node: number): boolean {
  const type = graph.type(node);
  return type === 'hidden' || type === 'array' || (type === 'native' && graph.name(node) === 'system / ExternalStringData');
}

export interface Comparison {
  /** Objects that both compare, and those of them whose dominator differs. */
  readonly nodes: readonly number[];
  readonly differing: readonly number[];
  /** Objects whose retained size was compared, and those of them for which it differs. */
  readonly sized: readonly number[];
  readonly otherSize: readonly number[];
}

/** Compares a graph with DevTools' own code. What differs in size only because dominators differ is not compared. */
export async function compareWithDevTools(graph: HeapGraph, file: string): Promise<Comparison> {
  const toolkit = join(await providePackages('devtools'), 'node_modules', 'heap-snapshot-toolkit', 'index.js');
  const { parse } = (await import(pathToFileURL(toolkit).href)) as Toolkit;
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined); // it lists what cannot be reached
  const { dominatorsTree, retainedSizes } = await parse(createReadStream(file, 'utf-8'));
  warn.mockRestore();
  const nodes = Array.from({ length: graph.nodeCount }, (_, node) => node).filter((node) => graph.distance(node) > 0);
  const differing = nodes.filter((node) => graph.dominator(node) !== dominatorsTree[node]);
  const affected = new Set<number>();
  for (const node of differing) for (let at = node; at !== -1; at = graph.dominator(at)) affected.add(at);
  const sized = nodes.filter((node) => !sizeIsOwners(graph, node) && !affected.has(node));
  return { nodes, differing, sized, otherSize: sized.filter((node) => graph.retainedSize(node) !== retainedSizes[node]) };
}
