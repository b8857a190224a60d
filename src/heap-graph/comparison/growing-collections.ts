import type { Heap } from '../heap/heap.js';
import type { Link } from '../paths/links.js';
import { PathFinder } from '../paths/path-finder.js';
import { CollectionReader, type CollectionSize } from './collection-reader.js';
import { NO_MATCH } from './match-nodes.js';

/** Collections that have more entries than before and whose paths are alike. */
export interface GrowingCollection {
  /** The last links of the shortest path to it: `Cache.entries`, `module app.js → variable seen`. */
  readonly name: string;
  readonly kind: CollectionSize['kind'];
  /** Collections that grew. */
  readonly count: number;
  /** Their entries in the older and in the newer snapshot. */
  readonly before: number;
  readonly after: number;
  /** Whether these are the entries for which there is room: all are small numbers, which a heap snapshot does not have. */
  readonly atMost: boolean;
  /** V8's id of the one that grew most. */
  readonly id: number;
  /** Bytes that would be free without that one. */
  readonly retained: number;
}

const ARROW = ' → ';
/** Names that say nothing without the link before them. */
const UNSPECIFIC = /^(?:entry|key|\[\]|(?:Object|Array|Map|Set)\b.*|variable .*)$/;
const MOST_LINKS = 3;

interface Grown extends Pick<GrowingCollection, 'kind' | 'before' | 'after' | 'atMost'> {
  readonly node: number;
}

/** The one with the most new entries comes first. @param oldOf by node of `now`: the same object in `old` */
export function growingCollections(old: Heap, now: Heap, oldOf: Uint32Array): GrowingCollection[] {
  const grown = grownBetween(old, now, oldOf);
  if (grown.length === 0) return [];
  const finder = new PathFinder(now);
  const groups = new Map<string, Grown[]>();
  for (const each of grown) {
    const key = `${finder.kindOfPath(each.node)} ${each.kind} ${each.atMost}`;
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [each]);
    else same.push(each);
  }
  const collections = [...groups.values()].map((group): GrowingCollection => {
    const most = group.reduce((best, each) => (growthOf(each) > growthOf(best) ? each : best));
    return {
      name: nameOf(finder.linksTo(most.node)),
      kind: most.kind,
      count: group.length,
      before: group.reduce((sum, { before }) => sum + before, 0),
      after: group.reduce((sum, { after }) => sum + after, 0),
      atMost: most.atMost,
      id: now.id(most.node),
      retained: now.retainedSize(most.node),
    };
  });
  return collections.sort((a, b) => growthOf(b) - growthOf(a) || b.retained - a.retained);
}

function grownBetween(old: Heap, now: Heap, oldOf: Uint32Array): Grown[] {
  const [was, is] = [new CollectionReader(old.columns), new CollectionReader(now.columns)];
  const grown: Grown[] = [];
  for (let node = 0; node < now.nodeCount; node++) {
    if (oldOf[node] === NO_MATCH || !is.isObject(node)) continue;
    const [before, after] = [was.sizeOf(oldOf[node]!), is.sizeOf(node)];
    const { kind } = after;
    if (after.entries > before.entries) grown.push({ node, kind, before: before.entries, after: after.entries, atMost: false });
    else if (after.entries === 0 && after.room > before.room)
      grown.push({ node, kind, before: before.room, after: after.room, atMost: true });
  }
  return grown;
}

function growthOf({ before, after }: Pick<Grown, 'before' | 'after'>): number {
  return after - before;
}

/** The last links, as many as it takes to know which one it is. */
function nameOf(links: readonly Link[]): string {
  let first = Math.max(0, links.length - 1);
  while (first > 0 && links.length - first < MOST_LINKS && UNSPECIFIC.test(links[first]!.name)) first--;
  return links
    .slice(first)
    .map(({ name }) => name)
    .join(ARROW);
}
