import { constants } from 'node:os';
import type { LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import { type Interruption, onInterruption } from '../console/interruption.js';

/**
 * Passes the user's signals on to the program. The first is passed on after the last snapshot, the second at once. From the third on, the program
 * gets SIGKILL.
 *
 * If the second comes while the first still waits for the snapshot, the program gets only the one with the higher number: SIGTERM rather than
 * SIGINT. Nobody can know which was sent first, so it must not matter: the kernel delivers the lower number first (70 of 300 pairs came in the
 * other order). It does the same to a program that gets both at once.
 */
export class PassedSignals {
  readonly #came: Interruption[] = [];
  readonly #overtaken = new AbortController();
  #isFirstPassed = false;

  /** Whether a signal has come. */
  get any(): boolean {
    return this.#came.length > 0;
  }

  /** @param launching rejects if the program could not be launched, which ends the command anyway */
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

interface Passing {
  readonly launching: Promise<LaunchedTracer>;
  readonly signals: PassedSignals;
  readonly stopListening: () => void;
}

/** Starts a program, and passes on the signals that come. Listens before the start: whoever sees the program's first output may send one at once. */
export function launchPassingSignals(launch: () => Promise<LaunchedTracer>, onSignal: () => void): Passing {
  const signals = new PassedSignals();
  let launching: Promise<LaunchedTracer>;
  const stopListening = onInterruption((signal) => {
    onSignal();
    // It rejects if the launch failed, which ends the command anyway, or if the program has ended already.
    void signals.pass(signal, launching).catch(() => {});
  });
  launching = launch();
  return { launching, signals, stopListening };
}

function higher(a: Interruption, b: Interruption): Interruption {
  return constants.signals[a] > constants.signals[b] ? a : b;
}
