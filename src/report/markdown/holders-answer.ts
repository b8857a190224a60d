import type { BufferHolders } from '../../heap-graph/buffers/explain-buffers.js';
import type { Explanation } from '../../heap-graph/paths/explain.js';
import type { PathLink } from '../../heap-graph/paths/path-finder.js';
import { formatSize } from '../../text/size-format.js';
import { pathText } from '../text/holders.js';
import type { Answer, AnswerColumn } from './answer-page.js';
import { code, shownName } from './markdown-text.js';
import { type AnswerContext, placeText } from './row-place.js';

/** What `why --json` prints. */
export interface HoldersDocument extends Explanation {
  readonly what: string;
  readonly damage?: string;
}

/** What `why --buffers --json` prints. */
export interface BuffersDocument extends BufferHolders {
  readonly damage?: string;
}

/** Objects with paths that are alike. */
export interface HolderRow {
  readonly count: number;
  /** Bytes of the objects themselves; of memory outside of the heap, its bytes. */
  readonly bytes: number;
  /** Bytes that would be free without them. */
  readonly retained: number;
  /** From a root to the object: `global.cache → Map → entry → Session.user`. */
  readonly path: string;
  /** The link of the path, nearest to the object, that alone keeps all of them alive. Left out if each has holders of its own. */
  readonly holder?: string;
  /** Where the holder was allocated, or where its function stands: `src/app.js:3`. */
  readonly holderPlace?: string;
  /** The source line of that place, where it can be read. */
  readonly holderSource?: string;
  /** Where the objects were allocated, if that was traced. */
  readonly place?: string;
  /** Left out for the main thread, and for a file. */
  readonly thread?: string;
}

const MAX_PATH = 300;
const MAX_WHAT = 100;

export const HOLDER_COLUMNS: readonly AnswerColumn<HolderRow>[] = [
  { title: 'count', cell: ({ count }) => `${count}` },
  { title: 'size', cell: ({ bytes }) => formatSize(bytes) },
  { title: 'retained', cell: ({ retained }) => formatSize(retained) },
  { title: 'held by', isName: true, cell: ({ path }) => code(path, MAX_PATH) },
  { title: 'holder', isName: true, cell: ({ holder = '' }) => named(holder) },
  { title: 'holder made at', isName: true, cell: ({ holderPlace = '' }) => named(holderPlace) },
  { title: 'object made at', isName: true, cell: ({ place = '' }) => named(place) },
  { title: 'thread', isName: true, cell: ({ thread = '' }) => named(thread) },
];

function named(name: string): string {
  return name === '' ? '' : code(name);
}

export function holdersAnswer(document: HoldersDocument, context: AnswerContext): Answer<HolderRow> {
  const { count, size, retained, unheld, clusterCount, clusters, what } = document;
  const rows = clusters.map((cluster) => rowOf(cluster, cluster.size, context));
  const total = `${objects(count)} of ${code(what, MAX_WHAT)}, ${formatSize(size)}; without ${count === 1 ? 'it' : 'them'} ${formatSize(retained)} would be free.`;
  return {
    finding: [total, ...heldBy(rows, count)].join(' '),
    rows,
    notes: [...damageOf(document), ...(unheld > 0 ? [`${objects(unheld)} held by nothing: V8 has not collected them yet`] : [])],
    leftOut: morePaths(clusterCount - rows.length),
  };
}

export function buffersAnswer(document: BuffersDocument, context: AnswerContext): Answer<HolderRow> {
  const { count, size, unheld, clusterCount, clusters } = document;
  const rows = clusters.map((cluster) => rowOf({ ...cluster, path: cluster.path }, cluster.size, context));
  const nobody = `${formatSize(unheld.size)} in ${unheld.count} stores are held by no object: V8 and Node hold them themselves, or have not freed them yet`;
  const total = count === 0 ? 'There is no memory outside of the heap.' : `${formatSize(size)} outside of the heap, in ${count} stores.`;
  return {
    finding: [total, ...heldBy(rows, count)].join(' '),
    rows,
    notes: [...damageOf(document), ...(unheld.count > 0 ? [nobody] : [])],
    leftOut: morePaths(clusterCount - rows.length),
  };
}

interface Cluster {
  readonly count: number;
  readonly retained: number;
  readonly path: readonly PathLink[];
  readonly thread?: string;
}

function rowOf({ count, retained, path, thread }: Cluster, bytes: number, context: AnswerContext): HolderRow {
  const holder = path.slice(0, -1).findLast(({ dominates }) => dominates);
  const at = holder && (holder.place ?? holder.function);
  const source = at ? context.sourceOf(at.filename, at.lineno) : '';
  const made = path.at(-1)?.place ?? null;
  return {
    count,
    bytes,
    retained,
    path: shownName(pathText(path), MAX_PATH),
    ...(holder && { holder: shownName(holder.name) }),
    ...(at && { holderPlace: shownName(placeText(at, 'lineno', context.cwd)) }),
    ...(source !== '' && { holderSource: shownName(source) }),
    ...(made !== null && { place: shownName(placeText(made, 'lineno', context.cwd)) }),
    ...(thread !== undefined && thread !== 'main' && { thread: shownName(thread) }),
  };
}

/** What holds the first, which are the most. */
function heldBy([first]: readonly HolderRow[], all: number): string[] {
  if (first === undefined) return [];
  const share = first.count === all ? (all === 1 ? 'It is' : 'All are') : `${first.count} of them are`;
  const held = `${share} held by ${code(first.path, MAX_PATH)}.`;
  if (first.holder === undefined) return [held, 'No link of this path alone keeps all of them alive.'];
  const made = first.holderPlace === undefined ? '' : `, made at ${code(first.holderPlace)}`;
  const source = first.holderSource === undefined ? '' : `: ${code(first.holderSource)}`;
  return [held, `${code(first.holder)}${made}${source} alone keeps them alive.`];
}

function morePaths(rest: number): string[] {
  return rest > 0 ? [`${rest} more kinds of paths are left out; take --top all of the command.`] : [];
}

function damageOf({ damage }: { readonly damage?: string }): string[] {
  return damage === undefined ? [] : [damage];
}

function objects(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`;
}
