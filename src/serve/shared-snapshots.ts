import { setTimeout as sleep } from 'node:timers/promises';
import { TracemallocError } from '../errors.js';
import { messageOf } from '../protocol/error-text.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** A snapshot stops the target. It then rests for a second, or for as long as it takes to be stopped for at most 5 % of the time. */
const MIN_REST_MS = 1_000;
const REST_PER_MS = 19;

export interface Taken {
  readonly snapshot: Snapshot;
  /** When it was requested, in ms of `performance.now()`. */
  readonly begun: number;
}

export interface Failure {
  /** The code of the error, or `ERR_INTERNAL` if it is not from our family of errors. */
  readonly code: string;
  readonly message: string;
  /** ms since 1970. */
  readonly time: number;
}

/**
 * Takes the snapshots of a target for all clients, one at a time. While the target rests, only the second snapshot of a difference is
 * taken, because its time is fixed. The target then rests longer afterwards.
 */
export class SharedSnapshots {
  /** The number of snapshots, and the time that they took; failed ones included. */
  count = 0;
  totalMs = 0;
  lastFailure: Failure | null = null;
  readonly #take: () => Promise<Snapshot>;
  readonly #onFailure: (failure: Failure) => void;
  /** The last snapshot, finished or not. */
  #last: { readonly taken: Promise<Taken>; readonly begun: number } | null = null;
  #isUnderWay = false;
  /** When the target has rested from all snapshots except the last, and when from all of them. */
  #restedBefore = 0;
  #restedAt = 0;

  constructor(take: () => Promise<Snapshot>, onFailure: (failure: Failure) => void) {
    this.#take = take;
    this.#onFailure = onFailure;
  }

  /** How long the target must still rest, in ms. */
  get restMs(): number {
    return Math.max(0, this.#restedAt - performance.now());
  }

  /** The last snapshot if the target still rests from it, otherwise a new one. @throws why it could not be taken */
  latest(): Promise<Taken> {
    return this.#last && (this.#isUnderWay || this.restMs > 0) ? this.#last.taken : this.#begin();
  }

  /**
   * A snapshot that was requested at `begun` or later. Waits until then, and until the target has rested from all snapshots but the last.
   */
  async since(begun: number, signal: AbortSignal): Promise<Taken> {
    while (!this.#last || this.#last.begun < begun) {
      const wait = Math.max(begun, this.#restedBefore) - performance.now();
      if (this.#isUnderWay)
        await this.#last?.taken.catch(() => undefined); // a failure is reported to those who requested this snapshot
      else if (wait > 0) await sleep(Math.ceil(wait), undefined, { signal });
      else this.#begin().catch(() => undefined); // it is now the last one, which the loop checks again
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
