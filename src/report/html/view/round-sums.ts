import type { CellColumns, SumColumns } from '../../call-tree/report-data.js';
import type { LifetimeColumns, RoundData } from '../../call-tree/series-data.js';

/** The sums of the traces that are alive in a round. @param unseen see SpreadColumns */
export function sumsInRound(
  { cell, first, last, size, count, variance }: LifetimeColumns,
  { round, threads, missing, unseen }: RoundOfCells,
): SumColumns {
  const zeros = () => new Array<number>(threads.length).fill(0);
  const sums = { size: zeros(), count: zeros() };
  const spread = variance && { variance: zeros(), sampled: zeros(), unseen };
  const lacks = new Set(missing);
  for (let row = 0; row < cell.length; row++) {
    const at = cell[row]!;
    if (first[row]! > round || last[row]! < round || lacks.has(threads[at]!)) continue;
    sums.size[at]! += size[row]!;
    sums.count[at]! += count[row]!;
    if (!spread) continue;
    spread.variance[at]! += variance[row]!;
    spread.sampled[at] = 1;
  }
  return { ...sums, spread };
}

interface RoundOfCells {
  readonly round: number;
  /** By cell. */
  readonly threads: CellColumns['thread'];
  readonly missing: RoundData['missing'];
  readonly unseen: number;
}
