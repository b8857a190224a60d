import type { CaptureInfo } from '../../model/trace-columns.js';
import type { Caretaker } from '../cleanup/caretaker.js';
import type { Lanes } from '../isolate/gc-limiter.js';
import type { Isolate } from '../isolate/isolate.js';

/** What stays the same over all tracings of a target. */
export interface TracedTarget {
  readonly main: Isolate;
  readonly info: CaptureInfo['target'];
  readonly caretaker: Caretaker;
  readonly lanes: Lanes | Promise<Lanes>;
  /** It is the process that we run in, and ends with us. */
  readonly isSelf: boolean;
  /** Workers that start meanwhile wait until they are traced. */
  readonly holdsWorkers: boolean;
}

/** What a tracing finds in a target. */
export interface Circumstances {
  /** It was started without inlining. */
  readonly inliningIsOff: boolean;
  /** It was started so that allocations can be tracked safely. */
  readonly isTrackable: boolean;
  /** It waits before its first line. */
  readonly isHeld: boolean;
}
