import type { Tree } from './page-tree.js';
import type { Sums } from './sums.js';

/** A frame narrower than that is drawn together with its small neighbours, in pixels. */
const NARROWEST = 1;

/** What a width stands for; the last two are for differences. */
export type Measure = 'size' | 'old size' | 'change';

export interface Widths {
  /** Of each node with its descendants. */
  readonly weight: Float64Array;
  /** Where it begins, in the same unit, from the root's begin. */
  readonly start: Float64Array;
}

/** The part of the whole that fills the width of the picture. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Box {
  /** The node, or the first of several that are drawn as one. */
  readonly node: number;
  /** How many siblings are drawn as one; 1 for a node of its own. */
  nodes: number;
  /** Where the nodes that it stands for end, exclusive: of what is below a pixel the callees are among them. */
  end: number;
  readonly depth: number;
  /** Pixels, clipped to the picture. */
  readonly left: number;
  right: number;
}

/** A change is that of each stack, whatever its direction: else growth and loss below one frame would hide each other. */
export function widthsOf(tree: Tree, measure: Measure, own: { readonly node: readonly number[]; readonly change: Float64Array }): Widths {
  const weight = measure === 'size' ? tree.sums.size : measure === 'old size' ? tree.sums.oldSize : new Float64Array(tree.length);
  if (measure === 'change') {
    for (const [cell, node] of own.node.entries()) weight[node]! += Math.abs(own.change[cell]!);
    for (let node = tree.length - 1; node > 0; node--) weight[tree.parent[node]!]! += weight[node]!;
  }
  const start = new Float64Array(tree.length);
  const next = new Float64Array(tree.length); // where the next child of each node begins
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
 * What to draw, callers before callees. One pass over the tree that leaves out what is outside of the span or below a pixel: siblings
 * that are narrower stand as one box, without their callees.
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

/** Sums of the siblings that a box stands for. */
export function sumsOf(tree: Tree, { weight }: Widths, { node, end }: Pick<Box, 'node' | 'end'>): Sums {
  const sums = tree.sums.empty(1);
  for (let sibling = node; sibling < end; sibling = tree.end[sibling]!) if (weight[sibling]! > 0) sums.add(0, tree.sums, sibling);
  return sums;
}

/** Those of a node's children that have a width, from left to right. */
export function visibleChildren(tree: Tree, { weight }: Widths, node: number): number[] {
  const children: number[] = [];
  for (let child = node + 1; child < tree.end[node]!; child = tree.end[child]!) if (weight[child]! > 0) children.push(child);
  return children;
}
