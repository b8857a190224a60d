import { UsageError } from '../../errors.js';
import { parseSize } from '../../text/size-parse.js';
import { checkNames, checkText, checkWhole } from '../options/check-values.js';

export interface PeakOptions {
  /** Most recent frames kept of each traceback. Default 16. */
  readonly nframe?: number;
}

export interface PeakLimitOptions extends PeakOptions {
  /** What the error calls the work. Default: the name of the function. */
  readonly name?: string;
  /** A folder for the snapshot of the peak, as a `.tmsnap`, and its report. They are written only if the peak is not below the limit. */
  readonly artifacts?: string;
}

export interface CheckedPeakOptions {
  readonly nframe: number;
  readonly name: string;
  readonly artifacts: string | null;
}

const OF_PEAK = { nframe: true } satisfies Record<keyof PeakOptions, true>;
const OF_LIMIT = { ...OF_PEAK, name: true, artifacts: true } satisfies Record<keyof PeakLimitOptions, true>;

/** @throws UsageError */
export function checkPeakOptions(options: PeakOptions): Pick<CheckedPeakOptions, 'nframe'> {
  checkNames(options, OF_PEAK);
  const { nframe = 16 } = options;
  checkWhole({ nframe }, 1);
  return { nframe };
}

/** @throws UsageError */
export function checkPeakLimitOptions(options: PeakLimitOptions, work: { readonly name: string }): CheckedPeakOptions {
  checkNames(options, OF_LIMIT);
  const { nframe, name = work.name, artifacts = null } = options;
  checkText({ name, ...(artifacts !== null && { artifacts }) });
  return { ...checkPeakOptions(nframe === undefined ? {} : { nframe }), name: name || 'the work', artifacts };
}

/** @param limit `24 MiB`, or a number of bytes @returns bytes @throws UsageError */
export function checkLimit(limit: number | string): number {
  const bytes = typeof limit === 'string' ? parseSize(limit) : limit;
  if (typeof bytes === 'number' && bytes > 0 && Number.isFinite(bytes)) return bytes;
  throw new UsageError(`the limit must be a size above 0, such as '24 MiB' or a number of bytes, not ${String(limit)}`);
}
