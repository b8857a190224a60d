import { Frame } from '../../model/frame.js';
import { StringInterner } from '../../model/string-interner.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { type GroupedTraces, sampleSpread, sharedSamples, unseenVariance } from '../../snapshot/statistics/sampling-error.js';
import { sumByGroup } from '../../snapshot/statistics/totals.js';
import { CallTree, FRAME } from '../call-tree/call-tree.js';
import type { TreeColumns } from '../call-tree/report-data.js';

interface SummedTree {
  /** In preorder. */
  readonly tree: TreeColumns;
  /** Bytes of each node and everything below it. */
  readonly sizes: Float64Array;
  readonly frameOf: (node: number) => Frame;
}

/** The call tree of a snapshot, siblings with the largest first. */
export function summedTree(snapshot: Snapshot, isInverted: boolean): SummedTree {
  const { callTree, grouped, names } = mergedTree([snapshot], isInverted);
  const sizes = ownSizes(grouped[0]!, callTree.size);
  const { tree, places } = callTree.inPreorder(sizes);
  return { tree, sizes: subtreeSums(sizes, { tree, places }), frameOf: framesOf(callTree, { tree, names }) };
}

interface SummedDiffTree extends SummedTree {
  /** By how many bytes each node, with everything below it, has grown. */
  readonly changes: Float64Array;
  /** Standard errors of the changes, in bytes; 0 if exact. */
  readonly standardErrors: Float64Array;
}

/** The call trees of two snapshots as one tree, siblings with the largest change first. */
export function summedDiffTree({ old, now }: { readonly old: Snapshot; readonly now: Snapshot }, isInverted: boolean): SummedDiffTree {
  const { callTree, grouped, names } = mergedTree([now, old], isInverted);
  const count = callTree.size;
  const [sizes, before] = grouped.map((traces) => ownSizes(traces, count)) as [Float64Array, Float64Array];
  const changes = sizes.map((size, node) => size - before[node]!);
  const { tree, places } = callTree.inPreorder(changes);
  const total = (own: Float64Array) => subtreeSums(own, { tree, places });
  const shared = sharedSamples(now, old);
  const variances = [shared.now, shared.old].map((skip, i) => varianceOf(grouped[i]!, { count, skip, total }));
  return {
    tree,
    sizes: total(sizes),
    changes: total(changes),
    standardErrors: Float64Array.from({ length: count }, (_, node) =>
      Math.sqrt(variances.reduce((sum, one) => sum + (one?.[node] ?? 0), 0)),
    ),
    frameOf: framesOf(callTree, { tree, names }),
  };
}

/** Merges the stacks of all snapshots into one tree, and gives the node of each trace's most recent frame. */
function mergedTree(snapshots: readonly Snapshot[], isInverted: boolean) {
  const names = new StringInterner();
  const callTree = new CallTree(names, { isInverted, mergesColumns: true });
  const nodesOf = snapshots.map((snapshot) => callTree.add(snapshot));
  const buckets = callTree.size;
  const groups = Uint32Array.from({ length: buckets }, (_, node) => node);
  const grouped = snapshots.map((parts, i): GroupedTraces => {
    const bucketOf = Uint32Array.from(parts.columns.traceback, (traceback) => nodesOf[i]![traceback]!);
    return { parts, assignment: { bucketOf, buckets, groups, starts: null } };
  });
  return { callTree, grouped, names };
}

function ownSizes({ parts, assignment }: GroupedTraces, count: number): Float64Array {
  return sumByGroup(assignment, count, (row) => parts.columns.size[row]!);
}

interface Summing {
  readonly count: number;
  readonly skip: (row: number) => boolean;
  readonly total: (own: Float64Array) => Float64Array;
}

/** The variance of each node with everything below it, in bytes squared; null if sizes are exact. */
function varianceOf(grouped: GroupedTraces, { count, skip, total }: Summing): Float64Array | null {
  const spread = sampleSpread(grouped, count, skip);
  if (!spread) return null;
  const unseen = unseenVariance(grouped.parts.capture);
  const samples = total(spread.samples);
  return total(spread.variance).map((variance, node) => (samples[node]! > 0 ? variance + unseen : 0));
}

/** @param own by the first numbers of the nodes @returns for each node in preorder, the sum of it and everything below it */
function subtreeSums(own: Float64Array, { tree, places }: { tree: TreeColumns; places: Uint32Array }): Float64Array {
  const sums = new Float64Array(own.length);
  for (let node = 0; node < own.length; node++) sums[places[node]!] = own[node]!;
  return withBelow(sums, tree.depth, (a, b) => a + b);
}

/** For each node in preorder, combines its value with those of everything below it. @param combine with 0 as its neutral element */
export function withBelow(own: Float64Array, depths: readonly number[], combine: (a: number, b: number) => number): Float64Array {
  const values = own.slice();
  const below: number[] = [];
  for (let node = depths.length - 1; node >= 0; node--) {
    const depth = depths[node]!;
    values[node] = combine(values[node]!, below[depth + 1] ?? 0);
    below[depth + 1] = 0;
    below[depth] = combine(below[depth] ?? 0, values[node]!);
  }
  return values;
}

function framesOf(callTree: CallTree, { tree, names }: { tree: TreeColumns; names: StringInterner }): (node: number) => Frame {
  const { width, values } = callTree.frames();
  return (node) => {
    const row = values.subarray(tree.frame[node]! * width, (tree.frame[node]! + 1) * width);
    return new Frame(names.values[row[FRAME.file]!]!, row[FRAME.line]!, { functionName: names.values[row[FRAME.functionName]!]! });
  };
}
