import { isUtf8 } from 'node:buffer';
import { getHeapStatistics } from 'node:v8';
import { ingestProfile } from '../collect/sampling/ingest-profile.js';
import { TraceCollector } from '../collect/stacks/trace-collector.js';
import {
  type FileContent,
  forEachNode,
  isSamplingProfile,
  type ProfileNode,
  type ProfileSample,
  type SamplingProfile,
} from '../collect/stacks/v8-profile.js';
import { BadProfileError } from '../errors.js';
import { messageOf } from '../protocol/error-text.js';
import type { InputFile } from '../snapshot/file/input-file.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { formatSize } from '../text/size-format.js';
import { takeSourcePositions } from './heapprofile-vscode.js';

/** A larger JSON text does not fit into one string. */
const MAX_FILE_BYTES = 500_000_000;
/** Files of 450 to 490 MB took 2.1 bytes of heap a byte if most of it was samples, 2.4 if most was nodes, and 3.7 without samples. */
const HEAP_PER_BYTE = 3.7;
const MOST_FRAMES = 1024;
const FRAMES_OF_V8 = 128;
/**
 * The tracebacks of a snapshot are flat lists, so a chain in which every node has samples takes memory and time by the square of its depth.
 * This is the limit for frames beyond those that V8 records. It costs a second or two.
 */
const MOST_DEEPER_FRAMES = 2 ** 22;

/**
 * Reads a `.heapprofile` of Chrome, of `node --heap-prof` or of our own. Such a file does not record its interval, so every sample counts
 * as one block.
 * @throws BadProfileError that names the file
 */
export function snapshotOfProfile(file: InputFile): Snapshot {
  const { path } = file;
  const content = readJson(file);
  if (!isSamplingProfile(content)) throw new BadProfileError(`${path} is JSON, but not a heap profile; a .heapprofile has a "head"`);
  const collector = new TraceCollector();
  const traces = collector.thread('main');
  let tracebackLimit = MOST_FRAMES;
  try {
    const profile = profileOf(content);
    tracebackLimit = framesToKeep(profile.head);
    const bytes = ingestProfile(profile, traces, { tracebackLimit, interval: 1 });
    if (bytes === 0) checkResolved(profile);
  } catch (error) {
    throw new BadProfileError(`${path} cannot be used: ${messageOf(error)}`, { cause: error });
  }
  return new Snapshot({
    table: collector.stacks.build(),
    columns: collector.columns(),
    threads: collector.threads,
    types: [],
    labels: [],
    tracebackLimit,
    capture: {
      mode: 'sampling',
      interval: null,
      time: file.modified.toISOString(),
      target: { pid: null, title: path, nodeVersion: null },
      heap: null,
      precision: 'function',
    },
  });
}

function profileOf(content: FileContent): SamplingProfile {
  const { head, samples } = content;
  if (samples !== undefined && !Array.isArray(samples)) throw new BadProfileError('the profile is damaged: its "samples" are not a list');
  takeSourcePositions(content);
  return samples && samples.length > 0 ? { head, samples } : profileOfNodes(head);
}

function framesToKeep(head: ProfileNode): number {
  let deeper = 0;
  forEachNode(head, (_, depth) => {
    deeper += Math.max(0, Math.min(depth, MOST_FRAMES) - FRAMES_OF_V8);
  });
  return deeper > MOST_DEEPER_FRAMES ? FRAMES_OF_V8 : MOST_FRAMES;
}

/** Fails if all samples were taken while the profile was written. Otherwise the snapshot would be empty without a word. */
function checkResolved({ head, samples }: SamplingProfile): void {
  const ids = new Set<number>();
  forEachNode(head, ({ id }) => ids.add(id));
  if (samples.length > 0 && !samples.some(({ nodeId }) => ids.has(nodeId)))
    throw new BadProfileError('the profile is damaged: none of its samples names a node of its tree');
}

function readJson({ path, size, bytes: read }: InputFile): unknown {
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
  const bytes = read();
  if (!isUtf8(bytes)) throw new BadProfileError(`${path} is damaged: it is not valid UTF-8`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)); // drops the byte order mark
  } catch (error) {
    throw new BadProfileError(`${path} is damaged: it starts like JSON but is not valid JSON`, { cause: error });
  }
}

/** In a profile without samples, each node's own bytes become one sample. The oldest profiles have no ids either, so nodes are numbered. */
function profileOfNodes(head: ProfileNode): SamplingProfile {
  const samples: ProfileSample[] = [];
  let id = 0;
  forEachNode(head, (node) => {
    Object.assign(node, { id: ++id });
    if (node.selfSize !== 0) samples.push({ size: node.selfSize, nodeId: id, ordinal: id });
  });
  return { head, samples };
}
