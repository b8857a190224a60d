import type { FrameNames } from './frames.js';
import type { Tree } from './page-tree.js';

export interface Matches {
  readonly text: string;
  /** By frame: whether it matches. */
  readonly frames: Uint8Array;
  /** By node: whether it or one of its callers matches. */
  readonly stacks: Uint8Array;
  /** By node: whether it matches itself. */
  readonly nodes: Uint8Array;
}

/** @returns null if the text is empty */
export function search(tree: Tree, names: FrameNames, text: string): Matches | null {
  if (text.trim() === '') return null;
  const frames = names.matching(text.trim());
  const nodes = new Uint8Array(tree.length);
  const stacks = new Uint8Array(tree.length);
  for (let node = 1; node < tree.length; node++) {
    nodes[node] = frames[tree.frame[node]!] ?? 0;
    stacks[node] = nodes[node]! | stacks[tree.parent[node]!]!;
  }
  return { text: text.trim(), frames, stacks, nodes };
}

/** Whether any node from `node` to `end`, exclusive, matches itself. */
export function isFound({ nodes }: Pick<Matches, 'nodes'>, { node, end }: { readonly node: number; readonly end: number }): boolean {
  return nodes.subarray(node, end).includes(1);
}

/** The bytes below `within` that were allocated in a matching frame or in anything that it called, each counted once. */
export function matchedWeight(tree: Tree, weight: Float64Array, { nodes }: Matches, within: number): number {
  let sum = 0;
  for (let node = within; node < tree.end[within]!; ) {
    if (nodes[node] === 1) {
      sum += weight[node]!;
      node = tree.end[node]!;
    } else node++;
  }
  return sum;
}
