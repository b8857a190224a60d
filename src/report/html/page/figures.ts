import { formatSize } from '../../../text/size-format.js';
import { percent } from '../../text/percent.js';
import type { State } from './page-state.js';

export function signedCount(count: number): string {
  return count >= 0 ? `+${count}` : `${count}`;
}

/** The figures of a node: `12.0 MiB ± 1.1 MiB, 34 %, 1200 blocks`. */
export function nodeFigures({ tree, isDiff }: State, node: number): string {
  const { sums } = tree;
  const error = sums.error(node);
  const margin = error > 0 ? ` ± ${formatSize(error)}` : '';
  const size = `${formatSize(sums.size[node]!)}${isDiff ? '' : margin}`;
  const parts = [size, percent(sums.size[node]!, sums.size[0]!), sums.count[node] === 1 ? '1 block' : `${sums.count[node]!} blocks`];
  if (isDiff)
    parts.unshift(
      `${sums.isNoise(node) ? '~ ' : ''}${formatSize(sums.change(node), true)}${margin}`,
      `${formatSize(sums.oldSize[node]!)} before`,
    );
  return parts.join(', ');
}
