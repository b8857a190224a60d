import type { Traceback } from '../model/traceback.js';
import { formatSize } from '../text/size-format.js';

export interface TraceFields {
  readonly domain: number;
  readonly size: number;
  readonly count: number;
  readonly traceback: Traceback;
  readonly thread: string;
  readonly type?: string | undefined;
  readonly label?: string | undefined;
}

/** One sample of the heap, or one object. */
export class Trace {
  /** 0: JavaScript heap. 1: ArrayBuffer backing stores. 2: other memory outside of the heap. */
  readonly domain: number;
  /** Bytes that the trace stands for. */
  readonly size: number;
  /** Blocks that the trace stands for. */
  readonly count: number;
  readonly traceback: Traceback;
  /** `main`, or the worker's name. */
  readonly thread: string;
  /** Constructor or V8 kind; object mode only. */
  readonly type: string | undefined;
  /** What the trace was allocated for, such as a route; only if labels were on. */
  readonly label: string | undefined;

  constructor(fields: TraceFields) {
    this.domain = fields.domain;
    this.size = fields.size;
    this.count = fields.count;
    this.traceback = fields.traceback;
    this.thread = fields.thread;
    this.type = fields.type;
    this.label = fields.label;
    Object.freeze(this);
  }

  equals(other: Trace): boolean {
    return (
      this.domain === other.domain &&
      this.size === other.size &&
      this.count === other.count &&
      this.thread === other.thread &&
      this.type === other.type &&
      this.label === other.label &&
      this.traceback.equals(other.traceback)
    );
  }

  /** `app.js:7: 394 KiB`, as CPython prints it. */
  toString(): string {
    return `${this.traceback}: ${formatSize(this.size)}`;
  }
}
