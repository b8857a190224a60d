import { totalOf } from '../../model/column-totals.js';
import type { Frame } from '../../model/frame.js';
import type { IsPacked } from '../../snapshot/packed-lines.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { formatSize } from '../../text/size-format.js';
import { cutEnd, ELLIPSIS, wrapped } from '../../text/text-width.js';
import { TRUNCATED, type TreeColumns } from '../call-tree/report-data.js';
import { PLAIN } from './colours.js';
import { type Column, columnLines } from './column-lines.js';
import { percent, signedPercent } from './percent.js';
import { framePlace } from './place.js';
import { summedDiffTree, summedTree, withBelow } from './summed-tree.js';
import { changeCells, type DiffOptions, noiseNote } from './table.js';

export interface TreeOptions {
  /** Whether to go from the most recent frames to their callers. */
  readonly isInverted: boolean;
  /** Percent of the total. Nodes with less are left out; in a difference, nodes that changed less. */
  readonly minPercent: number;
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
  /** Columns of the terminal; Infinity if the output is not a terminal. */
  readonly width: number;
  /** Which lines hold much of a program; default: none. */
  readonly isPacked?: IsPacked;
}

/** If a stack forks more often than this many characters can show, the guides of its first forks are dropped. */
const MOST_GUIDES = 80;

/**
 * The call tree: bytes and percent of each frame with everything that it called (inverted: that called it). A frame is below its caller.
 * Guides are drawn only if a caller has several callees, so that a deep stack takes no width.
 */
export function treeLines(snapshot: Snapshot, options: TreeOptions): string[] {
  const { size: whole } = totalOf(snapshot.columns);
  if (whole === 0) return ['nothing allocated in this time is still alive'];
  const { sizes, ...called } = summedTree(snapshot, options.isInverted);
  const columnsOf = (nodes: readonly number[]): Column[] => {
    const shown = nodes.map((node) => sizes[node]!);
    return [
      { title: 'size', cells: shown.map((size) => formatSize(size)) },
      { title: 'percent', cells: shown.map((size) => percent(size, whole)), dispensable: 1 },
    ];
  };
  return linesOf({ ...called, weights: sizes, whole, columnsOf }, options);
}

/**
 * The call tree of a difference: how much each frame changed with everything that it called, also in percent of the larger total, and its
 * size now. Changes are marked and coloured as in the table.
 */
export function diffTreeLines(
  snapshots: { readonly old: Snapshot; readonly now: Snapshot },
  options: TreeOptions & Pick<DiffOptions, 'colours' | 'isOfTwoTracings'>,
): string[] {
  const { isInverted, isOfTwoTracings } = options;
  const whole = Math.max(totalOf(snapshots.now.columns).size, totalOf(snapshots.old.columns).size);
  const { sizes, changes, standardErrors, ...called } = summedDiffTree(snapshots, isInverted);
  if (changes.every((change) => change === 0)) return ['nothing changed'];
  const changesOf = (nodes: readonly number[]) => nodes.map((node) => ({ sizeDiff: changes[node]!, standardError: standardErrors[node]! }));
  const sizeColumn = (title: string, nodes: readonly number[], sizeOf: (node: number) => number): Column => ({
    title,
    cells: nodes.map((node) => formatSize(sizeOf(node))),
    dispensable: 1,
  });
  const columnsOf = (nodes: readonly number[]): Column[] => [
    { title: isOfTwoTracings ? 'difference' : 'change', ...changeCells(changesOf(nodes), isOfTwoTracings ? PLAIN : options.colours) },
    { title: 'percent', cells: nodes.map((node) => signedPercent(changes[node]!, whole)), dispensable: 2 },
    ...(isOfTwoTracings ? [sizeColumn('old', nodes, (node) => sizes[node]! - changes[node]!)] : []),
    sizeColumn(isOfTwoTracings ? 'new' : 'size', nodes, (node) => sizes[node]!),
  ];
  const weights = withBelow(changes.map(Math.abs), called.tree.depth, Math.max);
  const noteOf = (nodes: readonly number[]) => noiseNote(changesOf(nodes));
  return linesOf({ ...called, weights, whole, columnsOf, noteOf }, options);
}

interface Called {
  readonly tree: TreeColumns;
  readonly frameOf: (node: number) => Frame;
  /** Decides whether a node is shown. The weight of a node is at least that of any node below it. */
  readonly weights: Float64Array;
  /** The total that weights are compared to. */
  readonly whole: number;
  readonly columnsOf: (nodes: readonly number[]) => Column[];
  /** Notes that the shown nodes require. */
  readonly noteOf?: (nodes: readonly number[]) => readonly string[];
}

function linesOf(
  { tree, frameOf, weights, whole, columnsOf, noteOf = () => [] }: Called,
  { isInverted, minPercent, cwd, width, isPacked }: TreeOptions,
): string[] {
  const least = (whole * minPercent) / 100;
  const shown = tree.depth.flatMap((_, node) => (node === 0 || weights[node]! >= least ? [node] : []));
  const guides = guidesOf(shown, tree.depth);
  const nameOf = (node: number, room: number) => {
    if (node === 0) return 'all';
    return tree.frame[node] === TRUNCATED
      ? cutEnd('older frames not kept', room)
      : framePlace(frameOf(node), { cwd, isPacked, width: room });
  };
  const names = {
    title: isInverted ? 'allocated in, called by' : 'called',
    cells: shown.map((node, row) => (room: number) => {
      const guide = fittedGuide(guides[row]!, Math.min(MOST_GUIDES, room / 2));
      return guide + nameOf(node, room - guide.length);
    }),
  };
  const left = tree.depth.length - shown.length;
  const notes = [...(left === 0 ? [] : [`not shown: ${left} below ${minPercent} %`]), ...noteOf(shown)];
  return [...columnLines(columnsOf(shown), names, width), ...notes.flatMap((note) => wrapped(note, width))];
}

/** The guides before the name of each node. An only child is directly below its parent; lines connect several children. */
function guidesOf(shown: readonly number[], depths: readonly number[]): string[] {
  const depthOf = (row: number) => depths[shown[row]!]!;
  const children = new Uint32Array(shown.length);
  const isLast = new Uint8Array(shown.length);
  const open: number[] = [];
  const parentOf = shown.map((_, row) => {
    open.length = depthOf(row);
    const parent = open.at(-1) ?? 0;
    open.push(row);
    if (row > 0) children[parent]!++;
    return parent;
  });
  const seen = new Uint8Array(shown.length);
  for (let row = shown.length - 1; row > 0; row--) {
    isLast[row] = 1 - seen[parentOf[row]!]!;
    seen[parentOf[row]!] = 1;
  }
  const inner = [''];
  return shown.map((_, row) => {
    if (row === 0) return '';
    const before = inner[parentOf[row]!]!;
    const isFork = children[parentOf[row]!]! > 1;
    // Without a limit, the guides of a stack with 65,535 forks take 4 GB.
    inner[row] = (isFork ? before + (isLast[row] ? '  ' : '│ ') : before).slice(-2 * MOST_GUIDES);
    return isFork ? before + (isLast[row] ? '└ ' : '├ ') : before;
  });
}

function fittedGuide(guide: string, width: number): string {
  const room = Math.floor(width);
  return guide.length <= room ? guide : ELLIPSIS + guide.slice(1 - room);
}
