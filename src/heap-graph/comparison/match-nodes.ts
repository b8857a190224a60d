import { type HeapGroups, NO_GROUP } from '../census/heap-groups.js';
import { NO_OWNER, offHeapOwners, offHeapTypes } from '../census/off-heap-owners.js';
import type { GraphColumns } from '../columns/graph-columns.js';
import { IdIndex } from '../heap/id-index.js';

export const NO_MATCH = 0xffff_ffff;
/** Of 60,000 objects of one process none had another type under its id; of two processes at least 1.4 % had. */
const OTHER_PROCESS = 1000;

/** One of two snapshots, with the type of each object. */
export interface TypedHeap {
  readonly columns: GraphColumns;
  readonly groups: HeapGroups;
}

export interface NodeMatch {
  /** By node of the newer snapshot: the same object in the older one, or `NO_MATCH`. */
  readonly oldOf: Uint32Array;
  /** Whether ids mean the same objects in both. */
  readonly isOneProcess: boolean;
}

/**
 * Finds the objects that are in both snapshots, by V8's ids. Memory outside of the heap has no ids that last: it is the same if its owner and
 * its type are.
 */
export function matchNodes(old: TypedHeap, now: TypedHeap): NodeMatch {
  const { nodes } = now.columns;
  const oldNodes = old.columns.nodes;
  const oldTypes = new Map(old.groups.frames.map(({ filename }, group) => [filename, group]));
  const oldType = now.groups.frames.map(({ filename }) => oldTypes.get(filename) ?? NO_GROUP);
  const [isOffHeap, wasOffHeap] = [offHeapTypes(nodes), offHeapTypes(oldNodes)];
  const oldOf = new Uint32Array(nodes.length).fill(NO_MATCH);
  const index = new IdIndex(oldNodes.id);
  let [same, other] = [0, 0];
  for (let node = 0; node < nodes.length; node++) {
    if (isOffHeap[nodes.type[node]!] === 1) continue;
    const found = index.find(nodes.id[node]!);
    if (found === -1 || wasOffHeap[oldNodes.type[found]!] === 1) continue;
    if (old.groups.groupOf[found] !== oldType[now.groups.groupOf[node]!]) other++;
    else {
      oldOf[node] = found;
      same++;
    }
  }
  matchOffHeap({ old, now, oldType }, oldOf);
  return { oldOf, isOneProcess: same > 0 && other * OTHER_PROCESS <= same };
}

interface Typed {
  readonly old: TypedHeap;
  readonly now: TypedHeap;
  /** By type of the newer snapshot: the number of the type in the older one. */
  readonly oldType: readonly number[];
}

function matchOffHeap({ old, now, oldType }: Typed, oldOf: Uint32Array): void {
  const left = new Map<string, number[]>();
  eachOffHeap(old, (node, owner) => {
    const key = `${owner} ${old.groups.groupOf[node]}`;
    const same = left.get(key);
    if (same === undefined) left.set(key, [node]);
    else same.push(node);
  });
  for (const same of left.values()) same.reverse();
  eachOffHeap(now, (node, owner) => {
    const oldOwner = owner === NO_OWNER ? NO_OWNER : oldOf[owner]!;
    if (owner !== NO_OWNER && oldOwner === NO_MATCH) return;
    const found = left.get(`${oldOwner} ${oldType[now.groups.groupOf[node]!]}`)?.pop();
    if (found !== undefined) oldOf[node] = found;
  });
}

function eachOffHeap({ columns: { nodes, edges }, groups }: TypedHeap, visit: (node: number, owner: number) => void): void {
  const owners = offHeapOwners(nodes, edges);
  const isOffHeap = offHeapTypes(nodes);
  for (let node = 0; node < nodes.length; node++)
    if (isOffHeap[nodes.type[node]!] === 1 && groups.groupOf[node] !== NO_GROUP) visit(node, owners[node]!);
}
