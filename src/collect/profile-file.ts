import { readFileSync, statSync } from 'node:fs';
import { BadProfileError } from '../errors.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { ingestProfile } from './ingest.js';
import { isSamplingProfile, type ProfileNode, type ProfileSample, type SamplingProfile } from './sampling-profile.js';
import { TraceCollector } from './trace-collector.js';

/** A JSON text above this does not fit into one string. */
const MAX_FILE_BYTES = 500_000_000;
const ALL_FRAMES = 65535;

/**
 * The snapshot in a `.heapprofile` of Chrome, `node --heap-prof` or ours. Such a file does not tell its interval, so every sample counts
 * as one block.
 * @throws BadProfileError that names the file
 */
export function snapshotOfProfile(path: string): Snapshot {
  const profile = readProfile(path);
  const collector = new TraceCollector();
  collector.threads.push('main');
  try {
    ingestProfile(profile, collector, { tracebackLimit: ALL_FRAMES, interval: 1 });
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
  const bytes = statSync(path).size;
  if (bytes > MAX_FILE_BYTES)
    throw new BadProfileError(`${path} is too large to read as JSON (${bytes} bytes); record it with a larger interval`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new BadProfileError(`${path} is damaged: it starts as JSON and is none`, { cause: error });
  }
  if (!isSamplingProfile(content)) throw new BadProfileError(`${path} is JSON, but not a heap profile; a .heapprofile has a "head"`);
  return { head: content.head, samples: content.samples ?? samplesOfNodes(content.head) };
}

/** Profiles without samples give each node's own bytes: one sample a node. */
function samplesOfNodes(head: ProfileNode): ProfileSample[] {
  const samples: ProfileSample[] = [];
  const pending = [head];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.selfSize > 0) samples.push({ size: node.selfSize, nodeId: node.id, ordinal: samples.length });
    if (!Array.isArray(node.children)) continue; // named when the tree is walked
    for (const child of node.children) pending.push(child);
  }
  return samples;
}
