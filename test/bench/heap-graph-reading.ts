import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HeapGraph } from '../../src/heap-graph/heap-graph.js';
import { peakRss } from './measure.js';

/** From a file to the retained sizes of all objects, once, in a process of its own. */
export interface GraphReading {
  readonly ms: number;
  /** Of all threads, because V8 collects and compiles on other threads. */
  readonly processorMs: number;
  /** Of the whole process. */
  readonly peakBytes: number;
  readonly nodes: number;
  readonly edges: number;
  /** Of the root; 0 if the tool does not tell. */
  readonly retainedBytes: number;
}

type Found = Pick<GraphReading, 'nodes' | 'edges' | 'retainedBytes'>;

interface Memlab {
  getFullHeapFromFile(file: string): Promise<{
    readonly nodes: { readonly length: number; get(index: number): { readonly retainedSize: number } };
    readonly edges: { readonly length: number };
  }>;
}

interface Rust {
  decode_bytes(bytes: Uint8Array): { get_class_groups(start: number, end: number, withoutRetained: boolean): unknown[] };
}

const [tool, file, packages] = process.argv.slice(2);
if (tool && file && packages) await measure(toolOf(tool, createRequire(packages)), file);

async function measure(read: (file: string) => Promise<Found>, path: string): Promise<void> {
  const processor = process.cpuUsage();
  const began = performance.now();
  const found = await read(path);
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(processor);
  console.log(JSON.stringify({ ms, processorMs: (user + system) / 1000, peakBytes: peakRss(), ...found } satisfies GraphReading));
}

function toolOf(name: string, load: NodeJS.Require): (file: string) => Promise<Found> {
  if (name === 'ours') return ours;
  if (name === 'memlab') return (path) => memlab(load('@memlab/heap-analysis') as Memlab, path);
  return (path) => rust(load('@vscode/v8-heap-parser') as Rust, path);
}

async function ours(path: string): Promise<Found> {
  const graph = await HeapGraph.read(path);
  return { nodes: graph.nodeCount, edges: graph.edgeCount, retainedBytes: graph.retainedSize(0) };
}

async function memlab({ getFullHeapFromFile }: Memlab, path: string): Promise<Found> {
  const { nodes, edges } = await getFullHeapFromFile(path);
  return { nodes: nodes.length, edges: edges.length, retainedBytes: nodes.get(0).retainedSize };
}

/** The first call with `false` works the retained sizes out. */
async function rust({ decode_bytes: decode }: Rust, path: string): Promise<Found> {
  decode(readFileSync(path)).get_class_groups(0, 1, false);
  return { nodes: 0, edges: 0, retainedBytes: 0 };
}
