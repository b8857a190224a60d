import type { Allocations } from '../stacks/allocations.js';
import { sampledStacks } from '../stacks/sampled-stacks.js';
import type { ThreadTraces } from '../stacks/trace-collector.js';
import type { ReadingOptions } from '../stacks/trace-source.js';

/** A count is kept in 32 bits. A row with more blocks becomes several. */
const MOST_BLOCKS = 2 ** 32 - 1;

/** One trace for each block size of each stack: the sum of all its blocks. They have no birth. */
export function ingestAllocations(
  { head, nodeNumbers, node, size, count }: Allocations,
  traces: ThreadTraces,
  options: ReadingOptions,
): void {
  const { tracebacks, labels } = sampledStacks(head, nodeNumbers, { ...options, traces });
  const rows = { traceback: [] as number[], size: [] as number[], count: [] as number[], label: [] as number[] };
  for (let row = 0; row < node.length; row++) {
    const traceback = tracebacks[node[row]!]!;
    if (traceback < 0) continue;
    const parts = Math.ceil(count[row]! / MOST_BLOCKS);
    const most = Math.ceil(count[row]! / parts);
    for (let left = count[row]!; left > 0; left -= most) {
      const blocks = Math.min(most, left);
      rows.traceback.push(traceback);
      rows.size.push((size[row]! * blocks) / count[row]!);
      rows.count.push(blocks);
      rows.label.push(labels?.[node[row]!] ?? 0);
    }
  }
  traces.append({
    length: rows.size.length,
    traceback: Uint32Array.from(rows.traceback),
    size: Float64Array.from(rows.size),
    count: Uint32Array.from(rows.count),
    label: labels && Uint16Array.from(rows.label),
    birth: null,
    domain: null,
    type: null,
  });
}
