import type { Reading } from '../../collect/stacks/trace-source.js';
import type { CaptureInfo } from '../../model/trace-columns.js';

/** What a capture in churn mode tells of its time. @param readings of all threads, the main thread first; empty for another mode */
export function churnOf(readings: readonly Reading[]): Pick<CaptureInfo, 'churn'> {
  const [main, ...workers] = readings.filter((reading) => reading.kind === 'allocations');
  if (!main) return {};
  const { seconds, collections } = main;
  const grown = workers.reduce((sum, worker) => sum + worker.grown, main.grown);
  return { churn: { seconds, grown, ...(collections && { collections }) } };
}
