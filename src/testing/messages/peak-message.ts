import type { Frame } from '../../model/frame.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { placeLines } from './place-lines.js';

/** With these the message has at most 12 lines. */
const MOST_PLACES = 3;
/** What is smaller says nothing about the peak. */
const LEAST_SHARE = 0.02;

interface PeakFacts {
  readonly name: string;
  /** Bytes. */
  readonly limit: number;
  readonly peak: number;
  /** The part of the peak that has no stacks. */
  readonly external: number;
  readonly snapshot: Snapshot;
  readonly isOwn: (frame: Frame) => boolean;
  /** The files that were written, or why they were not. */
  readonly artifacts: string | null;
}

/** How much too high the peak is, and which lines held most. At most 12 lines. */
export function peakMessage({ name, limit, peak, external, snapshot, isOwn, artifacts }: PeakFacts): string {
  const places = snapshot.statistics('own').filter(({ size }) => size >= LEAST_SHARE * peak);
  const stacks = snapshot.statistics('traceback').map(({ traceback }) => traceback);
  const shown = places.slice(0, MOST_PLACES).flatMap(({ traceback, size }, i) => {
    const line = traceback.at(-1)!;
    const largest = stacks.find(({ frames }) => frames.findLast(isOwn)?.equals(line)) ?? traceback;
    return placeLines(largest, { size: formatSize(size), isOwn, withSource: i === 0 });
  });
  const rest = places.length - MOST_PLACES;
  return [
    `${printable(name)} held ${formatSize(peak)} at its peak, ${formatSize(peak - limit)} more than the limit of ${formatSize(limit)}`,
    '',
    ...shown,
    ...(rest > 0 ? [`  ${rest} more: see error.snapshot`] : []),
    ...(external >= LEAST_SHARE * peak
      ? [`  ${formatSize(external)} outside of V8's heap, as Buffers are: V8 does not tell which lines made them`]
      : []),
    ...(artifacts === null ? [] : [artifacts]),
  ].join('\n');
}
