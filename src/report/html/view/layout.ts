import type { Tree } from './page-tree.js';
import type { Sums } from './sums.js';

/** In pixels. Narrower frames are drawn as one box together with their narrow neighbours. */
const NARROWEST = 1;

/** What the width of a frame shows. The last two are for differences. */
export type Measure = 'size' | 'old size' | 'change';

export interface Widths {
  /** The weight of each node with its descendants. */
  readonly weight: Float64Array;
  /** The offset of each node from the start of the root, in the same unit. */
  readonly start: Float64Array;
}

/** The part of the whole that is as wide as the picture. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Box {
  /** The node, or the first of several nodes that share the box. */
  readonly node: number;
  /** The number of siblings that share the box; 1 if it shows a single node. */
  nodes: number;
  /** The end, exclusive, of the nodes in the box. A box narrower than a pixel includes the callees of its nodes. */
  end: number;
  readonly depth: number;
  /** In pixels, clipped to the picture. */
  readonly left: number;
  right: number;
}

/** A change counts as the absolute change of each stack. Otherwise growth and shrinkage below a frame would cancel out. */
export function widthsOf(tree: Tree, measure: Measure, own: { readonly node: readonly number[]; readonly change: Float64Array }): Widths {
  const weight = measure === 'size' ? tree.sums.size : measure === 'old size' ? tree.sums.oldSize : new Float64Array(tree.length);
  if (measure === 'change') {
    for (const [cell, node] of own.node.entries()) weight[node]! += Math.abs(own.change[cell]!);
    for (let node = tree.length - 1; node > 0; node--) weight[tree.parent[node]!]! += weight[node]!;
  }
  const start = new Float64Array(tree.length);
  const next = new Float64Array(tree.length); // for each node, the start of its next child
  for (let node = 1; node < tree.length; node++) {
    const parent = tree.parent[node]!;
    start[node] = next[parent]!;
    next[parent]! += weight[node]!;
    next[node] = start[node]!;
  }
  return { weight, start };
}

export function spanOf({ weight, start }: Widths, node: number): Span {
  return { from: start[node]!, to: start[node]! + weight[node]! };
}

/**
 * The boxes to draw, callers before callees, in one pass over the tree. Nodes outside of the span are skipped. Siblings narrower than a
 * pixel share a box, and their callees are not drawn.
 */
export function boxesOf(tree: Tree, { weight, start }: Widths, { from, to }: Span, width: number): Box[] {
  const boxes: Box[] = [];
  const scale = width / (to - from);
  let small: (Box & { readonly parent: number }) | undefined;
  for (let node = 0; node < tree.length; ) {
    const [begin, size] = [start[node]!, weight[node]!];
    if (size <= 0 || begin >= to || begin + size <= from) {
      node = tree.end[node]!;
      continue;
    }
    const left = Math.max(0, (begin - from) * scale);
    const right = Math.min(width, (begin + size - from) * scale);
    const depth = tree.depth[node]!;
    if (size * scale >= NARROWEST) {
      boxes.push({ node, nodes: 1, end: node + 1, depth, left, right });
      node++;
      continue;
    }
    const parent = tree.parent[node]!;
    if (small?.parent === parent && small.right >= left - NARROWEST) {
      small.right = right;
      small.nodes++;
      small.end = tree.end[node]!;
    } else {
      small = { node, nodes: 1, end: tree.end[node]!, depth, left, right, parent };
      boxes.push(small);
    }
    node = tree.end[node]!;
  }
  return boxes;
}

/** The sums of the siblings in a box. */
export function sumsOf(tree: Tree, { weight }: Widths, { node, end }: Pick<Box, 'node' | 'end'>): Sums {
  const sums = tree.sums.empty(1);
  for (let sibling = node; sibling < end; sibling = tree.end[sibling]!) if (weight[sibling]! > 0) sums.add(0, tree.sums, sibling);
  return sums;
}

/** The children of a node that have a width, from left to right. */
export function visibleChildren(tree: Tree, { weight }: Widths, node: number): number[] {
  const children: number[] = [];
  for (let child = node + 1; child < tree.end[node]!; child = tree.end[child]!) if (weight[child]! > 0) children.push(child);
  return children;
}
