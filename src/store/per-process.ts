import type { HeapTotals } from '../model/trace-columns.js';
import { Snapshot } from '../snapshot/snapshot.js';
import type { FleetSnapshot } from './store.js';

/** The mean of the processes as one snapshot: every size and count divided by their number. A trace has at least one block. */
export function perProcess({ processes, snapshot }: FleetSnapshot): Snapshot {
  if (processes < 2) return snapshot;
  const { columns, capture } = snapshot;
  return new Snapshot({
    ...snapshot,
    columns: {
      ...columns,
      size: columns.size.map((size) => size / processes),
      count: columns.count.map((count) => Math.max(1, Math.round(count / processes))),
    },
    capture: { ...capture, heap: capture.heap && divided(capture.heap, processes) },
  });
}

function divided(heap: HeapTotals, by: number): HeapTotals {
  const part = (bytes: number | null) => (bytes === null ? null : bytes / by);
  const { heapUsed, heapTotal, external, arrayBuffers, rss } = heap;
  return { heapUsed: heapUsed / by, heapTotal: heapTotal / by, external: part(external), arrayBuffers: part(arrayBuffers), rss: part(rss) };
}
