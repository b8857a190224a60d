import type { Frame } from '../../model/frame.js';
import { Traceback } from '../../model/traceback.js';
import { NO_GROUP } from '../census/heap-groups.js';
import type { NodeColumns } from '../columns/graph-columns.js';
import { NO_MATCH, type NodeMatch, type TypedHeap } from './match-nodes.js';

/** What changed in the objects of one type. Sizes are bytes of the objects themselves. */
export interface TypeChange {
  /** One frame, whose file is the type. */
  readonly traceback: Traceback;
  /** Those of the newer snapshot. */
  readonly size: number;
  readonly count: number;
  readonly sizeDiff: number;
  readonly countDiff: number;
  /** What the newer snapshot alone has, and the older one alone; null if ids do not match. */
  readonly newSize: number | null;
  readonly newCount: number | null;
  readonly goneSize: number | null;
  readonly goneCount: number | null;
  /** By how much those have grown that are in both. */
  readonly grown: number | null;
}

interface Sums {
  readonly frame: Frame;
  size: number;
  count: number;
  oldSize: number;
  oldCount: number;
  newSize: number;
  newCount: number;
  keptSize: number;
  keptCount: number;
  /** Bytes that the kept ones had. */
  keptOldSize: number;
}

/** The type that changed most comes first. */
export function typeChanges(old: TypedHeap, now: TypedHeap, { oldOf, isOneProcess }: NodeMatch): TypeChange[] {
  const sums = new Map<string, Sums>();
  const ofOld = old.groups.frames.map((frame) => sumsOf(sums, frame));
  const ofNow = now.groups.frames.map((frame) => sumsOf(sums, frame));
  old.groups.groupOf.forEach((group, node) => {
    if (group === NO_GROUP) return;
    ofOld[group]!.oldSize += sizeOf(old.columns.nodes, node);
    ofOld[group]!.oldCount++;
  });
  now.groups.groupOf.forEach((group, node) => {
    if (group === NO_GROUP) return;
    const sum = ofNow[group]!;
    const size = sizeOf(now.columns.nodes, node);
    sum.size += size;
    sum.count++;
    if (oldOf[node] === NO_MATCH) {
      sum.newSize += size;
      sum.newCount++;
    } else {
      sum.keptSize += size;
      sum.keptCount++;
      sum.keptOldSize += sizeOf(old.columns.nodes, oldOf[node]!);
    }
  });
  const found = [...sums.values()].filter(({ count, oldCount }) => count + oldCount > 0);
  const changes = found.map((sum) => changeOf(sum, isOneProcess));
  return changes.sort((a, b) => Math.abs(b.sizeDiff) - Math.abs(a.sizeDiff) || b.size - a.size);
}

function sumsOf(sums: Map<string, Sums>, frame: Frame): Sums {
  const known = sums.get(frame.filename);
  if (known) return known;
  const none = { size: 0, count: 0, oldSize: 0, oldCount: 0, newSize: 0, newCount: 0, keptSize: 0, keptCount: 0, keptOldSize: 0 };
  const made = { frame, ...none };
  sums.set(frame.filename, made);
  return made;
}

function changeOf(sum: Sums, isOneProcess: boolean): TypeChange {
  const { frame, size, count, oldSize, oldCount, newSize, newCount, keptSize, keptCount, keptOldSize } = sum;
  const known = (value: number): number | null => (isOneProcess ? value : null);
  return {
    traceback: new Traceback([frame]),
    size,
    count,
    sizeDiff: size - oldSize,
    countDiff: count - oldCount,
    newSize: known(newSize),
    newCount: known(newCount),
    goneSize: known(oldSize - keptOldSize),
    goneCount: known(oldCount - keptCount),
    grown: known(keptSize - keptOldSize),
  };
}

function sizeOf({ selfSize: { small, large } }: NodeColumns, node: number): number {
  return large.get(node) ?? small[node]!;
}
