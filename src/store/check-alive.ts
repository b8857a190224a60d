import { UsageError } from '../errors.js';
import type { CaptureInfo } from '../model/trace-columns.js';

/** @throws UsageError for a profile that says nothing about what is alive */
export function checkAlive({ mode }: Pick<CaptureInfo, 'mode'>): void {
  if (mode === 'churn')
    throw new UsageError('a profile of mode churn tells what was allocated, not what is alive; a store takes the other modes');
}
