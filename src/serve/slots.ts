import { Refusal, retryAfter } from './refusal.js';

const RETRY_MS = 1_000;

/** Limits how many requests run at the same time. */
export class Slots {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns a function that frees the slot @throws Refusal if all slots are taken */
  enter(): () => void {
    if (this.#taken >= this.#limit)
      throw new Refusal(429, `${this.#limit} such requests are under way; try again later`, { headers: retryAfter(RETRY_MS) });
    this.#taken++;
    return () => {
      this.#taken--;
    };
  }
}
