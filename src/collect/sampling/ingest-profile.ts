import { BadProfileError } from '../../errors.js';
import { StringInterner } from '../../model/string-interner.js';
import { type Decoding, decodeBlocks, type NodeColumns, wholeBlocks } from '../block-counts/decode-blocks.js';
import { type SampleColumns, sampleColumns } from '../block-counts/sample-columns.js';
import { type SampledStacks, sampledStacks, UNRESOLVED } from '../stacks/sampled-stacks.js';
import type { ThreadTraces, TraceRows } from '../stacks/trace-collector.js';
import type { ReadingOptions } from '../stacks/trace-source.js';
import { type CallFrame, checkNode, type ProfileNode, type ProfileSample, type SamplingProfile } from '../stacks/v8-profile.js';

export interface IngestOptions extends ReadingOptions {
  /** Mean bytes between samples. */
  readonly interval: number;
  /** The block size of each sample, from `decodeProfile`; default: decoded without a memory. */
  readonly blocks?: Float64Array | null;
}

/**
 * Turns a profile of V8 into traces, in one pass over the tree and one over the samples. V8 may send stacks of any depth, so it does not
 * recurse.
 *
 * @returns bytes of the added traces
 */
export function ingestProfile(profile: SamplingProfile, traces: ThreadTraces, options: IngestOptions): number {
  const samples = sampleColumns(profile.samples);
  const stacks = sampledStacks(profile.head, samples.nodeNumbers, { ...options, traces });
  checkStrays(profile.samples, samples, stacks.tracebacks);
  const { blocks = decodeProfile(profile, { interval: options.interval }, samples) } = options;
  const rows = rowsOf(samples, stacks, { interval: options.interval, blocks });
  traces.append(rows);
  return rows.size.reduce((sum, size) => sum + size, 0);
}

/**
 * The block size of each sample, in bytes, 0 if no size explains it; null if every block has its own sample. Updates the memory.
 *
 * @param columns those of the samples, if they are known
 */
export function decodeProfile({ head, samples: all }: SamplingProfile, decoding: Decoding, columns?: SampleColumns): Float64Array | null {
  if (decoding.interval <= 1) return null;
  const samples = columns ?? sampleColumns(all);
  return decodeBlocks(samples, sampledNodes(head, samples), decoding);
}

/**
 * Replaces the samples by traces, without those that are left out. Overwrites `samples`: no row is read after it was written.
 *
 * @param blocks the block size of each sample; null if every block has its own sample
 */
function rowsOf(
  samples: SampleColumns,
  { tracebacks, labels }: SampledStacks,
  { interval, blocks }: { interval: number; blocks: Float64Array | null },
): TraceRows {
  const products = Float64Array.from(samples.sizes.keys());
  const rows = {
    traceback: samples.node,
    size: new Float64Array(samples.length),
    count: samples.size,
    birth: samples.ordinal,
    label: labels && new Uint16Array(samples.length),
  };
  let length = 0;
  for (let i = 0; i < samples.length; i++) {
    const node = samples.node[i]!;
    const traceback = tracebacks[node]!;
    if (traceback < 0) continue;
    if (labels) rows.label![length] = labels[node]!;
    const product = products[samples.size[i]!]!;
    const ordinal = samples.ordinal[i]!;
    const block = blocks?.[i] ?? 0;
    const count = wholeBlocks(block, interval, ordinal);
    rows.traceback[length] = traceback;
    rows.size[length] = (block || product) * count;
    rows.count[length] = count;
    rows.birth[length] = ordinal;
    length++;
  }
  const whole = { length, domain: null, type: null };
  if (length === samples.length) return { ...whole, ...rows };
  const { traceback, size, count, birth, label } = rows;
  return {
    ...whole,
    traceback: traceback.slice(0, length),
    size: size.slice(0, length),
    count: count.slice(0, length),
    birth: birth.slice(0, length),
    label: label?.slice(0, length) ?? null,
  };
}

/**
 * V8 writes the tree first and then the samples, and allocates meanwhile to look up the lines of scripts. Those samples are the youngest,
 * belong to nothing in the program, and may name nodes that are not in the tree yet.
 */
function checkStrays(samples: readonly ProfileSample[], { length, node, ordinal }: SampleColumns, tracebacks: Int32Array): void {
  if (!tracebacks.includes(UNRESOLVED)) return;
  const isStray = (at: number): boolean => tracebacks[node[at]!] === UNRESOLVED;
  let youngest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) if (!isStray(i)) youngest = Math.max(youngest, ordinal[i]!);
  const damaged = samples.find((sample, i) => isStray(i) && sample.ordinal <= youngest);
  if (damaged) throw new BadProfileError(`the profile is damaged: a sample names node ${damaged.nodeId}, which is not in its tree`);
}

/** What decoding needs of every node that a sample names, by its number. */
function sampledNodes(head: ProfileNode, { nodeNumbers }: SampleColumns): NodeColumns {
  const selfSize = new Float64Array(nodeNumbers.size).fill(Number.NaN);
  const site = new Uint32Array(nodeNumbers.size);
  const sites = new StringInterner();
  /** `scripted`: the innermost frame of a script. */
  const pending: { readonly node: ProfileNode; readonly scripted: CallFrame | null }[] = [{ node: head, scripted: null }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node } = next;
    checkNode(node);
    const scripted = node.callFrame.scriptId === '0' ? next.scripted : node.callFrame;
    const number = nodeNumbers.get(node.id);
    if (number !== undefined) {
      selfSize[number] = node.selfSize;
      site[number] = sites.intern(siteName(node.callFrame, scripted));
    }
    for (const child of node.children) pending.push({ node: child, scripted });
  }
  return { selfSize, site };
}

/** A builtin is a site of its own within its caller: it allocates other sizes than the caller, and than it does in other callers. */
function siteName({ functionName }: CallFrame, scripted: CallFrame | null): string {
  return `${scripted?.scriptId}:${scripted?.lineNumber}:${scripted?.columnNumber}:${functionName}`;
}
