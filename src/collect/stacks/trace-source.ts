import type { HeapObjects } from '../heap-snapshot/heap-objects.js';
import type { Allocations, GcTotals } from './allocations.js';
import type { CallStackOptions } from './call-stack.js';
import type { SamplingProfile } from './v8-profile.js';

export interface ReadingOptions extends CallStackOptions {
  /** Most recent frames to keep of each stack. */
  readonly tracebackLimit: number;
}

/** What was alive in an isolate at one moment, or was allocated up to then, as plain data; see `addReading`. */
export type Reading = SampledReading | ObjectReading | AllocationReading;

interface AnyReading {
  /** Bytes of the heap at that moment, traced or not, without garbage. */
  readonly liveBytes: number;
}

export interface SampledReading extends AnyReading {
  readonly kind: 'samples';
  readonly profile: SamplingProfile;
  /** Mean bytes between samples. */
  readonly interval: number;
  /** The block size of each sample, in bytes, 0 if no size explains it; null if every block was sampled. */
  readonly blocks: Float64Array | null;
}

export interface ObjectReading extends AnyReading {
  readonly kind: 'objects';
  readonly objects: HeapObjects;
}

/** All that was allocated since the start, dead or alive. */
export interface AllocationReading extends AnyReading {
  readonly kind: 'allocations';
  readonly allocations: Allocations;
  /** The time in which it was allocated. */
  readonly seconds: number;
  /** Bytes by which the live heap has grown in this time. */
  readonly grown: number;
  /** The garbage collections in this time, without those that we forced; null if they are not known. */
  readonly collections: GcTotals | null;
}

export interface ReadOptions {
  /** The program has come to its end: the source may end with this reading. */
  readonly isLast: boolean;
  /** Does the part that collects the garbage when its turn has come. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Gets V8's heap snapshot in chunks, if the source reads one. What it throws ends the reading. */
  readonly onHeapChunk?: HeapChunkListener | undefined;
}

export type HeapChunkListener = (chunk: string) => void;

export interface SourceStart {
  /** Take over if another tool uses the same part of V8. */
  readonly force: boolean;
  /** Called when the start has been sent, so that a question that is sent now is answered for the moment of the start. */
  readonly onSent?: (() => void) | undefined;
}

export interface SourceEnd {
  /** Whether the conversation ends at once. */
  readonly isLeaving: boolean;
}

/** What knows the stacks of the live memory of one isolate. */
export interface TraceSource {
  /**
   * Looks for another tool that uses the same part of V8, if `start` would look too late: before flags of V8 are changed for this source.
   *
   * @param untilIdle resolves after a turn of the event loop, which the look may need
   * @throws ForeignSamplerError
   */
  refuseOthers(untilIdle: () => Promise<void>): Promise<void>;
  start(options: SourceStart): Promise<void>;
  /** Forgets everything allocated so far. */
  clear(): Promise<void>;
  stop(options: SourceEnd): Promise<void>;
  /** Forces a full collection. */
  read(options: ReadOptions): Promise<Reading>;
}
