import type { Session } from '../../protocol/session.js';
import { Poll } from './poll.js';

/** How closely to watch, and what that may cost the target. */
export interface Watchfulness {
  readonly pollMs: number;
  /** The share of the target's time that readings may take together. Each of them forces a full collection. */
  readonly timeShare: number;
  /** The time that readings may take beyond the share: at the start, and again when it has been saved up. */
  readonly creditMs: number;
  /**
   * What the heap usage must exceed for a reading. `'used'`: the highest usage at an earlier reading, garbage included, so that a program whose
   * live memory is constant is left alone. `'live'`: the most that a reading found alive, so that no garbage hides a peak.
   */
  readonly above: 'used' | 'live';
}

/** For the peak that getTracedMemory() tells, which nobody may need. */
export const UNASKED: Watchfulness = { pollMs: 500, timeShare: 0.01, creditMs: 0, above: 'used' };
/** For the snapshot of a peak, which the user asked for. */
export const ASKED: Watchfulness = { pollMs: 100, timeShare: 0.1, creditMs: 1000, above: 'live' };

/** A reading is due when the heap usage exceeds its old maximum by this factor. */
const GROWTH = 1.1;
/** The least time of a reading: 45 to 114 ms were measured on heaps below 30 MB. */
const LEAST_MS = 100;
/** The further time of a reading, by heap usage: a full collection took 50 ms at 90 MB, 180 ms at 250 MB. */
const MS_PER_BYTE = 0.7e-6;
const NOTHING = async () => 0;

/**
 * Watches the heap usage, which costs the target nothing, and asks for a reading of the traced size when it reaches a new height. It can miss a
 * peak that comes and goes between two polls, one that is less than a tenth above the last, and one at a time when a reading would take more than
 * its share. With `UNASKED` and a heap of 50 MB that is the first 13 seconds, and about as long after each reading.
 */
export class PeakWatch {
  readonly #read: () => Promise<number>;
  readonly #poll: Poll<void>;
  #watchfulness = UNASKED;
  #heapUsed = NOTHING;
  #highest = 0;
  /** The time of the last reading, divided by its estimate. */
  #slowness = 1;
  /** The time that readings may take now, in ms; below 0 if the last one took more. */
  #credit = 0;
  #creditedAt = 0;

  /**
   * @param read takes a reading, and gives the bytes that were alive at that moment. Its errors are ignored: whoever uses the session meets them,
   *   too. Only the end of the session ends the watch
   */
  constructor(session: Session, read: () => Promise<number>) {
    this.#read = read;
    this.#poll = new Poll(session, () => this.#look());
  }

  /**
   * Starts, or starts again: earlier heights do not count.
   *
   * @param heapUsed reads the heap usage, in bytes
   */
  start(watchfulness: Watchfulness, heapUsed: () => Promise<number>): void {
    this.#watchfulness = watchfulness;
    this.#heapUsed = heapUsed;
    this.#highest = 0;
    this.#credit = watchfulness.creditMs;
    this.#creditedAt = performance.now();
    this.#poll.start(watchfulness.pollMs);
  }

  stop(): void {
    this.#poll.stop();
    this.#heapUsed = NOTHING;
  }

  async #look(): Promise<void> {
    const usedSize = await this.#heapUsed();
    const reckonedMs = LEAST_MS + usedSize * MS_PER_BYTE;
    const isAffordable = this.#affords(reckonedMs * this.#slowness);
    if (usedSize <= this.#highest * GROWTH || !isAffordable) return;
    const { above } = this.#watchfulness;
    if (above === 'used') this.#highest = usedSize;
    const start = performance.now();
    try {
      const live = await this.#read();
      if (above === 'live') this.#highest = Math.max(this.#highest, live);
    } finally {
      const took = performance.now() - start;
      this.#credit -= took;
      this.#slowness = took / reckonedMs;
    }
  }

  /** At most the credit of the start, or the cost of one reading, can be saved up. */
  #affords(costMs: number): boolean {
    const { timeShare, creditMs } = this.#watchfulness;
    const now = performance.now();
    this.#credit = Math.min(this.#credit + (now - this.#creditedAt) * timeShare, Math.max(creditMs, costMs));
    this.#creditedAt = now;
    return this.#credit >= costMs;
  }
}
