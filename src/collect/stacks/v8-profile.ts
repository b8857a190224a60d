import { BadProfileError } from '../../errors.js';

/** The answer to HeapProfiler.getSamplingProfile and stopSampling, and the content of a `.heapprofile` file. Positions are 0-based. */
export interface SamplingProfile {
  readonly head: ProfileNode;
  readonly samples: readonly ProfileSample[];
}

export interface ProfileNode {
  readonly callFrame: CallFrame;
  /** Bytes of the node itself, as V8 adds them up. */
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly ProfileNode[];
}

export interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface ProfileSample {
  /** The size of a block times the number of blocks that the sample stands for. */
  readonly size: number;
  readonly nodeId: number;
  /** Grows with the time of allocation. */
  readonly ordinal: number;
}

/** Checks everything that a node needs before its fields are used. Far cheaper than a schema with a million nodes. */
export function checkNode(node: ProfileNode): void {
  const frame = node?.callFrame;
  if (
    typeof frame?.functionName !== 'string' ||
    typeof frame.url !== 'string' ||
    typeof frame.scriptId !== 'string' ||
    !isPosition(frame.lineNumber) ||
    !isPosition(frame.columnNumber) ||
    !Number.isSafeInteger(node.id) ||
    !(node.selfSize >= 0) ||
    !Array.isArray(node.children)
  ) {
    throw new BadProfileError(`the profile is damaged: a node is not one that V8 writes: ${excerpt(node)}`);
  }
}

/**
 * Does not recurse, because V8 may write a tree of any depth. Something that is not a node is passed to `checkNode`, which reports it.
 * @param visit also receives the depth, which is 0 for the head
 */
export function forEachNode(head: ProfileNode, visit: (node: ProfileNode, depth: number) => void): void {
  const pending: ProfileNode[] = [head];
  const depths = [0];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const depth = depths.pop()!;
    visit(node, depth);
    if (!Array.isArray(node.children)) continue;
    for (const child of node.children) {
      if (typeof child !== 'object' || child === null) continue;
      pending.push(child);
      depths.push(depth + 1);
    }
  }
}

export function checkSample(sample: ProfileSample): void {
  if (!Number.isSafeInteger(sample?.size) || sample.size < 0 || !Number.isSafeInteger(sample.nodeId) || !Number.isFinite(sample.ordinal)) {
    throw new BadProfileError(`the profile is damaged: a sample is not one that V8 writes: ${excerpt(sample)}`);
  }
}

/**
 * -1 means "no position". Lower values are positions before the file's first character: `vm.Script` accepts negative offsets, with which
 * loaders (such as vite's) hide the code that they put around a module. The upper bound leaves room for the step to 1-based in 32 bits.
 */
function isPosition(value: number): boolean {
  return Number.isInteger(value) && value >= -0x8000_0000 && value < 0xffff_fffe;
}

function excerpt(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 120);
}

/** The content of a file. Some files have no samples. Nodes and samples are checked when they are used. */
export interface FileContent {
  readonly head: ProfileNode;
  readonly samples?: unknown;
}

/** Whether JSON looks like a profile. */
export function isSamplingProfile(value: unknown): value is FileContent {
  if (typeof value !== 'object' || value === null || !('head' in value)) return false;
  const { head } = value;
  return typeof head === 'object' && head !== null && 'callFrame' in head;
}
