import type { Session } from './session.js';

const EVERY_MS = 3;
/** Longer than TCP delays an acknowledgement (40 ms on Linux). If nothing was sent for so long, nothing waits for one. */
const LONGEST_MS = 60;

/**
 * Makes the answers of workers come at once. A second packet leaves the target only when we have acknowledged the first, which our system delays by
 * 40 ms unless we send something ourselves. So we keep sending a short question to the main thread until the worker has answered.
 */
export class PromptAnswers {
  readonly #main: Session;
  readonly #calls = new Set<Promise<unknown>>();
  #timer: NodeJS.Timeout | null = null;
  #end = 0;

  /** @param main the session with the main thread, whose connection carries the workers' messages */
  constructor(main: Session) {
    this.#main = main;
  }

  /** @param call has been sent to a worker, and never rejects */
  during(call: Promise<unknown>): void {
    this.#calls.add(call);
    void call.then(() => this.#calls.delete(call));
    this.#end = performance.now() + LONGEST_MS;
    this.#timer ??= setInterval(() => this.#send(), EVERY_MS);
  }

  #send(): void {
    if (this.#calls.size > 0 && performance.now() < this.#end && this.#main.isOpen) {
      // Nobody needs the answer, and whoever waits for the worker is told if the connection is lost.
      this.#main.send('Runtime.getIsolateId').catch(() => {});
      return;
    }
    clearInterval(this.#timer!);
    this.#timer = null;
  }
}
