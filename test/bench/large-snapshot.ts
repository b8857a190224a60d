import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: string[]; readonly edge_fields: string[] };
    node_count: number;
    edge_count: number;
  };
  readonly nodes: number[];
  readonly edges: number[];
}

/** Rows per write. */
const ROWS = 10_000;

/**
 * Writes a heap snapshot that has the nodes and edges of another one several times. Each copy has its own ids and edges. The root of the
 * first leads to the roots of the others, so that nothing is unreachable.
 */
export function multiplySnapshot(source: string, target: string, times: number): void {
  const { nodes, edges, ...rest } = JSON.parse(readFileSync(source, 'latin1')) as Snapshot;
  const { node_fields: nodeFields, edge_fields: edgeFields } = rest.snapshot.meta;
  const idAt = nodeFields.indexOf('id');
  const ids = nodes.reduce(
    (highest, value, i) => (i % nodeFields.length === idAt && value < 2 ** 31 && value > highest ? value : highest),
    0,
  );
  rest.snapshot.node_count *= times;
  rest.snapshot.edge_count = rest.snapshot.edge_count * times + times - 1;
  const edgeCountAt = nodeFields.indexOf('edge_count');

  const out = openSync(target, 'w');
  const { snapshot, ...others } = rest;
  writeSync(out, `{"snapshot":${JSON.stringify(snapshot)},\n"nodes":[`);
  const nodeRows = { values: nodes, width: nodeFields.length, field: idAt, step: ids + (ids % 2) };
  nodes[edgeCountAt]! += times - 1;
  writeCopy(out, nodeRows, 0);
  nodes[edgeCountAt]! -= times - 1;
  for (let copy = 1; copy < times; copy++) writeCopy(out, nodeRows, copy);
  writeSync(out, '],\n"edges":[');
  const toAt = edgeFields.indexOf('to_node');
  for (let copy = 1; copy < times; copy++) {
    const row = edges.slice(0, edgeFields.length);
    row[toAt] = copy * nodes.length;
    writeSync(out, `${row.join(',')},`);
  }
  const edgeRows = { values: edges, width: edgeFields.length, field: toAt, step: nodes.length };
  for (let copy = 0; copy < times; copy++) writeCopy(out, edgeRows, copy);
  writeSync(out, `],\n${JSON.stringify(others).slice(1)}`);
  closeSync(out);
}

interface Rows {
  readonly values: readonly number[];
  readonly width: number;
  /** The field of each row that grows by `step` from copy to copy. */
  readonly field: number;
  readonly step: number;
}

function writeCopy(out: number, { values, width, field, step }: Rows, copy: number): void {
  for (let from = 0; from < values.length; from += ROWS * width) {
    const rows = values.slice(from, from + ROWS * width);
    for (let at = field; at < rows.length; at += width) rows[at] = (rows[at]! + copy * step) % 2 ** 32;
    writeSync(out, `${copy + from > 0 ? ',' : ''}${rows.join(',')}`);
  }
}
