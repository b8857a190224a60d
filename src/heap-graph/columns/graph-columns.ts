import type { HeapFunction } from '../../collect/heap-snapshot/function-table.js';
import type { TraceTree } from '../../collect/heap-snapshot/trace-tree.js';
import type { StringStore } from './string-store.js';

/** Set in the type of an edge that holds nothing. */
export const HOLDS_NOTHING = 0x80;
export const TYPE_BITS = 0x7f;
/** The root of everything that is alive is V8's first node. */
export const ROOT = 0;

/** One row for each object, in V8's order. */
export interface NodeColumns {
  readonly length: number;
  readonly types: readonly string[];
  /** Index in `types`. */
  readonly type: Uint8Array;
  /** Index of the string. */
  readonly name: Uint32Array;
  readonly id: Uint32Array;
  readonly selfSize: SizeColumn;
  /** null if no object has one. */
  readonly traceNode: Uint32Array | null;
  readonly detachedness: Uint8Array | null;
  /** The edges of node i are those from `firstEdge[i]` to before `firstEdge[i + 1]`. */
  readonly firstEdge: Uint32Array;
}

/** One row for each reference, in the order of the nodes that they come from. */
export interface EdgeColumns {
  readonly length: number;
  readonly types: readonly string[];
  /** Index in `types`, and the bit `HOLDS_NOTHING`. */
  readonly type: Uint8Array;
  /** The index itself for the types `element` and `hidden`, else the index of the string. */
  readonly nameOrIndex: Uint32Array;
  /** The node. */
  readonly to: Uint32Array;
}

/** Whether edges of this type have an index instead of a name. */
export function hasIndex(edgeType: string): boolean {
  return edgeType === 'element' || edgeType === 'hidden';
}

/** Sizes in bytes. Nearly all fit into 32 bits, and only those take memory. */
export interface SizeColumn {
  readonly small: Uint32Array;
  /** By node; `small` has 0 for it. */
  readonly large: ReadonlyMap<number, number>;
}

/** Where functions and the constructors of objects stand in their scripts, in V8's order. */
export interface LocationColumns {
  readonly node: Uint32Array;
  readonly scriptId: Uint32Array;
  /** 0-based, as V8 has them. */
  readonly line: Uint32Array;
  readonly column: Uint32Array;
}

/** The stacks at which objects were allocated; `NodeColumns.traceNode` leads to a node of the tree. */
export interface HeapTraces {
  readonly tree: TraceTree;
  readonly functions: readonly HeapFunction[];
}

export interface GraphColumns {
  readonly nodes: NodeColumns;
  readonly edges: EdgeColumns;
  readonly strings: StringStore;
  readonly locations: LocationColumns | null;
  readonly traces: HeapTraces | null;
  readonly extraNativeBytes: number | null;
  /** What is wrong with the text, if these are the columns of its undamaged beginning. */
  readonly damage: string | null;
}

/** The node from which the edge comes. */
export function sourceOf({ firstEdge, length }: NodeColumns, edge: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (firstEdge[middle]! <= edge) low = middle;
    else high = middle - 1;
  }
  return low;
}
