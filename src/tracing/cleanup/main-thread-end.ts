import { UnsupportedError } from '../../errors.js';
import { evaluateOwn } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';

/** Names of globals in the target while we watch. No program uses these names. */
const STATE = '__node_tracemalloc_main_end__';
const TELL = '__node_tracemalloc_main_ends__';
/** The main thread waits for us no longer than this. It sleeps in short turns, and the inspector answers between them. */
const PATIENCE_MS = 10_000;
const TURN_MS = 2;

const INSTALL = `{
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let isReleased = false;
  const onEnd = () => {
    if (typeof globalThis.${TELL} !== 'function') return;
    isReleased = false;
    globalThis.${TELL}('');
    const latest = Date.now() + ${PATIENCE_MS};
    while (!isReleased && Date.now() < latest) Atomics.wait(cell, 0, 0, ${TURN_MS});
  };
  process.prependListener('beforeExit', onEnd);
  const state = { release: () => { isReleased = true; }, leave: () => process.off('beforeExit', onEnd) };
  Object.defineProperty(globalThis, '${STATE}', { value: state, configurable: true });
} undefined;`;
const RELEASE = `void globalThis.${STATE}?.release()`;
const LEAVE = `globalThis.${STATE}?.leave(); delete globalThis.${STATE}; delete globalThis.${TELL}; undefined;`;

/**
 * Reports that the main thread is about to end without `process.exit()`. The main thread then ends its workers and waits for each of them, before
 * it waits for us. A worker that waits for us at its end would wait for ever, because our answer comes through the main thread (18 to 26). If the
 * program calls `process.exit()`, the main thread waits for us first.
 */
export class MainThreadEnd {
  readonly #main: Session;
  readonly #stopListening: () => void;

  private constructor(main: Session, stopListening: () => void) {
    this.#main = main;
    this.#stopListening = stopListening;
  }

  /**
   * @param freeWorkers tells all workers not to wait for us
   * @throws UnsupportedError if the target does not let us
   */
  static async watch(main: Session, freeWorkers: () => Promise<void>): Promise<MainThreadEnd> {
    const stopListening = main.on('Runtime.bindingCalled', ({ name }) => {
      if (name !== TELL) return;
      const release = () => evaluateOwn(main, RELEASE, { doing: 'letting the program end' });
      void freeWorkers()
        .then(release, release)
        .catch(() => {}); // the program has ended meanwhile
    });
    await main.send('Runtime.addBinding', { name: TELL }, { doing: 'watching for the end of the program' });
    const { problem } = await evaluateOwn(main, INSTALL, { doing: 'watching for the end of the program' });
    if (problem !== null) {
      stopListening();
      throw new UnsupportedError(
        `what ended workers held cannot be kept here: the program does not let us watch for its end (${problem}); trace without keepEnded`,
      );
    }
    return new MainThreadEnd(main, stopListening);
  }

  async leave(): Promise<void> {
    this.#stopListening();
    await leaveMainThreadEnd(this.#main);
  }
}

/** Removes what a watch has left in the target. */
export async function leaveMainThreadEnd(main: Session): Promise<void> {
  const doing = { doing: 'leaving the end of the program' };
  await main.send('Runtime.removeBinding', { name: TELL }, doing);
  await evaluateOwn(main, LEAVE, doing);
}
