import type { CallStackOptions } from './call-stack.js';
import type { ThreadTraces } from './trace-collector.js';

export interface ReadingOptions extends CallStackOptions {
  /** Most recent frames to keep of each stack. */
  readonly tracebackLimit: number;
}

/** What was alive in an isolate. */
export interface Reading {
  /** Adds its traces to a snapshot, as often as asked. */
  readonly addTo: (traces: ThreadTraces, options: ReadingOptions) => void;
  /** Bytes of the heap, traced or not, at that moment: without garbage. */
  readonly liveBytes: number;
}

export interface ReadOptions {
  /** The program has come to its end: the source may end with this reading. */
  readonly isLast: boolean;
  /** Has what collects the garbage done when its turn has come. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What knows the stacks of the live memory of one isolate. */
export interface TraceSource {
  /** @param force take over when another tool uses the same part of V8 */
  start(options: { readonly force: boolean }): Promise<void>;
  /** Forgets everything allocated so far. */
  clear(): Promise<void>;
  stop(): Promise<void>;
  /** Forces a full collection. */
  read(options: ReadOptions): Promise<Reading>;
}
