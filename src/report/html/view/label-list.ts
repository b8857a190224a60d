import type { CellColumns } from '../../call-tree/report-data.js';

/** The labels of the cells, as indexes in the names. The largest come first; a label that has shrunk counts with what it had. */
export function labelsBySize({ label: labels, now, old }: CellColumns): number[] {
  const sums = new Map<number, { now: number; old: number }>();
  for (const [cell, label] of (labels ?? []).entries()) {
    const sum = sums.get(label) ?? { now: 0, old: 0 };
    sum.now += now.size[cell]!;
    sum.old += old?.size[cell] ?? 0;
    sums.set(label, sum);
  }
  const most = (label: number) => Math.max(sums.get(label)!.now, sums.get(label)!.old);
  return [...sums.keys()].sort((a, b) => most(b) - most(a));
}
