import type { HeapObjects } from '../../src/collect/heap-snapshot/heap-objects.js';
import { ObjectSections } from '../../src/collect/heap-snapshot/object-sections.js';
import { HeapSnapshotReader } from '../../src/collect/heap-snapshot/reader.js';

/** One object in a form that tests compare: its stack goes from the most recent function to the oldest. */
export interface ListedObject {
  readonly id: number;
  readonly type: string;
  readonly size: number;
  readonly domain: number;
  readonly stack: readonly string[];
}

/** @param cuts the length of each chunk; the last chunk takes the rest */
export function readInChunks(text: string, cuts: readonly number[] = []): HeapObjects {
  const reader = new HeapSnapshotReader(new ObjectSections());
  let at = 0;
  for (const length of cuts) {
    reader.write(text.slice(at, at + length));
    at += length;
  }
  reader.write(text.slice(at));
  return reader.end();
}

export function listed(objects: HeapObjects): ListedObject[] {
  const { parent, functionIndex } = objects.traceTree;
  return Array.from({ length: objects.length }, (_, i) => {
    const stack: string[] = [];
    for (let node = objects.traceNode[i]!; node !== 0; node = parent[node]!) {
      const { name, scriptName, scriptId, line, column } = objects.functions[functionIndex[node]!]!;
      stack.push(`${name}@${scriptName}#${scriptId}:${line}:${column}`);
    }
    return { id: objects.id[i]!, type: objects.types[objects.type[i]!]!, size: objects.size[i]!, domain: objects.domain[i]!, stack };
  }).sort(byId);
}

/** Memory outside of the heap has the id of its owner. */
function byId(a: ListedObject, b: ListedObject): number {
  return a.id - b.id || a.domain - b.domain;
}

interface ParsedSnapshot {
  readonly snapshot: {
    readonly meta: Record<'node_fields' | 'edge_fields' | 'trace_function_info_fields' | 'trace_node_fields', string[]> & {
      readonly node_types: [string[]];
      readonly edge_types: [string[]];
    };
  };
  readonly nodes: number[];
  readonly edges: number[];
  readonly trace_function_infos: number[];
  readonly trace_tree: NestedNumbers[];
  readonly strings: string[];
}

type NestedNumbers = number | NestedNumbers[];
type Row = Record<string, number>;

/** Lists the same with JSON.parse and plain objects, in the order of fields that V8 writes. Tests compare the reader with it. */
export function listedNaively(text: string): { objects: ListedObject[]; untracedBytes: number[] } {
  const { snapshot, nodes, edges, strings, trace_function_infos: infos, trace_tree: tree } = JSON.parse(text) as ParsedSnapshot;
  const { meta } = snapshot;
  const stacks = naiveStacks(tree, rowsOf(infos, meta.trace_function_info_fields), strings);
  const nodeRows = rowsOf(nodes, meta.node_fields);
  const edgeRows = rowsOf(edges, meta.edge_fields);
  const kinds = nodeRows.map((node) => meta.node_types[0][node.type!]!);
  const holders = new Map<number, number[]>();
  let next = 0;
  nodeRows.forEach((node, from) => {
    for (const edge of edgeRows.slice(next, next + node.edge_count!)) {
      const to = edge.to_node! / meta.node_fields.length;
      if (meta.edge_types[0][edge.type!] !== 'weak') holders.set(to, [...(isOffHeap(kinds[to]!) ? (holders.get(to) ?? []) : []), from]);
    }
    next += node.edge_count!;
  });
  const traceOf = (node: number, seen: readonly number[] = []): number => {
    if (!isOffHeap(kinds[node]!) || nodeRows[node]!.trace_node_id! > 0) return nodeRows[node]!.trace_node_id!;
    const all = holders.get(node) ?? [];
    const owners = all.filter((holder) => !isOffHeap(kinds[holder]!)).sort((a, b) => nodeRows[a]!.id! - nodeRows[b]!.id!);
    if (owners.length > 0) return nodeRows[owners[0]!]!.trace_node_id!;
    const holder = all[0];
    return holder === undefined || seen.includes(holder) ? 0 : traceOf(holder, [...seen, node]);
  };
  const idOf = (node: number, seen: readonly number[] = []): number => {
    if (!isOffHeap(kinds[node]!)) return nodeRows[node]!.id!;
    const all = holders.get(node) ?? [];
    const ids = all.filter((holder) => !isOffHeap(kinds[holder]!)).map((holder) => nodeRows[holder]!.id!);
    const holder = all[0];
    if (ids.length > 0) return Math.min(...ids);
    return holder === undefined || seen.includes(holder) ? 0 : idOf(holder, [...seen, node]);
  };
  const untracedBytes = [0, 0, 0];
  const objects: ListedObject[] = [];
  nodeRows.forEach((node, index) => {
    const name = strings[node.name!]!;
    const kind = kinds[index]!;
    const domain = isOffHeap(kind) ? (name === 'system / JSArrayBufferData' ? 1 : 2) : 0;
    const trace = traceOf(index);
    if (trace === 0) untracedBytes[domain]! += node.self_size!;
    else if (domain === 0 || node.self_size! > 0) {
      objects.push({ id: idOf(index), type: naiveType(kind, name), size: node.self_size!, domain, stack: stacks.get(trace)! });
    }
  });
  return { objects: objects.sort(byId), untracedBytes };
}

function isOffHeap(kind: string): boolean {
  return kind === 'native' || kind === 'synthetic';
}

function naiveType(kind: string, name: string): string {
  if (kind === 'object' || isOffHeap(kind)) return name;
  return kind.endsWith('string') ? '(string)' : `(${kind})`;
}

function rowsOf(values: readonly number[], fields: readonly string[]): Row[] {
  return Array.from({ length: values.length / fields.length }, (_, row) =>
    Object.fromEntries(fields.map((field, i) => [field, values[row * fields.length + i]!])),
  );
}

/** The fields of a tree node: id, function, count, size, children. */
function naiveStacks(tree: readonly NestedNumbers[], infos: readonly Row[], strings: readonly string[]): Map<number, string[]> {
  const stacks = new Map<number, string[]>();
  const walk = (level: readonly NestedNumbers[], callers: readonly string[]): void => {
    for (let i = 0; i < level.length; i += 5) {
      const info = infos[level[i + 1] as number];
      const place = info && `${strings[info.name!]}@${strings[info.script_name!]}#${info.script_id}:${info.line}:${info.column}`;
      const stack = [place ?? 'came while V8 wrote', ...callers];
      stacks.set(level[i] as number, stack);
      walk(level[i + 4] as NestedNumbers[], stack);
    }
  };
  walk(tree, []);
  return stacks;
}
