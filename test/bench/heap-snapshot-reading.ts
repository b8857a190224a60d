import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { ObjectSections } from '../../src/collect/heap-snapshot/object-sections.js';
import { HeapSnapshotReader } from '../../src/collect/heap-snapshot/reader.js';
import { peakRss } from './measure.js';

/** One reading of a file, in a process of its own. */
export interface Reading {
  readonly ms: number;
  /** Of all threads, because V8 collects and compiles on other threads. */
  readonly processorMs: number;
  /** The highest memory of the process, less what it had before. */
  readonly peakBytes: number;
  readonly objects: number;
}

/** In bytes, as V8's own chunks before Node 24. */
const CHUNK = 102_400;

type Read = (file: string) => Promise<number>;

interface Memlab {
  readonly utils: { getSnapshotFromFile(file: string, options: object): Promise<{ readonly nodes: { readonly length: number } }> };
}

const [reader, file, warmUp] = process.argv.slice(2);
if (reader && file) await measure(await readerOf(reader), file, warmUp);

async function measure(read: Read, file: string, warmUp: string | undefined): Promise<void> {
  if (warmUp) for (let i = 0; i < 3; i++) await read(warmUp);
  const base = process.memoryUsage.rss();
  const processor = process.cpuUsage();
  const began = performance.now();
  const objects = await read(file);
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(processor);
  const reading: Reading = { ms, processorMs: (user + system) / 1000, peakBytes: peakRss() - base, objects };
  console.log(JSON.stringify(reading));
}

async function readerOf(name: string): Promise<Read> {
  if (name === 'ours') return ours;
  if (name === 'JSON.parse') return async (file) => (JSON.parse(readFileSync(file, 'latin1')) as { nodes: number[] }).nodes.length;
  const { utils } = ((await import(name)) as { default: Memlab }).default;
  return async (file) => (await utils.getSnapshotFromFile(file, {})).nodes.length;
}

async function ours(file: string): Promise<number> {
  const reader = new HeapSnapshotReader(new ObjectSections());
  const bytes = Buffer.alloc(CHUNK);
  const input = openSync(file, 'r');
  for (let length = -1; length !== 0; ) {
    length = readSync(input, bytes, 0, CHUNK, null);
    reader.write(bytes.toString('latin1', 0, length));
  }
  closeSync(input);
  return reader.end().length;
}
