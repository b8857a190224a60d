import { withOriginalLines } from '../snapshot/original-lines.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { HeapWatch } from '../tracing/watch/heap-watch.js';
import { callOnce, checkWork, type Work } from './call-work.js';
import { whileTracingSelf } from './own-tracing.js';
import { checkPeakOptions, type PeakOptions } from './peak/peak-options.js';

/** What a function held at its peak. */
export interface Peak {
  /** Bytes, of V8's heap and outside of it: how much more was alive than before the call. No garbage counts. */
  readonly peak: number;
  /** What the main thread had allocated by the moment of the peak, since before the call, and was alive then. Of V8's heap alone. */
  readonly snapshot: Snapshot;
}

export interface MeasuredPeak extends Peak {
  /** The part of the peak that is outside of V8's heap. */
  readonly external: number;
  /** As V8 saw it. */
  readonly raw: Snapshot;
}

/**
 * Calls `work` once, and tells the most memory that it was found to hold at one time: a lower bound.
 *
 * @throws what the work throws; UsageError for wrong options; ForeignSamplerError if this process is traced already; UnsupportedError in a worker
 */
export async function peakOf(work: Work, options: PeakOptions = {}): Promise<Peak> {
  checkWork(work);
  const { nframe } = checkPeakOptions(options);
  const { peak, snapshot } = await measurePeak(work, { nframe, limit: 0 });
  return { peak, snapshot };
}

/** @param limit a peak below it need not be found */
export function measurePeak(work: Work, { nframe, limit }: { readonly nframe: number; readonly limit: number }): Promise<MeasuredPeak> {
  return whileTracingSelf({ nframe, inlining: false, workers: false }, async (target, measuring) => {
    const watch = new HeapWatch({ limit });
    measuring.atEnd(() => watch.close());
    await watch.begin();
    const result = await callOnce(work);
    const [found] = [await watch.end(), result]; // the last reading counts what the work has given
    const raw = await target.snapshotOf(found.highest);
    return { peak: found.bytes, external: found.external, snapshot: withOriginalLines(raw), raw };
  });
}
