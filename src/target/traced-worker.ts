import type { Caretaker } from './caretaker.js';
import type { HeapLimitWatch } from './heap-limit.js';
import type { Beginning, IsolateReading, IsolateSettings, IsolateTracing } from './isolate-tracing.js';

export interface WorkersSettings extends IsolateSettings {
  /** false: workers are left alone. */
  readonly workers: boolean;
  /** Hold new workers until they are traced, so that their first lines are, too. */
  readonly hold: boolean;
  /** Keep what a worker held at its end. */
  readonly keepEnded: boolean;
  /** Ask them to wait for us at their end, for what they hold then. */
  readonly waitAtEnd: boolean;
  /** Keep what a worker held when it came to its heap limit. */
  readonly onOom: boolean;
  /** How every worker's tracing begins; asked when it does. */
  readonly beginning: () => Omit<Beginning, 'isHeld'>;
  /** Have the sites of instrumented scripts told from the worker's first line on. */
  readonly expectRegistration: () => boolean;
  readonly maxMessageBytes: number;
  readonly caretaker: Caretaker;
}

/** A thread that a snapshot lacks. */
export interface MissingThread {
  readonly thread: string;
  /** One clause. */
  readonly reason: string;
}

export interface TracedWorker {
  readonly id: number;
  readonly tracing: IsolateTracing;
  /** Resolves, never rejects, with what went wrong, or null. */
  readonly started: Promise<unknown>;
  /** What it held in the last snapshot, or at its end where there was none: kept for when it has ended. */
  last: IsolateReading | null;
  /** Resolves when it has been left at its end; null until it comes to it. */
  ending: Promise<void> | null;
  readonly heapLimit: HeapLimitWatch;
  /** `last` is of the moment at which it came to its heap limit. */
  atHeapLimit: boolean;
}

export interface WorkersReading {
  readonly readings: readonly IsolateReading[];
  readonly missing: readonly MissingThread[];
  /** Those that have ended, and are there as they were at their heap limit. */
  readonly atHeapLimit: readonly string[];
}
