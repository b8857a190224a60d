import { setTimeout as sleep } from 'node:timers/promises';
import { TracemallocError } from '../errors.js';
import { messageOf } from '../protocol/error-text.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** A snapshot stops the target, which then rests for a second, or for as long as keeps it stopped in at most 5 % of the time. */
const MIN_REST_MS = 1_000;
const REST_PER_MS = 19;

export interface Taken {
  readonly snapshot: Snapshot;
  /** When it was asked for; ms of `performance.now()`. */
  readonly begun: number;
}

export interface Failure {
  /** Of the error family, else `ERR_INTERNAL`. */
  readonly code: string;
  readonly message: string;
  /** ms since 1970. */
  readonly time: number;
}

/**
 * Takes the snapshots of a target for all who ask, one at a time. While the target rests there is none but the second one of a difference,
 * which has its time; the target rests the longer from it.
 */
export class SharedSnapshots {
  /** Snapshots taken, and the time that they took; failed ones count. */
  count = 0;
  totalMs = 0;
  lastFailure: Failure | null = null;
  readonly #take: () => Promise<Snapshot>;
  readonly #onFailure: (failure: Failure) => void;
  /** The last one, or the one that is under way. */
  #last: { readonly taken: Promise<Taken>; readonly begun: number } | null = null;
  #isUnderWay = false;
  /** When the target has rested from all before the last one, and from all. */
  #restedBefore = 0;
  #restedAt = 0;

  constructor(take: () => Promise<Snapshot>, onFailure: (failure: Failure) => void) {
    this.#take = take;
    this.#onFailure = onFailure;
  }

  /** How long the target still rests, in ms. */
  get restMs(): number {
    return Math.max(0, this.#restedAt - performance.now());
  }

  /** The last one as long as the target rests from it, else a new one. @throws why it could not be taken */
  latest(): Promise<Taken> {
    return this.#last && (this.#isUnderWay || this.restMs > 0) ? this.#last.taken : this.#begin();
  }

  /** One that was asked for at `begun` or later. It is waited for until then, and until the target has rested from all but the last one. */
  async since(begun: number, signal: AbortSignal): Promise<Taken> {
    while (!this.#last || this.#last.begun < begun) {
      const wait = Math.max(begun, this.#restedBefore) - performance.now();
      if (this.#isUnderWay)
        await this.#last?.taken.catch(() => undefined); // it is told to those who asked for it
      else if (wait > 0) await sleep(Math.ceil(wait), undefined, { signal });
      else this.#begin().catch(() => undefined); // it is the last one now
    }
    return this.#last.taken;
  }

  #begin(): Promise<Taken> {
    const begun = performance.now();
    this.#isUnderWay = true;
    this.#last = { taken: this.#takeNew(begun), begun };
    return this.#last.taken;
  }

  async #takeNew(begun: number): Promise<Taken> {
    try {
      return { snapshot: await this.#take(), begun };
    } catch (error) {
      const code = error instanceof TracemallocError ? error.code : 'ERR_INTERNAL';
      this.lastFailure = { code, message: messageOf(error), time: Date.now() };
      this.#onFailure(this.lastFailure);
      throw error;
    } finally {
      const end = performance.now();
      this.count++;
      this.totalMs += end - begun;
      this.#restedBefore = Math.max(end, this.#restedAt);
      this.#restedAt = this.#restedBefore + Math.max(MIN_REST_MS, REST_PER_MS * (end - begun));
      this.#isUnderWay = false;
    }
  }
}
