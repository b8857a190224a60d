import { readHeapUsage } from '../protocol/own-calls.js';
import type { Session } from '../protocol/session.js';

const POLL_MS = 500;
/** A reading is due when the heap usage passes its old maximum by this factor. */
const GROWTH = 1.1;
/** A reading forces a full collection; together they may take this share of the target's time, the first one included. */
const TIME_SHARE = 0.01;
/** What a reading takes at least: 45 to 114 ms were measured on heaps below 30 MB. */
const LEAST_MS = 100;
/** What the first reading takes besides, by heap usage: a full collection took 50 ms at 90 MB, 180 ms at 250 MB. */
const MS_PER_BYTE = 0.7e-6;

/**
 * Watches the heap usage, which costs the target nothing, and asks for a reading of the traced size when it reaches a new height.
 * What it can miss: a peak that comes and goes between two polls, one below a tenth above the last, and one at a time when a reading
 * would take more than its share: for a heap of 50 MB the first 13 seconds, and as long again after each reading.
 */
export class PeakWatch {
  readonly #session: Session;
  readonly #read: () => Promise<unknown>;
  #timer: NodeJS.Timeout | null = null;
  #highest = 0;
  #msPerByte = MS_PER_BYTE;
  #lastRead = 0;

  /** @param read takes a reading; what goes wrong with it is met by whoever uses the session, and ends the watch only with the session */
  constructor(session: Session, read: () => Promise<unknown>) {
    this.#session = session;
    this.#read = read;
  }

  /** Begins, or begins anew: what was highest before does not count. */
  start(): void {
    this.stop();
    this.#highest = 0;
    this.#lastRead = performance.now();
    this.#schedule();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(): void {
    const timer = setTimeout(() => {
      const next = () => {
        if (this.#timer !== timer) return;
        if (this.#session.isOpen) this.#schedule();
        else this.stop();
      };
      this.#poll().then(next, next);
    }, POLL_MS);
    timer.unref();
    this.#timer = timer;
  }

  async #poll(): Promise<void> {
    const { usedSize } = await readHeapUsage(this.#session, { doing: 'watching the heap usage' });
    const before = performance.now();
    const isAffordable = LEAST_MS + usedSize * this.#msPerByte <= (before - this.#lastRead) * TIME_SHARE;
    if (usedSize <= this.#highest * GROWTH || !isAffordable) return;
    this.#highest = usedSize;
    await this.#read();
    this.#lastRead = performance.now();
    this.#msPerByte = (this.#lastRead - before) / usedSize;
  }
}
