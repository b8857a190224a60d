import type { HeapTotals } from './trace-columns.js';

/** The sums in bytes; null if one of the totals is unknown. A field is null if one of the totals does not have it. */
export function sumOf(totals: readonly (HeapTotals | null)[]): HeapTotals | null {
  const sum = <Key extends keyof HeapTotals>(key: Key) =>
    totals.reduce<number | null>((total, heap) => (total === null || heap === null || heap[key] === null ? null : total + heap[key]), 0);
  const heapUsed = sum('heapUsed');
  const heapTotal = sum('heapTotal');
  if (heapUsed === null || heapTotal === null) return null;
  return { heapUsed, heapTotal, external: sum('external'), arrayBuffers: sum('arrayBuffers'), rss: sum('rss') };
}
