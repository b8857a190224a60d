import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { BadProfileError } from '../errors.js';
import { formatSize } from '../snapshot/size-format.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { ingestProfile } from './ingest.js';
import { forEachNode, isSamplingProfile, type ProfileNode, type ProfileSample, type SamplingProfile } from './sampling-profile.js';
import { TraceCollector } from './trace-collector.js';
import { takeSourcePositions } from './vscode-positions.js';

/** A JSON text above this does not fit into one string. */
const MAX_FILE_BYTES = 500_000_000;
/** Files of 450 to 490 MB were read with 2.1 bytes of heap for each byte where samples prevail, 2.4 where nodes do, 3.7 without samples. */
const HEAP_PER_BYTE = 3.7;
const ALL_FRAMES = 65535;

/**
 * The snapshot in a `.heapprofile` of Chrome, `node --heap-prof` or ours. Such a file does not tell its interval, so every sample counts
 * as one block.
 * @throws BadProfileError that names the file
 */
export function snapshotOfProfile(path: string): Snapshot {
  const profile = readProfile(path);
  const collector = new TraceCollector();
  const traces = collector.thread('main');
  try {
    ingestProfile(profile, traces, { tracebackLimit: ALL_FRAMES, interval: 1 });
  } catch (error) {
    throw error instanceof BadProfileError ? new BadProfileError(`${path} cannot be used: ${error.message}`, { cause: error }) : error;
  }
  return new Snapshot({
    table: collector.stacks.build(),
    columns: collector.columns(),
    threads: collector.threads,
    types: [],
    tracebackLimit: ALL_FRAMES,
    capture: {
      mode: 'sampling',
      interval: null,
      time: statSync(path).mtime.toISOString(),
      target: { pid: null, title: path, nodeVersion: null },
      heap: null,
      precision: 'function',
    },
  });
}

function readProfile(path: string): SamplingProfile {
  const content = readJson(path);
  if (!isSamplingProfile(content)) throw new BadProfileError(`${path} is JSON, but not a heap profile; a .heapprofile has a "head"`);
  takeSourcePositions(content);
  return content.samples ? { head: content.head, samples: content.samples } : profileOfNodes(content.head);
}

function readJson(path: string): unknown {
  const { size } = statSync(path);
  if (size > MAX_FILE_BYTES)
    throw new BadProfileError(
      `${path} is too large to read: it has ${formatSize(size)}, and JSON above ${formatSize(MAX_FILE_BYTES)} does not fit into one string; record it with a larger interval`,
    );
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  const needed = size * HEAP_PER_BYTE + used;
  if (needed > limit)
    throw new BadProfileError(
      `${path} is too large for the heap of this process: its ${formatSize(size)} of JSON need ${formatSize(needed)}; set NODE_OPTIONS=--max-old-space-size=${Math.ceil(needed / 2 ** 20)}`,
    );
  const bytes = readFileSync(path);
  if (!isUtf8(bytes)) throw new BadProfileError(`${path} is damaged: it is not valid UTF-8`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)); // without its byte order mark
  } catch (error) {
    throw new BadProfileError(`${path} is damaged: it starts as JSON and is none`, { cause: error });
  }
}

/** Profiles without samples give each node's own bytes: one sample a node. The oldest have no ids either, so that nodes are numbered anew. */
function profileOfNodes(head: ProfileNode): SamplingProfile {
  const samples: ProfileSample[] = [];
  let id = 0;
  forEachNode(head, (node) => {
    Object.assign(node, { id: ++id });
    if (node.selfSize !== 0) samples.push({ size: node.selfSize, nodeId: id, ordinal: id });
  });
  return { head, samples };
}
