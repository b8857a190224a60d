import { BadProfileError } from '../../errors.js';
import type { StackTableBuilder } from '../../model/stack-table.js';
import { StringInterner } from '../../model/string-interner.js';
import { type BlockMemory, decodeBlocks, type NodeColumns, wholeBlocks } from '../block-counts/decode-blocks.js';
import { type SampleColumns, sampleColumns } from '../block-counts/sample-columns.js';
import { type CallStack, CallStacks, OWN } from '../stacks/call-stack.js';
import type { ThreadTraces, TraceRows } from '../stacks/trace-collector.js';
import type { ReadingOptions } from '../stacks/trace-source.js';
import { type CallFrame, checkNode, type ProfileNode, type ProfileSample, type SamplingProfile } from '../stacks/v8-profile.js';

export interface IngestOptions extends ReadingOptions {
  /** Mean bytes between samples. */
  readonly interval: number;
  readonly memory?: BlockMemory;
}

/** Two values that replace a traceback id: one for our own code, one as long as the tree has not been walked. */
const LEFT_OUT = -2;
const UNRESOLVED = -3;

/**
 * Turns a profile of V8 into traces, in one pass over the tree and one over the samples. It does not recurse, because V8 may send stacks of
 * any depth.
 *
 * @returns bytes of the added traces
 */
export function ingestProfile(profile: SamplingProfile, traces: ThreadTraces, options: IngestOptions): number {
  const samples = sampleColumns(profile.samples);
  const { tracebacks, ...nodes } = sampledNodes(profile.head, samples, { ...options, table: traces.stacks });
  checkStrays(profile.samples, samples, tracebacks);
  const blocks = options.interval <= 1 ? null : decodeBlocks(samples, nodes, options);
  const rows = rowsOf(samples, tracebacks, { interval: options.interval, blocks });
  traces.append(rows);
  return rows.size.reduce((sum, size) => sum + size, 0);
}

/**
 * Replaces the samples by traces, without those that are left out. Overwrites `samples`: no row is read after it was written.
 *
 * @param blocks the block size of each sample; null if every block has its own sample
 */
function rowsOf(
  samples: SampleColumns,
  tracebacks: Int32Array,
  { interval, blocks }: { interval: number; blocks: Float64Array | null },
): TraceRows {
  const products = Float64Array.from(samples.sizes.keys());
  const rows = { traceback: samples.node, size: new Float64Array(samples.length), count: samples.size, birth: samples.ordinal };
  let length = 0;
  for (let i = 0; i < samples.length; i++) {
    const traceback = tracebacks[samples.node[i]!]!;
    if (traceback < 0) continue;
    const product = products[samples.size[i]!]!;
    const ordinal = samples.ordinal[i]!;
    const block = blocks?.[i] ?? 0; // 0 means one block, of the product's size
    const count = block === 0 ? 1 : wholeBlocks(block, interval, ordinal);
    rows.traceback[length] = traceback;
    rows.size[length] = block === 0 ? product : block * count;
    rows.count[length] = count;
    rows.birth[length] = ordinal;
    length++;
  }
  const whole = { length, domain: null, type: null };
  if (length === samples.length) return { ...whole, ...rows };
  const { traceback, size, count, birth } = rows;
  return {
    ...whole,
    traceback: traceback.slice(0, length),
    size: size.slice(0, length),
    count: count.slice(0, length),
    birth: birth.slice(0, length),
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

/** A node of the tree with its context: the stack above it, and the innermost frame with a script. */
interface Pending {
  readonly node: ProfileNode;
  readonly caller: CallStack | null | typeof OWN;
  readonly scripted: CallFrame | null;
}

/** For each node that a sample names, by number: what decoding needs, and the traceback id, or LEFT_OUT for our own code. */
function sampledNodes(
  head: ProfileNode,
  { nodeNumbers }: SampleColumns,
  options: IngestOptions & { readonly table: StackTableBuilder },
): NodeColumns & { readonly tracebacks: Int32Array } {
  const tracebacks = new Int32Array(nodeNumbers.size).fill(UNRESOLVED);
  const selfSize = new Float64Array(nodeNumbers.size).fill(Number.NaN);
  const site = new Uint32Array(nodeNumbers.size);
  const sites = new StringInterner();
  const stacks = new CallStacks(options.table, options);
  const pending: Pending[] = [{ node: head, caller: null, scripted: null }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, caller } = next;
    checkNode(node);
    const stack = caller === OWN ? OWN : stacks.push(caller, node.callFrame);
    const scripted = node.callFrame.scriptId === '0' ? next.scripted : node.callFrame;
    const number = nodeNumbers.get(node.id);
    if (number !== undefined) {
      if (tracebacks[number] !== UNRESOLVED) throw new BadProfileError(`the profile is damaged: two nodes have the id ${node.id}`);
      tracebacks[number] = stack === OWN ? LEFT_OUT : stacks.traceback(stack, options.tracebackLimit);
      selfSize[number] = node.selfSize;
      site[number] = sites.intern(siteName(node.callFrame, scripted));
    }
    for (const child of node.children) pending.push({ node: child, caller: stack, scripted });
  }
  return { tracebacks, selfSize, site };
}

/** A builtin is a site of its own within its caller: it allocates other sizes than the caller, and than it does in other callers. */
function siteName({ functionName }: CallFrame, scripted: CallFrame | null): string {
  return `${scripted?.scriptId}:${scripted?.lineNumber}:${scripted?.columnNumber}:${functionName}`;
}
