import type { BufferCluster, BufferHolders } from '../../heap-graph/buffers/explain-buffers.js';
import { visible } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';
import { type Column, columnLines } from './column-lines.js';
import { type HoldersOptions, inThread, pathText } from './holders.js';
import { shortPath } from './place.js';

/** Who holds the memory outside of the heap: one row for each group of like paths, the largest first. */
export function bufferLines({ size, count, unheld, clusterCount, clusters }: BufferHolders, { cwd, width }: HoldersOptions): string[] {
  if (count === 0) return ['no memory outside of the heap'];
  const columns: Column[] = [
    { title: 'size', cells: clusters.map((each) => formatSize(each.size)) },
    { title: 'stores', cells: clusters.map((each) => `${each.count}`), dispensable: 1 },
  ];
  const cells = clusters.map((cluster) => (room: number) => wrapped(holderText(cluster, cwd), room));
  const rest = clusterCount - clusters.length;
  const left = size - unheld.size - clusters.reduce((sum, each) => sum + each.size, 0);
  const nobody = `${stores(unheld.count)} of ${formatSize(unheld.size)} held by no object: V8 and Node hold it themselves, or have not freed it yet`;
  return [
    ...wrapped(`outside of the heap: ${stores(count)} of ${formatSize(size)}`, width),
    '',
    ...(clusters.length > 0 ? columnLines(columns, { title: 'held by', cells }, width) : []),
    ...(rest > 0 ? [`${rest} more: ${formatSize(left)}`] : []),
    ...(unheld.count > 0 ? wrapped(nobody, width) : []),
  ];
}

function holderText({ owner, path, thread }: BufferCluster, cwd: string): string {
  const place = path.at(-1)?.place ?? null;
  const where = place === null ? '' : `, allocated at ${shortPath(place.filename, cwd)}:${place.lineno}`;
  return visible(`${owner}${inThread(thread)}: ${pathText(path)}${where}`);
}

function stores(count: number): string {
  return count === 1 ? '1 store' : `${count} stores`;
}
