import type { Traceback } from './traceback.js';

/** One sample of the heap, or one object. */
export interface Trace {
  /** 0 the JavaScript heap, 1 ArrayBuffer backing stores. */
  readonly domain: number;
  /** Bytes that the trace stands for. */
  readonly size: number;
  /** Blocks that the trace stands for. */
  readonly count: number;
  readonly traceback: Traceback;
  /** Constructor or V8 kind; object mode only. */
  readonly type?: string;
  /** `main`, or the worker's name. */
  readonly thread: string;
}
