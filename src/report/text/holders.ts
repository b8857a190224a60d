import type { Explanation, HeldCluster } from '../../heap-graph/paths/explain.js';
import type { PathLink } from '../../heap-graph/paths/path-finder.js';
import { printable, visible } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';
import { type Column, columnLines } from './column-lines.js';
import { shortPath } from './place.js';

const ARROW = ' → ';
const INDENT = '  ';

export interface HoldersOptions {
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
  /** Available columns. */
  readonly width: number;
}

/** A path in one line: `global.cache → Map → entry → Session.user`. */
export function pathText(path: readonly PathLink[]): string {
  return path.flatMap((link, i) => [linkName(link), ...typeBetween(link, path[i + 1])]).join(ARROW);
}

function linkName({ name, repeats }: PathLink): string {
  return repeats === 1 ? name : `${name} (×${repeats})`;
}

/** The type of an object, unless the names before or after it say it. That of the last one is what was asked for. */
function typeBetween({ edge, name, type }: PathLink, next: PathLink | undefined): string[] {
  const isRoot = edge === '';
  return next === undefined || isRoot || type === name || ['.', '[', ' '].some((after) => next.name.startsWith(type + after)) ? [] : [type];
}

/** Each cluster: how many, its path in one line, then each link with what it retains and where it was allocated. */
export function holdersLines({ what, explanation }: Explained, options: HoldersOptions): string[] {
  const { count, size, retained, unheld, clusterCount, clusters } = explanation;
  const rest = clusterCount - clusters.length;
  const total = `${printable(what)}: ${objects(count)} of ${formatSize(size)}; without ${it(count)} ${formatSize(retained)} would be free`;
  return [
    ...wrapped(total, options.width),
    ...clusters.flatMap((cluster) => ['', ...clusterLines(cluster, options)]),
    ...(unheld > 0 ? ['', ...wrapped(`${objects(unheld)} held by nothing: V8 has not collected them yet`, options.width)] : []),
    ...(rest > 0 ? ['', ...wrapped(`${rest} more ${rest === 1 ? 'path' : 'paths'}: see them with --top all`, options.width)] : []),
  ];
}

interface Explained {
  /** As the user asked. */
  readonly what: string;
  readonly explanation: Explanation;
}

function it(count: number): string {
  return count === 1 ? 'it' : 'them';
}

function objects(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`;
}

/** ` in worker 1`; empty for the main thread, and for a file. */
export function inThread(thread: string | undefined): string {
  return thread === undefined || thread === 'main' ? '' : ` in ${thread}`;
}

function clusterLines(cluster: HeldCluster, { cwd, width }: HoldersOptions): string[] {
  const { count, size, retained, path, thread } = cluster;
  const title = `${objects(count)}${visible(inThread(thread))} of ${formatSize(size)}, without which ${formatSize(retained)} would be free, held by`;
  const text = visible(pathText(path));
  const columns: Column[] = [
    { title: 'retains', cells: path.map((link) => formatSize(link.retained)) },
    { title: 'id', cells: path.map(({ id }) => `@${id}`), dispensable: 1 },
  ];
  const cells = path.map((link) => (room: number) => wrapped(linkLine(link, cwd), room));
  const table = columnLines(columns, { title: 'link', cells }, width - INDENT.length);
  return [
    ...wrapped(title, width),
    ...wrapped(text, width - INDENT.length).map(indented),
    '',
    ...table.map(indented),
    ...letGo(cluster, width),
  ];
}

function linkLine({ edge, name, type, place, repeats, dominates }: PathLink, cwd: string): string {
  const what = name === type || edge === '' ? name : `${name}: ${type}`;
  const where = place === null ? '' : ` allocated at ${shortPath(place.filename, cwd)}:${place.lineno}`;
  return visible(`${dominates ? '* ' : ''}${what}${repeats === 1 ? '' : ` (×${repeats})`}${where}`);
}

function indented(line: string): string {
  return line === '' ? '' : INDENT + line;
}

/** Who would have to let go. */
function letGo({ path, count }: HeldCluster, width: number): string[] {
  if (path.length < 2) return [];
  const text = path.some(({ dominates }) => dominates)
    ? `* alone keeps ${count === 1 ? 'it' : 'all of them'} alive`
    : `no link of this path alone keeps ${count === 1 ? 'it' : 'all of them'} alive: there are other paths to ${it(count)}`;
  return wrapped(text, width - INDENT.length).map(indented);
}

/** The only document that `why --json` prints. Sizes are bytes. */
export function holdersJson({ what, explanation }: Explained) {
  return { what, ...explanation };
}
