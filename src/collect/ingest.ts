import { BadProfileError } from '../errors.js';
import type { StackTableBuilder } from '../model/stack-table.js';
import { recoverCounts } from './block-counts.js';
import { type CallStack, type CallStackOptions, CallStacks, OWN } from './call-stack.js';
import { type SampleColumns, sampleColumns } from './sample-columns.js';
import { checkNode, type ProfileNode, type ProfileSample, type SamplingProfile } from './sampling-profile.js';
import type { TraceCollector, TraceRows } from './trace-collector.js';

export interface IngestOptions extends CallStackOptions {
  /** Most recent frames to keep of each stack. */
  readonly tracebackLimit: number;
  /** Mean bytes between samples. */
  readonly interval: number;
}

/** Stands for a traceback id: our own code's, and not known before the tree is walked. */
const LEFT_OUT = -2;
const UNRESOLVED = -3;

/**
 * Turns a profile of V8's into traces: one pass over the tree without recursion (a stack may be as deep as V8 sends it), one over the
 * samples.
 *
 * @returns bytes of the traces that were added
 */
export function ingestProfile(profile: SamplingProfile, collector: TraceCollector, options: IngestOptions): number {
  const samples = sampleColumns(profile.samples);
  const tracebacks = sampledTracebacks(profile.head, samples, { ...options, table: collector.stacks });
  checkStrays(profile.samples, samples, tracebacks);
  const rows = rowsOf(samples, tracebacks, options.interval);
  collector.append(rows);
  return rows.size.reduce((sum, size) => sum + size, 0);
}

/** The traces in place of the samples, without those that are left out. Writes over `samples`: no row of it is read after it was written. */
function rowsOf(samples: SampleColumns, tracebacks: Int32Array, interval: number): TraceRows {
  const recovered = recoverCounts(samples.sizes, interval);
  const sizes = Float64Array.from(samples.sizes.keys());
  const counts = Uint32Array.from(sizes, (size) => recovered.get(size)!);
  const rows = { traceback: samples.node, size: new Float64Array(samples.length), count: samples.size, birth: samples.ordinal };
  let length = 0;
  for (let i = 0; i < samples.length; i++) {
    const traceback = tracebacks[samples.node[i]!]!;
    if (traceback < 0) continue;
    const size = samples.size[i]!;
    rows.traceback[length] = traceback;
    rows.size[length] = sizes[size]!;
    rows.count[length] = counts[size]!;
    rows.birth[length] = samples.ordinal[i]!;
    length++;
  }
  if (length === samples.length) return { length, ...rows };
  const { traceback, size, count, birth } = rows;
  return {
    length,
    traceback: traceback.slice(0, length),
    size: size.slice(0, length),
    count: count.slice(0, length),
    birth: birth.slice(0, length),
  };
}

/**
 * V8 writes the tree first and the samples after it, and allocates while it does (it looks up the lines of scripts): the samples of that
 * are the youngest, stand for nothing of the program's, and may name nodes that the tree does not have yet.
 */
function checkStrays(samples: readonly ProfileSample[], { length, node, ordinal }: SampleColumns, tracebacks: Int32Array): void {
  if (!tracebacks.includes(UNRESOLVED)) return;
  const isStray = (at: number): boolean => tracebacks[node[at]!] === UNRESOLVED;
  let youngest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) if (!isStray(i)) youngest = Math.max(youngest, ordinal[i]!);
  const damaged = samples.find((sample, i) => isStray(i) && sample.ordinal < youngest);
  if (damaged) throw new BadProfileError(`the profile is damaged: a sample names node ${damaged.nodeId}, which is not in its tree`);
}

/** The traceback id of every node that a sample names, by its number; LEFT_OUT for those of our own code. */
function sampledTracebacks(
  head: ProfileNode,
  { nodeNumbers }: SampleColumns,
  options: IngestOptions & { readonly table: StackTableBuilder },
): Int32Array {
  const tracebacks = new Int32Array(nodeNumbers.size).fill(UNRESOLVED);
  const stacks = new CallStacks(options.table, options);
  const pending: { node: ProfileNode; caller: CallStack | null | typeof OWN }[] = [{ node: head, caller: null }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, caller } = next;
    checkNode(node);
    const stack = caller === OWN ? OWN : stacks.push(caller, node.callFrame);
    const number = nodeNumbers.get(node.id);
    if (number !== undefined) {
      if (tracebacks[number] !== UNRESOLVED) throw new BadProfileError(`the profile is damaged: two nodes have the id ${node.id}`);
      tracebacks[number] = stack === OWN ? LEFT_OUT : stacks.traceback(stack, options.tracebackLimit);
    }
    for (const child of node.children) pending.push({ node: child, caller: stack });
  }
  return tracebacks;
}
