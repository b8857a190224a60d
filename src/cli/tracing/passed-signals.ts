import { constants } from 'node:os';
import type { LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import type { Interruption } from '../console/interruption.js';

/**
 * Passes the user's signals on to the program: the first one after the last snapshot, a second one at once, from the third on SIGKILL.
 *
 * When a second one comes while the first still waits for the snapshot, the program gets one of them: that with the higher number, SIGTERM rather than
 * SIGINT. Which of the two was sent first must not matter, since nobody can know: the kernel hands out the lower number first (70 of 300
 * pairs came in the other order), and to a program that gets both at once it does the same.
 */
export class PassedSignals {
  readonly #came: Interruption[] = [];
  readonly #overtaken = new AbortController();
  #isFirstPassed = false;

  /** Whether one has come. */
  get any(): boolean {
    return this.#came.length > 0;
  }

  /** @param launching rejects for a program that could not be launched, which ends the command anyway */
  async pass(signal: Interruption, launching: Promise<Pick<LaunchedTracer, 'kill'>>): Promise<void> {
    const nth = this.#came.push(signal);
    const tracer = await launching;
    if (nth === 1) {
      await tracer.kill(signal, { unless: this.#overtaken.signal });
      this.#isFirstPassed = true;
    } else if (nth === 2) {
      this.#overtaken.abort();
      await tracer.kill(this.#isFirstPassed ? signal : higher(this.#came[0]!, signal), { atOnce: true });
    } else await tracer.kill('SIGKILL', { atOnce: true, group: this.#came.includes('SIGINT') });
  }
}

function higher(a: Interruption, b: Interruption): Interruption {
  return constants.signals[a] > constants.signals[b] ? a : b;
}
