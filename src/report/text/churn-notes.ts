import type { Churn } from '../../model/trace-columns.js';
import { formatSize } from '../../text/size-format.js';
import { percent } from './percent.js';

/** How much was allocated, how fast, how much the live heap has grown by it, and what the garbage collections took. */
export function churnLine(churn: Churn | undefined, bytes: number): string {
  if (!churn) return `allocated ${formatSize(bytes)}`;
  const { seconds, grown, collections } = churn;
  return [
    `allocated ${formatSize(bytes)} in ${seconds.toFixed(1)} s (${rateOf(bytes, seconds)})`,
    `live heap ${formatSize(grown, true)}`,
    ...(collections ? [`${collections.count} collections took ${percent(collections.share, 1)} of the time of the main thread`] : []),
  ].join(', ');
}

/** Bytes a second. */
export function rateOf(bytes: number, seconds: number): string {
  return seconds > 0 ? `${formatSize(bytes / seconds)}/s` : '';
}
