import { blockPieces } from '../../model/block-pieces.js';
import type { Allocations } from '../stacks/allocations.js';
import { sampledStacks } from '../stacks/sampled-stacks.js';
import type { ThreadTraces } from '../stacks/trace-collector.js';
import type { ReadingOptions } from '../stacks/trace-source.js';

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
    if (traceback < 0 || count[row] === 0) continue;
    for (const piece of blockPieces({ size: size[row]!, count: count[row]! })) {
      rows.traceback.push(traceback);
      rows.size.push(piece.size);
      rows.count.push(piece.count);
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
