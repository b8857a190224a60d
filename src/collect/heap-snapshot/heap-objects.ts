import { damaged } from './damage.js';
import type { EdgeWalk } from './edge-walk.js';
import type { FunctionTable, HeapFunction } from './function-table.js';
import type { NodeTable } from './node-table.js';
import type { Header } from './snapshot-header.js';
import type { StringTable } from './string-table.js';
import { checkStacks, type TraceTree, type TraceTreeSection } from './trace-tree.js';

/** Domains other than the heap, which is 0. */
const BACKING_STORE = 1;
const OFF_HEAP = 2;

/**
 * The objects of a heap snapshot that were allocated while allocations were tracked, and the memory outside of the heap that belongs to
 * them, as columns of equal length. Objects come first, in the order of the heap.
 */
export interface HeapObjects {
  readonly length: number;
  /**
   * V8's SnapshotObjectId, an unsigned 32-bit number. It stays the same as long as the object lives, and grows in the order of allocation.
   * Memory outside of the heap has the id of its owner, or 0 without one.
   */
  readonly id: Uint32Array;
  /** Bytes of the object itself. */
  readonly size: Float64Array;
  /** The node of the trace tree that allocated it; never 0. Memory outside of the heap has the node of its owner. */
  readonly traceNode: Uint32Array;
  /** Index in `types`. */
  readonly type: Uint32Array;
  /**
   * The constructor's name; for native memory the name that V8 or Node gives it; for other nodes their kind in parentheses, such as
   * `(string)`, `(closure)` or `(array)`.
   */
  readonly types: readonly string[];
  /** 0: the heap. 1: the backing store of an ArrayBuffer. 2: other memory outside of the heap. */
  readonly domain: Uint8Array;
  readonly traceTree: TraceTree;
  readonly functions: readonly HeapFunction[];
  /** Bytes without a trace, for each domain. */
  readonly untracedBytes: readonly [heap: number, backingStores: number, offHeap: number];
  /** Bytes that V8 attributes to no node; null if V8 does not report them (before Node 24). */
  readonly extraNativeBytes: number | null;
}

export interface HeapTables {
  readonly header: Header;
  readonly nodes: NodeTable;
  readonly edges: EdgeWalk;
  readonly functions: FunctionTable;
  readonly tree: TraceTreeSection;
  readonly strings: StringTable;
}

/** Consumes the tables: their columns are converted in place, to save memory. */
export function buildHeapObjects(tables: HeapTables): HeapObjects {
  const { header, nodes, functions, tree, strings } = tables;
  if (nodes.highestName >= strings.length) throw damaged(`a node has the name ${nodes.highestName}, of ${strings.length} strings`);
  const text = (string: number): string => strings.text(string);
  const traceTree = tree.build(functions.length);
  const inHeap = nodes.traced.node.length;
  const { domains, owners, untracedBytes } = appendOffHeap(tables, text);
  const { types, final } = nodes.types.build(text);

  const type = translated(nodes.traced.type.values(), final);
  const traceNode = nodes.traced.trace.values();
  checkStacks(traceTree, traceNode);
  const id = translated(nodes.traced.node.values(), nodes.id.values());
  id.set(owners, inHeap);
  const domain = new Uint8Array(id.length);
  domain.set(domains, inHeap);
  return {
    length: id.length,
    id,
    size: nodes.traced.size.values(),
    traceNode,
    type,
    types,
    domain,
    traceTree,
    functions: functions.build(text),
    untracedBytes,
    extraNativeBytes: header.extraNativeBytes,
  };
}

/** Changes the column in place. */
function translated(column: Uint32Array, table: Uint32Array): Uint32Array {
  for (let i = 0; i < column.length; i++) column[i] = table[column[i]!]!;
  return column;
}

/** Appends the memory outside of the heap to the objects. */
function appendOffHeap({ nodes, edges }: HeapTables, text: (string: number) => string): OffHeap {
  const { traced, offHeap, types } = nodes;
  const untracedBytes: [number, number, number] = [nodes.untracedBytes, 0, 0];
  const domainOf = new Map<number, 1 | 2>();
  const domains: number[] = [];
  const owners: number[] = [];
  const origins = edges.owners.origins();
  origins.trace.forEach((trace, place) => {
    const string = offHeap.name.at(place);
    const size = offHeap.size.at(place);
    const domain = domainOf.get(string) ?? (text(string) === 'system / JSArrayBufferData' ? BACKING_STORE : OFF_HEAP);
    domainOf.set(string, domain);
    if (trace === 0) untracedBytes[domain] += size;
    else if (size > 0) {
      domains.push(domain);
      owners.push(origins.owner[place]!);
      traced.node.push(offHeap.node.at(place));
      traced.size.push(size);
      traced.trace.push(trace);
      traced.type.push(types.named(string));
    }
  });
  return { domains, owners, untracedBytes };
}

interface OffHeap {
  readonly domains: readonly number[];
  readonly owners: readonly number[];
  readonly untracedBytes: [number, number, number];
}
