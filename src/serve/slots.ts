import { Refusal, retryAfter } from './refusal.js';

const RETRY_MS = 1_000;

/** Room for so many at a time. */
export class Slots {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns what leaves @throws Refusal where there is no room */
  enter(): () => void {
    if (this.#taken >= this.#limit)
      throw new Refusal(429, `${this.#limit} such requests are under way; try again later`, { headers: retryAfter(RETRY_MS) });
    this.#taken++;
    return () => {
      this.#taken--;
    };
  }
}
