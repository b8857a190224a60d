import type { Frame } from './frame.js';
import { sourceLine } from './source-lines.js';

/** A stack, from the oldest frame to the most recent. Never empty, and never changed. */
export class Traceback implements Iterable<Frame> {
  readonly frames: readonly Frame[];
  /** Depth of the stack before the traceback limit cut it; null if unknown (groups). */
  readonly totalFrames: number | null;

  constructor(frames: Iterable<Frame>, totalFrames: number | null = null) {
    this.frames = Object.freeze([...frames]);
    this.totalFrames = totalFrames;
    Object.freeze(this);
  }

  get length(): number {
    return this.frames.length;
  }

  /** The frame at `index`; a negative index counts from the most recent, as Array.prototype.at does. */
  at(index: number): Frame | undefined {
    return this.frames.at(index);
  }

  [Symbol.iterator](): Iterator<Frame> {
    return this.frames[Symbol.iterator]();
  }

  includes(frame: Frame): boolean {
    return this.frames.some((own) => own.equals(frame));
  }

  equals(other: Traceback): boolean {
    return this.length === other.length && this.compare(other) === 0;
  }

  /** Negative, zero or positive, in CPython's order of frame tuples: frame by frame from the oldest, and a prefix first. */
  compare(other: Traceback): number {
    const shared = Math.min(this.length, other.length);
    for (let i = 0; i < shared; i++) {
      const order = this.frames[i]!.compare(other.frames[i]!);
      if (order !== 0) return order;
    }
    return this.length - other.length;
  }

  /**
   * Lines to print: `  File "app.js", line 7`, followed by the source line if the file can be read. A positive limit keeps that many most recent
   * frames. A negative limit drops that many, as CPython 3.11 does (its documentation says "the abs(limit) oldest").
   */
  format(options: number | { limit?: number; mostRecentFirst?: boolean } = {}): string[] {
    const { limit, mostRecentFirst = false } = typeof options === 'number' ? { limit: options } : options;
    let frames = this.frames;
    if (limit !== undefined) frames = limit > 0 ? frames.slice(-limit) : frames.slice(0, limit);
    const ordered = mostRecentFirst ? [...frames].reverse() : frames;
    return ordered.flatMap((frame) => {
      const head = `  File "${frame.filename}", line ${frame.lineno}`;
      const source = sourceLine(frame.filename, frame.lineno);
      return source === '' ? [head] : [head, `    ${source}`];
    });
  }

  /** The oldest frame, which CPython prints. A group by line or file has only one frame. */
  toString(): string {
    return String(this.frames[0]);
  }
}
