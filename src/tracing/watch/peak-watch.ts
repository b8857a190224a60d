import type { Session } from '../../protocol/session.js';
import { Poll } from './poll.js';

/** How closely to watch, and what that may cost the target. */
export interface Watchfulness {
  readonly pollMs: number;
  /** A reading forces a full collection; together they may take this share of the target's time. */
  readonly timeShare: number;
  /** They may take this much more at once: at the start, and again when it has been saved up. */
  readonly creditMs: number;
  /**
   * What a reading must be above. `'used'`: the highest heap usage that was read at, garbage included, so that a program that only turns
   * over is left alone. `'live'`: the highest that a reading found alive, so that no garbage hides a peak.
   */
  readonly above: 'used' | 'live';
}

/** For the peak that getTracedMemory() tells. */
export const UNASKED: Watchfulness = { pollMs: 500, timeShare: 0.01, creditMs: 0, above: 'used' };
/** For the snapshot of a peak, which somebody asked for. */
export const ASKED: Watchfulness = { pollMs: 100, timeShare: 0.1, creditMs: 1000, above: 'live' };

/** A reading is due when the heap usage passes its old maximum by this factor. */
const GROWTH = 1.1;
/** What a reading takes in any case: 45 to 114 ms were measured on heaps below 30 MB. */
const LEAST_MS = 100;
/** And besides, by heap usage: a full collection took 50 ms at 90 MB, 180 ms at 250 MB. */
const MS_PER_BYTE = 0.7e-6;
const NOTHING = async () => 0;

/**
 * Watches the heap usage, which costs the target nothing, and asks for a reading of the traced size when it reaches a new height.
 * What it can miss: a peak that comes and goes between two polls, one below a tenth above the last, and one at a time when a reading
 * would take more than its share: unasked for a heap of 50 MB the first 13 seconds, and about as long again after each reading.
 */
export class PeakWatch {
  readonly #read: () => Promise<number>;
  readonly #poll: Poll<void>;
  #watchfulness = UNASKED;
  #heapUsed = NOTHING;
  #highest = 0;
  /** How much longer the last reading took than one is reckoned at. */
  #slowness = 1;
  /** What readings may take now, in ms; below 0 where the last one took more. */
  #credit = 0;
  #creditedAt = 0;

  /** @param read takes a reading, and gives what was alive at its moment, in bytes: the program has run on since; what goes wrong with it is met by whoever uses the session, and ends the watch only with the session */
  constructor(session: Session, read: () => Promise<number>) {
    this.#read = read;
    this.#poll = new Poll(session, () => this.#look());
  }

  /**
   * Begins, or begins anew: what was highest before does not count.
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

  /** Nothing is saved up beyond the credit of the start, or one reading. */
  #affords(costMs: number): boolean {
    const { timeShare, creditMs } = this.#watchfulness;
    const now = performance.now();
    this.#credit = Math.min(this.#credit + (now - this.#creditedAt) * timeShare, Math.max(creditMs, costMs));
    this.#creditedAt = now;
    return this.#credit >= costMs;
  }
}
