import type { ReportData } from '../../call-tree/report-data.js';
import type { Sums } from './sums.js';

/** The call tree of a report, in preorder: the descendants of a node are the nodes from `node + 1` to `end[node]`, exclusive. */
export interface Tree {
  readonly length: number;
  readonly depth: ArrayLike<number>;
  readonly frame: ArrayLike<number>;
  /** -1 for the root. */
  readonly parent: Int32Array;
  readonly end: Uint32Array;
  /** For each node, including its descendants. */
  readonly sums: Sums;
}

export function treeOf({ tree: { depth, frame }, cells }: ReportData, cellSums: Sums): Tree {
  const length = depth.length;
  const parent = new Int32Array(length).fill(-1);
  const end = new Uint32Array(length).fill(length);
  const open: number[] = [];
  for (let node = 0; node < length; node++) {
    while (open.length > depth[node]!) end[open.pop()!] = node;
    parent[node] = open.at(-1) ?? -1;
    open.push(node);
  }
  const sums = cellSums.empty(length);
  for (let cell = 0; cell < cells.node.length; cell++) sums.add(cells.node[cell]!, cellSums, cell);
  for (let node = length - 1; node > 0; node--) sums.add(parent[node]!, sums, node);
  return { length, depth, frame, parent, end, sums };
}

/** The nodes from the root to this node, in that order. */
export function pathTo({ parent }: Pick<Tree, 'parent'>, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at !== -1; at = parent[at]!) path.push(at);
  return path.reverse();
}
