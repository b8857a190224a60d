import { BadProfileError } from '../errors.js';
import type { StackTableBuilder } from '../model/stack-table.js';
import { recoverCounts } from './block-counts.js';
import { normalFilename, OWN_SCHEME } from './filenames.js';
import { type CallFrame, checkNode, checkSample, type ProfileNode, type ProfileSample, type SamplingProfile } from './sampling-profile.js';
import type { TraceCollector } from './trace-collector.js';

export interface IngestOptions {
  /** Most recent frames to keep of each stack. */
  readonly tracebackLimit: number;
  /** Mean bytes between samples. */
  readonly interval: number;
  /** Names of scripts by id, for those that V8 has collected. */
  readonly scriptUrls?: ReadonlyMap<string, string>;
  /** Tells our own code where it shares a process with the program. Stacks that pass through it are left out. */
  readonly isOwn?: (filename: string) => boolean;
}

/** What a node contributes to a stack besides a location id: nothing, or that the whole subtree is ours. */
const FOLDED = -1;
const OWN = -2;
/** Stands for the traceback of a sampled node until the tree is walked. */
const UNRESOLVED = -3;

/**
 * Turns a profile of V8's into traces: one pass over the tree without recursion (a stack may be as deep as V8 sends it), one over the
 * samples. This is the only place where 0-based positions become 1-based.
 *
 * Builtins stand in no script; their bytes go to the caller, as those of C functions do in Python. V8's pseudo-nodes stay by name.
 */
export function ingestProfile(profile: SamplingProfile, collector: TraceCollector, options: IngestOptions): void {
  const counts = recoverCounts(productsOf(profile.samples), options.interval);
  const tracebacks = sampledTracebacks(profile, collector.stacks, options);
  collector.reserve(profile.samples.length);
  const strays: ProfileSample[] = [];
  let lastOrdinal = Number.NEGATIVE_INFINITY;
  for (const sample of profile.samples) {
    const traceback = tracebacks.get(sample.nodeId)!;
    if (traceback === UNRESOLVED) {
      strays.push(sample);
      continue;
    }
    lastOrdinal = Math.max(lastOrdinal, sample.ordinal);
    if (traceback !== OWN) collector.add({ traceback, size: sample.size, count: counts.get(sample.size)!, birth: sample.ordinal });
  }
  checkStrays(strays, lastOrdinal);
}

/**
 * V8 writes the tree first and the samples after it, and allocates while it does (it looks up the lines of scripts): the samples of that
 * are the youngest, stand for nothing of the program's, and may name nodes that the tree does not have yet.
 */
function checkStrays(strays: readonly ProfileSample[], lastOrdinal: number): void {
  const damaged = strays.find(({ ordinal }) => ordinal < lastOrdinal);
  if (damaged) throw new BadProfileError(`the profile is damaged: a sample names node ${damaged.nodeId}, which is not in its tree`);
}

function productsOf(samples: SamplingProfile['samples']): Map<number, number> {
  const products = new Map<number, number>();
  for (const sample of samples) {
    checkSample(sample);
    products.set(sample.size, (products.get(sample.size) ?? 0) + 1);
  }
  return products;
}

/** The traceback id of every node that a sample names; OWN for those of our own code. */
function sampledTracebacks({ head, samples }: SamplingProfile, stacks: StackTableBuilder, options: IngestOptions): Map<number, number> {
  const tracebacks = new Map<number, number>();
  for (const { nodeId } of samples) tracebacks.set(nodeId, UNRESOLVED);
  const locations = new LocationFinder(stacks, options);
  const path: number[] = [];
  const pending: { node: ProfileNode; depth: number; own: boolean }[] = [{ node: head, depth: 0, own: false }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node } = next;
    let { depth, own } = next;
    checkNode(node);
    const location = own ? OWN : locations.find(node.callFrame);
    if (location >= 0) path[depth++] = location;
    else if (location === OWN) own = true;
    const state = tracebacks.get(node.id);
    if (state !== undefined) {
      if (state !== UNRESOLVED) throw new BadProfileError(`the profile is damaged: two nodes have the id ${node.id}`);
      if (depth === 0 && !own) tracebacks.set(node.id, stacks.traceback([locations.root], 0, 1, 1));
      else tracebacks.set(node.id, own ? OWN : stacks.traceback(path, Math.max(0, depth - options.tracebackLimit), depth, depth));
    }
    for (const child of node.children) pending.push({ node: child, depth, own });
  }
  return tracebacks;
}

/** Finds the location id of a call frame. */
class LocationFinder {
  readonly #stacks: StackTableBuilder;
  readonly #options: IngestOptions;
  readonly #filenames = new Map<string, { name: string; own: boolean }>();

  constructor(stacks: StackTableBuilder, options: IngestOptions) {
    this.#stacks = stacks;
    this.#options = options;
  }

  /** Where bytes go that no frame of a script and no pseudo-node claims. */
  get root(): number {
    return this.#location({ name: '<root>', lineno: 0, column: 0, functionName: '' });
  }

  find(frame: CallFrame): number {
    return frame.scriptId === '0' && frame.url === '' ? this.#outsideScripts(frame) : this.#inScript(frame);
  }

  /** `(GC)` becomes `<GC>`; the root of the tree is no frame of any stack; a builtin is folded. */
  #outsideScripts({ functionName }: CallFrame): number {
    const pseudo = /^\((.+)\)$/.exec(functionName)?.[1];
    return pseudo === undefined || pseudo === 'root'
      ? FOLDED
      : this.#location({ name: `<${pseudo}>`, lineno: 0, column: 0, functionName: '' });
  }

  #inScript(frame: CallFrame): number {
    const { name, own } = this.#filename(frame);
    if (own) return OWN;
    return this.#location({ name, lineno: frame.lineNumber + 1, column: frame.columnNumber + 1, functionName: frame.functionName });
  }

  #filename(frame: CallFrame): { name: string; own: boolean } {
    // V8 forgets name and position of a script that it has collected, though objects that it allocated live on.
    const isCollected = frame.url === '' && frame.lineNumber < 0;
    const url = isCollected ? (this.#options.scriptUrls?.get(frame.scriptId) ?? '<collected script>') : frame.url;
    let known = this.#filenames.get(url);
    if (known === undefined) {
      const name = normalFilename(url);
      known = { name, own: url.startsWith(OWN_SCHEME) || (this.#options.isOwn?.(name) ?? false) };
      this.#filenames.set(url, known);
    }
    return known;
  }

  #location({ name, lineno, column, functionName }: { name: string; lineno: number; column: number; functionName: string }): number {
    const file = this.#stacks.filename(name);
    return this.#stacks.location({ file, lineno, column, name: this.#stacks.functionName(functionName), isLine: false });
  }
}
