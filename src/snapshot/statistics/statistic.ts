import type { Traceback } from '../../model/traceback.js';
import { formatSize } from '../../text/size-format.js';
import type { OwnCaller } from './own-callers.js';

/** Makes the parts of a statistic that few callers look at, on demand. */
export interface StatisticSource {
  traceback(group: number): Traceback;
  label(group: number): string;
  /** Bytes. */
  standardError(group: number): number;
  /** Blocks. */
  countStandardError(group: number): number;
  ownCaller(group: number): OwnCaller | null;
}

const inspect = Symbol.for('nodejs.util.inspect.custom');

/** The memory of one group of traces. */
export class Statistic {
  /** Bytes. */
  readonly size: number;
  /** Blocks. */
  readonly count: number;
  readonly #source: StatisticSource;
  readonly #group: number;

  constructor(source: StatisticSource, group: number, totals: { size: number; count: number }) {
    this.#source = source;
    this.#group = group;
    this.size = totals.size;
    this.count = totals.count;
  }

  /** Where the memory was allocated: one frame, or a whole stack when grouped by `'traceback'`. */
  get traceback(): Traceback {
    return this.#source.traceback(this.#group);
  }

  /** Standard error of `size`, in bytes; 0 if the capture was exact. In a diff: of `sizeDiff`. */
  get standardError(): number {
    return this.#source.standardError(this.#group);
  }

  /**
   * Standard error of `count`, in blocks; 0 if every block was counted. In a diff: of `countDiff`. It includes what decoding does not know, and
   * blocks that V8 may have hidden by making several in one allocation.
   */
  get countStandardError(): number {
    return this.#source.countStandardError(this.#group);
  }

  /**
   * The nearest caller in the program's own files through which most of the bytes were allocated. null if the group is of such a file, if no own
   * file called it, and for keys that name no place in a stack, the key `own`, and cumulative statistics.
   */
  get ownCaller(): OwnCaller | null {
    return this.#source.ownCaller(this.#group);
  }

  equals(other: Statistic): boolean {
    return (
      this.constructor === other.constructor &&
      this.size === other.size &&
      this.count === other.count &&
      this.traceback.equals(other.traceback)
    );
  }

  /** `app.js:7: size=394 KiB, count=9994, average=40 B`, as CPython prints it. */
  toString(): string {
    return `${this.label()}: size=${formatSize(this.size)}, count=${this.count}${this.averageText()}`;
  }

  /** Makes `console.log` print a statistic as Python's `print` does. By default it would not show the traceback, which is a getter. */
  [inspect](): string {
    return this.toString();
  }

  protected label(): string {
    return this.#source.label(this.#group);
  }

  protected averageText(): string {
    return this.count ? `, average=${formatSize(this.size / this.count)}` : '';
  }
}

/** The memory of one group of traces, and its change since an older snapshot. */
export class StatisticDiff extends Statistic {
  /** Bytes. */
  readonly sizeDiff: number;
  /** Blocks. */
  readonly countDiff: number;

  constructor(source: StatisticSource, group: number, totals: { size: number; count: number; sizeDiff: number; countDiff: number }) {
    super(source, group, totals);
    this.sizeDiff = totals.sizeDiff;
    this.countDiff = totals.countDiff;
  }

  override equals(other: Statistic): boolean {
    return other instanceof StatisticDiff && super.equals(other) && this.sizeDiff === other.sizeDiff && this.countDiff === other.countDiff;
  }

  /** `app.js:7: size=394 KiB (+0 B), count=9994 (+0), average=40 B`, as CPython prints it. */
  override toString(): string {
    const size = `${formatSize(this.size)} (${formatSize(this.sizeDiff, true)})`;
    const count = `${this.count} (${this.countDiff < 0 ? '' : '+'}${this.countDiff})`;
    return `${this.label()}: size=${size}, count=${count}${this.averageText()}`;
  }
}
