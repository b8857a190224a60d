import { totalOf } from '../../model/column-totals.js';
import type { Frame } from '../../model/frame.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { formatSize } from '../../text/size-format.js';
import { cutEnd, ELLIPSIS, wrapped } from '../../text/text-width.js';
import { TRUNCATED, type TreeColumns } from '../call-tree/report-data.js';
import type { Colours } from './colours.js';
import { type Column, columnLines } from './column-lines.js';
import { percent, signedPercent } from './percent.js';
import { framePlace } from './place.js';
import { summedDiffTree, summedTree, withBelow } from './summed-tree.js';
import { changeCells, noiseNote } from './table.js';

export interface TreeOptions {
  /** From the most recent frames to their callers. */
  readonly isInverted: boolean;
  /** Percent of the total; what holds, or of a difference what changed, less is left out. */
  readonly minPercent: number;
  /** Paths below it are shown relative to it. */
  readonly cwd: string;
  /** Columns of the terminal; Infinity where the text goes elsewhere. */
  readonly width: number;
}

/** Stacks that fork more often than so many characters can show lose the guides of their first forks. */
const MOST_GUIDES = 80;

/**
 * The tree of calls: bytes and percent of each frame with all that it called (inverted: with all that it was called by). A frame stands
 * below its caller; guides stand only where a caller has called several, so that a deep stack needs no room.
 */
export function treeLines(snapshot: Snapshot, options: TreeOptions): string[] {
  const { size: whole } = totalOf(snapshot.columns);
  if (whole === 0) return ['nothing that was allocated in this time is still alive'];
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
 * The same of a difference: how each frame changed with all that it called, also in percent of the larger total, and what it holds now. Changes
 * are marked and coloured as in the table.
 */
export function diffTreeLines(
  snapshots: { readonly old: Snapshot; readonly now: Snapshot },
  options: TreeOptions & { readonly colours: Colours },
): string[] {
  const whole = Math.max(totalOf(snapshots.now.columns).size, totalOf(snapshots.old.columns).size);
  const { sizes, changes, standardErrors, ...called } = summedDiffTree(snapshots, options.isInverted);
  if (changes.every((change) => change === 0)) return ['nothing changed'];
  const changesOf = (nodes: readonly number[]) => nodes.map((node) => ({ sizeDiff: changes[node]!, standardError: standardErrors[node]! }));
  const columnsOf = (nodes: readonly number[]): Column[] => [
    { title: 'change', ...changeCells(changesOf(nodes), options.colours) },
    { title: 'percent', cells: nodes.map((node) => signedPercent(changes[node]!, whole)), dispensable: 2 },
    { title: 'size', cells: nodes.map((node) => formatSize(sizes[node]!)), dispensable: 1 },
  ];
  const weights = withBelow(changes.map(Math.abs), called.tree.depth, Math.max);
  const noteOf = (nodes: readonly number[]) => noiseNote(changesOf(nodes));
  return linesOf({ ...called, weights, whole, columnsOf, noteOf }, options);
}

interface Called {
  readonly tree: TreeColumns;
  readonly frameOf: (node: number) => Frame;
  /** What decides whether a node is shown; that of a node is no less than that of any below it. */
  readonly weights: Float64Array;
  /** What a weight is a share of. */
  readonly whole: number;
  readonly columnsOf: (nodes: readonly number[]) => Column[];
  /** What has to be said of what is shown. */
  readonly noteOf?: (nodes: readonly number[]) => readonly string[];
}

function linesOf(
  { tree, frameOf, weights, whole, columnsOf, noteOf = () => [] }: Called,
  { isInverted, minPercent, cwd, width }: TreeOptions,
): string[] {
  const least = (whole * minPercent) / 100;
  const shown = tree.depth.flatMap((_, node) => (node === 0 || weights[node]! >= least ? [node] : []));
  const guides = guidesOf(shown, tree.depth);
  const nameOf = (node: number, room: number) => {
    if (node === 0) return 'all';
    return tree.frame[node] === TRUNCATED ? cutEnd('older frames not kept', room) : framePlace(frameOf(node), { cwd, width: room });
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

/** What stands before the name of each node: the only child of a node stands right below it, several are held together by lines. */
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
    // Without a bound, the guides of a stack of 65,535 forks are 4 GB.
    inner[row] = (isFork ? before + (isLast[row] ? '  ' : '│ ') : before).slice(-2 * MOST_GUIDES);
    return isFork ? before + (isLast[row] ? '└ ' : '├ ') : before;
  });
}

function fittedGuide(guide: string, width: number): string {
  const room = Math.floor(width);
  return guide.length <= room ? guide : ELLIPSIS + guide.slice(1 - room);
}
