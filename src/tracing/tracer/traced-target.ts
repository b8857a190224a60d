import type { CaptureInfo } from '../../model/trace-columns.js';
import type { Caretaker } from '../cleanup/caretaker.js';
import type { GcLimiter } from '../isolate/gc-limiter.js';
import type { Isolate } from '../isolate/isolate.js';

/** What stays the same over all runs of a target. */
export interface TracedTarget {
  readonly main: Isolate;
  readonly info: CaptureInfo['target'];
  /** The number by which this machine knows the process; null if it may be on another one. */
  readonly localPid: number | null;
  /** Looks for that number among the processes of this machine if it is not known; null if there is none. */
  readonly findLocalPid: () => Promise<number | null>;
  readonly caretaker: Caretaker;
  readonly gcLimiter: GcLimiter | Promise<GcLimiter>;
  /** The target is the process that we run in. */
  readonly isSelf: boolean;
  /** The program was started for us, and was paused before its first line. */
  readonly wasPaused: boolean;
}

/** The number by which this machine knows the process; null if it may be on another one. */
export async function localPidOf({ localPid, findLocalPid }: Pick<TracedTarget, 'localPid' | 'findLocalPid'>): Promise<number | null> {
  return localPid ?? (await findLocalPid());
}
