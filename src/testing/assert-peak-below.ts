import { AssertionError } from 'node:assert';
import type { Snapshot } from '../snapshot/snapshot.js';
import { checkWork, type Work } from './call-work.js';
import { ownTest } from './growth-by-place.js';
import { peakMessage } from './messages/peak-message.js';
import { writeArtifacts } from './messages/write-artifacts.js';
import { type CheckedPeakOptions, checkLimit, checkPeakLimitOptions, type PeakLimitOptions } from './peak/peak-options.js';
import { type MeasuredPeak, measurePeak, type Peak } from './peak-of.js';

/** What `assertPeakBelow` throws if the peak is above the limit. */
export class PeakError extends AssertionError {
  /** Bytes. */
  readonly peak: number;
  /** Bytes. */
  readonly limit: number;
  /** What was alive at the peak. */
  readonly snapshot: Snapshot;

  constructor(message: string, { peak, limit, snapshot }: Peak & { readonly limit: number }) {
    super({ message, operator: 'assertPeakBelow' });
    this.name = 'PeakError';
    this.peak = peak;
    this.limit = limit;
    this.snapshot = snapshot;
  }
}

/**
 * Calls `work` once, and fails if it was found to hold more than the limit at one time.
 *
 * @param limit `24 MiB`, or a number of bytes
 * @throws PeakError, an AssertionError; what the work throws; UsageError for wrong options; ForeignSamplerError if this process is traced already;
 *   UnsupportedError in a worker
 */
export async function assertPeakBelow(limit: number | string, work: Work, options: PeakLimitOptions = {}): Promise<void> {
  const { excess } = await comparePeak(limit, work, options);
  if (excess) throw new PeakError(excess.message, excess);
}

interface Comparison {
  readonly name: string;
  readonly limit: number;
  /** null if the peak is not above the limit. */
  readonly excess: (Peak & { readonly limit: number; readonly message: string }) | null;
}

export async function comparePeak(size: number | string, work: unknown, options: PeakLimitOptions): Promise<Comparison> {
  const limit = checkLimit(size);
  checkWork(work);
  const checked = checkPeakLimitOptions(options, work);
  const { name, nframe } = checked;
  const measured = await measurePeak(work, { nframe, limit });
  if (measured.peak <= limit) return { name, limit, excess: null };
  const { peak, snapshot, external } = measured;
  const artifacts = await writtenPeak(measured, checked);
  const message = peakMessage({ name, limit, peak, external, snapshot, isOwn: ownTest(snapshot), artifacts });
  return { name, limit, excess: { peak, snapshot, limit, message } };
}

async function writtenPeak({ raw, snapshot }: MeasuredPeak, { artifacts, name }: CheckedPeakOptions): Promise<string | null> {
  if (artifacts === null) return null;
  return writeArtifacts(artifacts, {
    name,
    what: 'The snapshot of the peak is',
    extension: '.tmsnap',
    dump: (path) => raw.dump(path),
    report: async () => {
      const { buildReport } = await import('../report/html/build-report.js');
      return buildReport(snapshot, { title: name, old: null, own: true, embedSources: false, cwd: process.cwd() });
    },
  });
}
