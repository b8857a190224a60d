import { setImmediate } from 'node:timers/promises';
import { SnapshotFileError, StoreError } from '../../errors.js';
import type { Profile, Store } from '../store.js';
import type { Spool, Spooled } from './spool.js';

export interface PusherOptions {
  /** Opens the store. It is called again after each failure. Aborted: gives up. */
  readonly open: (signal: AbortSignal) => Promise<Store>;
  readonly spool: Spool;
  readonly onNotice: (notice: string) => void;
  /** ms to the second attempt. Each further one waits twice as long, up to a minute. Default: one second. */
  readonly firstWaitMs?: number;
}

/** Profiles that are sent at once: this thread does nothing else while it reads them. After a failure one, to find out whether the fault is in it. */
const LARGEST_BATCH = 10;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Sends profiles to a store in the background. While the store is away they wait in the spool, and nobody waits for them. A profile that the store
 * refuses is set aside, and one that fails for another reason goes behind the others, so that no profile blocks the spool.
 */
export class Pusher {
  readonly #options: PusherOptions;
  #store: Store | null = null;
  /** Attempts that failed since all was sent. */
  #failures = 0;
  #batch = LARGEST_BATCH;
  /** Files of profiles that failed alone. They are tried again when all others are sent. */
  readonly #failed = new Set<string>();
  #sending: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #giveUp = new AbortController();
  #isWoken = false;

  constructor(options: PusherOptions) {
    this.#options = options;
    if (options.spool.length > 0) this.#wake();
  }

  /** @throws SnapshotFileError if the spool cannot be written */
  add(profile: Profile): void {
    this.#options.spool.add(profile);
    if (this.#timer === undefined) this.#wake();
  }

  /**
   * Makes a last attempt, and gives up after so many ms.
   *
   * @returns how many profiles are left in the spool
   */
  async close(limitMs: number): Promise<number> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        if (this.#failures === 0) this.#options.onNotice(`the store has not taken all profiles within ${limitMs / 1000} s`);
        this.#giveUp.abort();
        resolve();
      }, limitMs);
    });
    this.#wake();
    await Promise.race([this.#sending, late]);
    clearTimeout(timer);
    await this.#leave();
    return this.#options.spool.length;
  }

  #wake(): void {
    this.#isWoken = true;
    this.#sending ??= this.#sendWhileWoken();
  }

  /** There is no moment between the last look and the end, so no profile is overlooked. */
  async #sendWhileWoken(): Promise<void> {
    try {
      while (this.#isWoken && !this.#giveUp.signal.aborted) {
        this.#isWoken = false;
        await this.#send();
      }
    } finally {
      this.#sending = null;
    }
  }

  async #send(): Promise<void> {
    const { open, onNotice } = this.#options;
    const { signal } = this.#giveUp;
    try {
      for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
        this.#store ??= await open(signal);
        signal.throwIfAborted();
        await this.#push(this.#store, batch);
        await setImmediate(); // a store in a folder never yields, and `serve` must answer meanwhile
      }
    } catch (error) {
      if (!signal.aborted && this.#failures++ === 0)
        onNotice(`the store does not take profiles, which wait in the spool: ${(error as Error).message}`);
      await this.#leave();
      if (!this.#isClosed) this.#sendLater();
    }
  }

  #next(): Spooled[] {
    const { spool } = this.#options;
    const batch = spool.oldest(this.#batch, this.#failed);
    if (batch.length > 0 || this.#failed.size === 0) return batch;
    this.#failed.clear();
    return spool.oldest(1);
  }

  /** @throws if the store does not take it for now */
  async #push(store: Store, batch: readonly Spooled[]): Promise<void> {
    const { spool, onNotice } = this.#options;
    const [{ file }] = batch as [Spooled];
    const isAlone = batch.length === 1;
    try {
      await store.push(batch.map(({ profile }) => profile));
    } catch (error) {
      this.#batch = 1;
      if (isOfStore(error)) {
        if (isAlone) this.#failed.add(file);
        throw error;
      }
      if (isAlone) spool.setAside(file, `the store refuses a profile: ${(error as Error).message}`);
      return;
    }
    spool.remove(batch);
    this.#batch = Math.min(LARGEST_BATCH, 2 * this.#batch);
    if (this.#failed.size > 0) return;
    if (this.#failures > 0) onNotice('the store answers again');
    this.#failures = 0;
  }

  /** Between half of the wait and the whole, so that a fleet does not come back to a store all at once. */
  #sendLater(): void {
    const { firstWaitMs = FIRST_WAIT_MS } = this.#options;
    const waitMs = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** (this.#failures - 1));
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#wake();
      },
      waitMs * (0.5 + 0.5 * Math.random()),
    );
    this.#timer.unref();
  }

  async #leave(): Promise<void> {
    const store = this.#store;
    this.#store = null;
    await store?.close();
  }
}

/** Whether another profile would have failed, too, as far as the error tells. */
function isOfStore(error: unknown): boolean {
  return error instanceof StoreError || error instanceof SnapshotFileError;
}
