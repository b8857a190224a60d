import type { Profile, Store } from '../store.js';
import type { Spool } from './spool.js';

export interface PusherOptions {
  /** Opens the store. It is called again after each failure. */
  readonly open: () => Promise<Store>;
  readonly spool: Spool;
  readonly onNotice: (notice: string) => void;
  /** ms to the second attempt. Each further one waits twice as long, up to a minute. Default: one second. */
  readonly firstWaitMs?: number;
}

/** Profiles that are sent at once. */
const BATCH = 50;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** Sends profiles to a store in the background. While the store is away they wait in the spool, and nobody waits for them. */
export class Pusher {
  readonly #options: PusherOptions;
  #store: Store | null = null;
  /** Failed attempts in a row. */
  #failures = 0;
  #sending: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
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
      timer = setTimeout(resolve, limitMs);
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
      while (this.#isWoken) {
        this.#isWoken = false;
        await this.#send();
      }
    } finally {
      this.#sending = null;
    }
  }

  async #send(): Promise<void> {
    const { spool, open, onNotice } = this.#options;
    try {
      for (let batch = spool.oldest(BATCH); batch.length > 0; batch = spool.oldest(BATCH)) {
        this.#store ??= await open();
        await this.#store.push(batch.map(({ profile }) => profile));
        spool.remove(batch);
        if (this.#failures > 0) onNotice('the store answers again');
        this.#failures = 0;
      }
    } catch (error) {
      if (this.#failures++ === 0) onNotice(`the store does not take profiles, which wait in the spool: ${(error as Error).message}`);
      await this.#leave();
      if (!this.#isClosed) this.#sendLater();
    }
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
