import { RowInterner } from '../../model/row-interner.js';
import { StringInterner } from '../../model/string-interner.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { COLUMN_KEYS } from '../../snapshot/statistics/column-keys.js';
import type { Assignment } from '../../snapshot/statistics/groups.js';
import type { ColumnKeyType } from '../../snapshot/statistics/key-type.js';
import { sampleSpread, sharedSamples, unseenVariance } from '../../snapshot/statistics/sampling-error.js';
import { sumTotals } from '../../snapshot/statistics/totals.js';
import { CallTree } from '../call-tree/call-tree.js';
import type { CellColumns, SumColumns, TreeColumns } from '../call-tree/report-data.js';

/** The fields of a cell's row. */
const CELL_FIELDS = ['node', 'domain', 'thread', 'type', 'label'] as const;

export interface TracesAsCells {
  readonly tree: TreeColumns;
  readonly cells: CellColumns;
  /** All distinct frames, as rows of `FRAME`. */
  readonly frames: ReturnType<CallTree['frames']>;
  /** The names as they are in the snapshots, by number. */
  readonly names: StringInterner;
}

/**
 * Adds up the traces by stack, domain, thread, type and label, and merges the stacks into a tree.
 *
 * @param old null if there is no difference to show
 */
export function tracesAsCells(now: Snapshot, old: Snapshot | null): TracesAsCells {
  const assigned = assignedCells(old ? [now, old] : [now]);
  const [ofNow, ofOld] = assigned.cellsOf;
  const { size } = assigned;
  const shared = old && sharedSamples(now, old);
  const sums = {
    now: sumCells(now, ofNow!, { size, skip: shared?.now }),
    old: old && sumCells(old, ofOld!, { size, skip: shared?.old }),
  };
  const weights = sums.now.size.map((bytes, cell) => Math.max(bytes, sums.old?.size[cell] ?? 0));
  return assigned.inPreorder(sums, weights);
}

/** The cells of all snapshots together. */
export interface AssignedCells {
  readonly size: number;
  readonly keys: Pick<CellColumns, (typeof CELL_FIELDS)[number]>;
  /** By snapshot: the cell of each trace. */
  readonly cellsOf: readonly Uint32Array[];
  readonly names: StringInterner;
  /** @param weights by cell: the heaviest siblings of the tree come first */
  inPreorder(sums: Pick<CellColumns, 'now' | 'old'>, weights: readonly number[]): TracesAsCells;
}

export function assignedCells(snapshots: readonly Snapshot[]): AssignedCells {
  const names = new StringInterner();
  const callTree = new CallTree(names);
  const rows = new RowInterner();
  const cellsOf = snapshots.map((snapshot) => assignCells(snapshot, { callTree, rows, names }));
  const columns = unzip(rows.build().values);
  const keys = { ...columns, label: snapshots.some((snapshot) => snapshot.columns.label) ? columns.label : null };
  return {
    size: rows.size,
    keys,
    cellsOf,
    names,
    inPreorder(sums, weights) {
      const { tree, places } = callTree.inPreorder(sumByNode(keys.node, weights, callTree.size));
      return { tree, cells: { ...keys, node: keys.node.map((node) => places[node]!), ...sums }, frames: callTree.frames(), names };
    },
  };
}

/** Returns the cell of each trace. */
function assignCells(
  snapshot: Snapshot,
  { callTree, rows, names }: { callTree: CallTree; rows: RowInterner; names: StringInterner },
): Uint32Array {
  const { columns } = snapshot;
  const nodeOf = callTree.add(snapshot);
  const named = (key: ColumnKeyType) => {
    const found = COLUMN_KEYS[key](snapshot);
    const ids = (typeof found === 'string' ? [found] : found.names).map((name) => names.intern(name));
    if (typeof found === 'string') return () => ids[0]!;
    const { bucketOf } = found;
    return (row: number) => ids[bucketOf[row]!]!;
  };
  const [domain, thread, type, label] = [named('domain'), named('thread'), named('type'), named('label')];
  const key = new Uint32Array(CELL_FIELDS.length);
  const cells = new Uint32Array(columns.length);
  for (let row = 0; row < cells.length; row++) {
    key[0] = nodeOf[columns.traceback[row]!]!;
    key[1] = domain(row);
    key[2] = thread(row);
    key[3] = type(row);
    key[4] = label(row);
    cells[row] = rows.intern(key, 0, key.length);
  }
  return cells;
}

function sumCells(
  snapshot: Snapshot,
  cells: Uint32Array,
  { size, skip = () => false }: { size: number; skip?: ((row: number) => boolean) | undefined },
): SumColumns {
  const assignment: Assignment = {
    bucketOf: cells,
    buckets: size,
    groups: Uint32Array.from({ length: size }, (_, cell) => cell),
    starts: null,
  };
  const totals = sumTotals(snapshot.columns, assignment, size);
  const spread = sampleSpread({ parts: snapshot, assignment }, size, skip);
  return {
    size: Array.from(totals.size),
    count: Array.from(totals.count),
    spread: spread && {
      variance: Array.from(spread.variance, Math.round),
      sampled: Array.from(spread.samples, (samples) => Number(samples > 0)),
      unseen: unseenVariance(snapshot.capture),
    },
  };
}

function unzip(values: Uint32Array): Record<(typeof CELL_FIELDS)[number], number[]> {
  const length = values.length / CELL_FIELDS.length;
  const column = (field: number) => Array.from({ length }, (_, cell) => values[cell * CELL_FIELDS.length + field]!);
  return { node: column(0), domain: column(1), thread: column(2), type: column(3), label: column(4) };
}

function sumByNode(nodes: readonly number[], amounts: readonly number[], size: number): Float64Array {
  const sums = new Float64Array(size);
  for (const [cell, node] of nodes.entries()) sums[node]! += amounts[cell]!;
  return sums;
}
