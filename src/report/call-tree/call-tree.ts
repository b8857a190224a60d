import { RowInterner } from '../../model/row-interner.js';
import type { StackTable } from '../../model/stack-table.js';
import type { StringInterner } from '../../model/string-interner.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { TreeColumns } from './report-data.js';
import { TRUNCATED } from './report-data.js';

/** The fields of a row in `CallTree.frames`. */
export const FRAME = { file: 0, line: 1, column: 2, functionName: 3, isLine: 4 } as const;
const FRAME_FIELDS = 5;
/** Stands for TRUNCATED in a row, whose fields are unsigned. */
const TRUNCATED_ROW = 0xffffffff;

interface CallTreeOptions {
  /** Merge the stacks from their most recent frames on. */
  readonly isInverted: boolean;
  /** Frames of a function on the same line are one frame, even if their columns differ. */
  readonly mergesColumns: boolean;
}

/** The stacks of one or two snapshots, merged from their oldest frames on. Nodes are numbered as they are added; the root is 0. */
export class CallTree {
  readonly #options: CallTreeOptions;
  readonly #frames = new RowInterner();
  readonly #nodes = new RowInterner();
  /** The names as they are in the snapshots. */
  readonly #names: StringInterner;

  constructor(names: StringInterner, options: CallTreeOptions = { isInverted: false, mergesColumns: false }) {
    this.#names = names;
    this.#options = options;
    this.#nodes.intern([0, 0], 0, 0);
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** @returns for each traceback id of the snapshot, the node of its most recent frame; 0 for tracebacks without a trace */
  add({ table, columns }: Snapshot): Uint32Array {
    const isUsed = new Uint8Array(table.totalFrames.length);
    for (let row = 0; row < columns.length; row++) isUsed[columns.traceback[row]!] = 1;
    const frameOf = this.#internFrames(table, isUsed);
    return table.totalFrames.map((total, t) => (isUsed[t] === 1 ? this.#addStack(table, frameOf, { t, total }) : 0));
  }

  /** All distinct frames, as rows of `FRAME`. */
  frames(): { readonly width: number; readonly values: Uint32Array } {
    return { width: FRAME_FIELDS, values: this.#frames.build().values };
  }

  /**
   * The tree in preorder. Siblings are sorted by the absolute value of their weight, the largest first.
   * @param own weight of each node without its descendants
   * @returns `places` is the new number of each node
   */
  inPreorder(own: Float64Array): { tree: TreeColumns; places: Uint32Array } {
    const { values } = this.#nodes.build(); // two fields a row; the root's row is empty
    const parentOf = (node: number) => values[2 * node - 2]!;
    const weight = own.slice();
    for (let node = this.size - 1; node > 0; node--) weight[parentOf(node)]! += weight[node]!;
    const { starts, children } = childrenOf(parentOf, this.size);
    const places = new Uint32Array(this.size);
    const tree = { depth: [] as number[], frame: [] as number[] };
    const pending = [0];
    const depths = [0];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      const depth = depths.pop()!;
      places[node] = tree.depth.push(depth) - 1;
      const frame = node === 0 ? TRUNCATED : values[2 * node - 1]!;
      tree.frame.push(frame === TRUNCATED_ROW ? TRUNCATED : frame);
      const below = children.subarray(starts[node], starts[node + 1]);
      if (below.length > 1) below.sort((a, b) => Math.abs(weight[a]!) - Math.abs(weight[b]!)); // the stack pops the heaviest first
      for (const child of below) {
        pending.push(child);
        depths.push(depth + 1);
      }
    }
    return { tree, places };
  }

  /** By location; 0 for locations without a trace. Their names are left out, because a filter may have removed them on purpose. */
  #internFrames(table: StackTable, isUsed: Uint8Array): Uint32Array {
    const isSeen = new Uint8Array(table.locationLine.length);
    for (let t = 0; t < isUsed.length; t++) {
      if (isUsed[t] === 1) for (let i = table.tracebackStart[t]!; i < table.tracebackStart[t + 1]!; i++) isSeen[table.frames[i]!] = 1;
    }
    const row = new Uint32Array(FRAME_FIELDS);
    return table.locationLine.map((line, location) => {
      if (isSeen[location] === 0) return 0;
      row[FRAME.file] = this.#names.intern(table.filenames[table.locationFile[location]!]!);
      row[FRAME.line] = line;
      row[FRAME.column] = this.#options.mergesColumns ? 0 : table.locationColumn[location]!;
      row[FRAME.functionName] = this.#names.intern(table.functionNames[table.locationFunction[location]!]!);
      row[FRAME.isLine] = table.locationIsLine[location]!;
      return this.#frames.intern(row, 0, FRAME_FIELDS);
    });
  }

  #addStack(table: StackTable, frameOf: Uint32Array, { t, total }: { t: number; total: number }): number {
    const [from, to] = [table.tracebackStart[t]!, table.tracebackStart[t + 1]!];
    const { isInverted } = this.#options;
    const isCut = total > to - from;
    let node = isCut && !isInverted ? this.#child(0, TRUNCATED_ROW) : 0;
    if (isInverted) for (let i = to - 1; i >= from; i--) node = this.#child(node, frameOf[table.frames[i]!]!);
    else for (let i = from; i < to; i++) node = this.#child(node, frameOf[table.frames[i]!]!);
    return isCut && isInverted ? this.#child(node, TRUNCATED_ROW) : node;
  }

  #child(node: number, frame: number): number {
    return this.#nodes.intern([node, frame], 0, 2);
  }
}

/** The children of each node, `[starts[node], starts[node + 1])`, in the order of their numbers. */
function childrenOf(parentOf: (node: number) => number, size: number): { starts: Uint32Array; children: Uint32Array } {
  const starts = new Uint32Array(size + 1);
  for (let node = 1; node < size; node++) starts[parentOf(node) + 1]!++;
  for (let node = 0; node < size; node++) starts[node + 1]! += starts[node]!;
  const next = starts.slice();
  const children = new Uint32Array(size - 1);
  for (let node = 1; node < size; node++) children[next[parentOf(node)]!++] = node;
  return { starts, children };
}
