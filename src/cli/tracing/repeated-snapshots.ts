import { ConnectionLostError } from '../../errors.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { type Console, errorLine, writeLines } from '../console/console.js';
import type { EarlierTarget } from './earlier.js';

interface Repeating {
  /** ms from the end of one snapshot to the start of the next. */
  readonly everyMs: number;
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** For the line about a failure: `a checkpoint`. */
  readonly what: string;
  readonly console: Console;
}

/** Takes a snapshot of a target again and again. A failed one is told, and the next one comes. */
export class RepeatedSnapshots {
  readonly #target: Pick<EarlierTarget, 'takeSnapshot' | 'isTracing'>;
  readonly #options: Repeating;
  #timer: NodeJS.Timeout | undefined;

  constructor(target: Pick<EarlierTarget, 'takeSnapshot' | 'isTracing'>, options: Repeating) {
    this.#target = target;
    this.#options = options;
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#next(), this.#options.everyMs);
    this.#timer.unref();
  }

  async #next(): Promise<void> {
    const timer = this.#timer;
    const { onSnapshot, what, console } = this.#options;
    try {
      const snapshot = await this.#target.takeSnapshot();
      if (this.#timer !== timer) return; // stopped meanwhile
      onSnapshot(snapshot);
    } catch (error) {
      const isOver = error instanceof ConnectionLostError || !this.#target.isTracing();
      if (this.#timer !== timer || isOver) return; // stopped, or the target is gone, which the command reports
      writeLines(console.err, [`${what} failed, the next one comes: ${errorLine(error)}`]);
    }
    this.#schedule();
  }
}
