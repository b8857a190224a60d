/** A heap of equal objects, too large to be drawn. */
export interface GeneratedHeap {
  readonly nodes: number;
  /** Bytes of each object. */
  readonly size: number;
  /** The nodes to which a node leads. */
  readonly edgesOf: (node: number) => readonly number[];
}

const FIELDS = 5;
/** In characters. */
const CHUNK = 1 << 20;

/** The text of its heap snapshot, in chunks. */
export function* generatedSnapshot({ nodes, size, edgesOf }: GeneratedHeap): Generator<string> {
  let edges = 0;
  for (let node = 0; node < nodes; node++) edges += edgesOf(node).length;
  const meta = {
    node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
    node_types: [['object'], 'string', 'number', 'number', 'number'],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [['property', 'weak', 'shortcut'], 'string_or_number', 'node'],
    trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
    trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
  };
  yield `{"snapshot":${JSON.stringify({ meta, node_count: nodes, edge_count: edges })},\n"nodes":[`;
  yield* rows(nodes, (node) => `${node === 0 ? '' : ','}0,0,${2 * node + 1},${size},${edgesOf(node).length}\n`);
  yield '],\n"edges":[';
  let first = true;
  yield* rows(nodes, (node) => {
    let text = '';
    for (const to of edgesOf(node)) {
      text += `${first ? '' : ','}0,0,${to * FIELDS}\n`;
      first = false;
    }
    return text;
  });
  yield '],\n"strings":["a"]}';
}

function* rows(count: number, textOf: (row: number) => string): Generator<string> {
  let text = '';
  for (let row = 0; row < count; row++) {
    text += textOf(row);
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text;
}
