import { damaged } from './damage.js';

/** The positions of the fields in the rows of each section, from the snapshot's `meta`. Unknown fields are skipped. */
export interface Header {
  /** `trace_node_id` and `detachedness` are -1 if nodes do not have them: V8 of Node 24 leaves them out if all would be 0. */
  readonly node: Fields<'type' | 'name' | 'id' | 'self_size' | 'edge_count' | 'trace_node_id' | 'detachedness'>;
  readonly nodeTypes: readonly string[];
  readonly edge: Fields<'type' | 'name_or_index' | 'to_node'>;
  readonly edgeTypes: readonly string[];
  readonly functionInfo: Fields<'function_id' | 'name' | 'script_name' | 'script_id' | 'line' | 'column'>;
  readonly traceNode: Fields<'id' | 'function_info_index' | 'children'>;
  /** null if the snapshot has no locations. */
  readonly location: Fields<'object_index' | 'script_id' | 'line' | 'column'> | null;
  /**
   * The number of rows that nodes and edges should have; null if the snapshot does not say. The number of functions is not kept, because
   * functions are added while V8 writes.
   */
  readonly nodeCount: number | null;
  readonly edgeCount: number | null;
  /** Bytes outside of the heap that V8 knows but attributes to no node; null if V8 does not report them (before Node 24). */
  readonly extraNativeBytes: number | null;
}

type Fields<Name extends string> = { readonly width: number } & Readonly<Record<Name, number>>;

/** @throws BadProfileError if something that a reader needs is missing or invalid */
export function parseHeader(value: unknown): Header {
  const snapshot = record(value, '"snapshot"');
  const meta = record(snapshot.meta, '"snapshot.meta"');
  return {
    node: {
      ...fields(meta, 'node_fields', ['type', 'name', 'id', 'self_size', 'edge_count']),
      trace_node_id: texts(meta.node_fields, 'node_fields').indexOf('trace_node_id'),
      detachedness: texts(meta.node_fields, 'node_fields').indexOf('detachedness'),
    },
    nodeTypes: typeNames(meta, 'node'),
    edge: fields(meta, 'edge_fields', ['type', 'name_or_index', 'to_node']),
    edgeTypes: typeNames(meta, 'edge'),
    functionInfo: fields(meta, 'trace_function_info_fields', ['function_id', 'name', 'script_name', 'script_id', 'line', 'column']),
    traceNode: fields(meta, 'trace_node_fields', ['id', 'function_info_index', 'children']),
    location: meta.location_fields === undefined ? null : fields(meta, 'location_fields', ['object_index', 'script_id', 'line', 'column']),
    nodeCount: count(snapshot, 'node_count'),
    edgeCount: count(snapshot, 'edge_count'),
    extraNativeBytes: count(snapshot, 'extra_native_bytes'),
  };
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(`${what} is not an object`);
  return value as Record<string, unknown>;
}

function fields<Name extends string>(meta: Record<string, unknown>, key: string, wanted: readonly Name[]): Fields<Name> {
  const names = texts(meta[key], key);
  const found = wanted.map((name) => {
    const position = names.indexOf(name);
    if (position === -1) throw damaged(`its "${key}" have no "${name}"`);
    return [name, position];
  });
  return { ...Object.fromEntries(found), width: names.length };
}

/** `node_types` and `edge_types` have one entry for each field. The entry of the field `type` is the list of its values' names. */
function typeNames(meta: Record<string, unknown>, section: 'node' | 'edge'): readonly string[] {
  const types = meta[`${section}_types`];
  const position = texts(meta[`${section}_fields`], `${section}_fields`).indexOf('type');
  return texts(Array.isArray(types) ? types[position] : null, `${section}_types`);
}

function texts(value: unknown, key: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) throw damaged(`its "${key}" are not a list of names`);
  return value;
}

function count(snapshot: Record<string, unknown>, key: string): number | null {
  const value = snapshot[key] ?? null;
  if (value === null) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw damaged(`its "${key}" is ${JSON.stringify(value).slice(0, 40)}`);
  }
  return value;
}
