/** A heap snapshot as a test writes it, with names instead of indexes. */
export interface SnapshotPicture {
  readonly nodes: readonly NodePicture[];
  /** All functions, in the order of their numbers. */
  readonly functions?: readonly string[];
  readonly tree?: readonly TreePicture[];
  readonly locations?: readonly { readonly node: number; readonly scriptId: number; readonly line: number; readonly column: number }[];
}

interface NodePicture {
  readonly kind: string;
  readonly name: string;
  readonly id: number;
  readonly size: number;
  readonly trace?: number;
  readonly detachedness?: number;
  /** The indexes of the nodes to which it has edges. */
  readonly to?: readonly (number | { readonly weak: number } | EdgePicture)[];
}

export interface EdgePicture {
  readonly kind: string;
  readonly name: string | number;
  readonly to: number;
}

export interface TreePicture {
  readonly id: number;
  readonly function: number;
  readonly children?: readonly TreePicture[];
}

const NODE_KINDS = [
  'hidden',
  'array',
  'string',
  'object',
  'code',
  'closure',
  'native',
  'synthetic',
  'concatenated string',
  'sliced string',
];
const EDGE_KINDS = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'];

/** The order of the fields. Fields that V8 does not have are filled with a number. */
export interface Orders {
  readonly node?: readonly string[];
  readonly edge?: readonly string[];
  readonly functionInfo?: readonly string[];
  readonly traceNode?: readonly string[];
  readonly sections?: readonly string[];
}

export const V8_ORDERS = {
  node: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
  edge: ['type', 'name_or_index', 'to_node'],
  functionInfo: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
  traceNode: ['id', 'function_info_index', 'count', 'size', 'children'],
  sections: ['snapshot', 'nodes', 'edges', 'trace_function_infos', 'trace_tree', 'samples', 'locations', 'strings'],
} as const satisfies Orders;

type Nested = number | Nested[];

/** The sections of a snapshot as values for JSON.stringify. A test may damage them. */
export function sectionsOf(picture: SnapshotPicture, orders: Orders = {}): Record<string, unknown> {
  const order = { ...V8_ORDERS, ...orders };
  const strings: string[] = ['<dummy>'];
  const string = (text: string): number => (strings.includes(text) ? strings.indexOf(text) : strings.push(text) - 1);
  const row = (fields: readonly string[], values: Record<string, Nested>): Nested[] => fields.map((field) => values[field] ?? 7);
  const edges = picture.nodes.map((node) => node.to ?? []);
  const nodes = picture.nodes.flatMap((node, i) =>
    row(order.node, {
      type: NODE_KINDS.indexOf(node.kind),
      name: string(node.name),
      id: node.id,
      self_size: node.size,
      edge_count: edges[i]!.length,
      trace_node_id: node.trace ?? 0,
      ...(node.detachedness === undefined ? {} : { detachedness: node.detachedness }),
    }),
  );
  const tree = (level: readonly TreePicture[]): Nested[] =>
    level.flatMap((node) => row(order.traceNode, { id: node.id, function_info_index: node.function, children: tree(node.children ?? []) }));
  const meta = {
    node_fields: order.node,
    node_types: order.node.map((field) => (field === 'type' ? NODE_KINDS : 'number')),
    edge_fields: order.edge,
    edge_types: order.edge.map((field) => (field === 'type' ? EDGE_KINDS : 'node')),
    trace_function_info_fields: order.functionInfo,
    trace_node_fields: order.traceNode,
    ...(picture.locations ? { location_fields: ['object_index', 'script_id', 'line', 'column'] } : {}),
  };
  const sections: Record<string, unknown> = {
    snapshot: { meta, node_count: edges.length, edge_count: edges.flat().length },
    nodes,
    edges: edges.flat().flatMap((to) => {
      const edge = typeof to === 'number' ? { kind: 'internal', to } : 'weak' in to ? { kind: 'weak', to: to.weak } : to;
      const name = 'name' in edge ? (typeof edge.name === 'number' ? edge.name : string(edge.name)) : 0;
      return row(order.edge, { type: EDGE_KINDS.indexOf(edge.kind), name_or_index: name, to_node: edge.to * order.node.length });
    }),
    trace_function_infos: (picture.functions ?? []).flatMap((name, i) =>
      row(order.functionInfo, {
        function_id: 100 + i,
        name: string(name),
        script_name: string(`/${name}.js`),
        script_id: i,
        line: 10 + i,
        column: 20 + i,
      }),
    ),
    trace_tree: tree(picture.tree ?? []),
    samples: [],
    locations: picture.locations?.flatMap(({ node, scriptId, line, column }) => [node * order.node.length, scriptId, line, column]) ?? [
      0, 1, 2, 3,
    ],
    strings,
  };
  const extra = Object.fromEntries(order.sections.map((key) => [key, { unknown: ['}', { deep: '\\"]' }], yes: true }]));
  return Object.fromEntries(order.sections.map((key) => [key, sections[key] ?? extra[key]]));
}

export function snapshotText(picture: SnapshotPicture, orders?: Orders): string {
  return JSON.stringify(sectionsOf(picture, orders));
}
