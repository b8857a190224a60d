import type { Session } from '../protocol/session.js';

const POLL_MS = 500;
/** A reading is due when the heap usage passes its old maximum by this factor. */
const GROWTH = 1.1;
/** A reading forces a full collection; together they may take this share of the target's time. */
const TIME_SHARE = 0.02;

/**
 * Watches the heap usage, which costs the target nothing, and asks for a reading of the traced size when it reaches a new height.
 * What it can miss: a peak that comes and goes between two polls, one below a tenth above the last, and one right after a reading that
 * took long.
 */
export class PeakWatch {
  readonly #session: Session;
  readonly #read: () => Promise<unknown>;
  #timer: NodeJS.Timeout | null = null;
  #highest = 0;
  #notBefore = 0;

  /** @param read takes a reading; what goes wrong with it is met by whoever uses the session, and ends the watch only with the session */
  constructor(session: Session, read: () => Promise<unknown>) {
    this.#session = session;
    this.#read = read;
  }

  /** Begins, or begins anew: what was highest before does not count. */
  start(): void {
    this.stop();
    this.#highest = 0;
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
    if (performance.now() < this.#notBefore) return;
    const { usedSize } = await this.#session.send('Runtime.getHeapUsage', undefined, { doing: 'watching the heap usage' });
    if (usedSize <= this.#highest * GROWTH) return;
    this.#highest = usedSize;
    const before = performance.now();
    await this.#read();
    const now = performance.now();
    this.#notBefore = now + (now - before) / TIME_SHARE;
  }
}
