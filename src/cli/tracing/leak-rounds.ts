import type { CaptureInfo } from '../../model/trace-columns.js';
import { LifetimesBuilder } from '../../series/lifetimes-builder.js';
import { Series } from '../../series/series.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { type Console, writeLines } from '../console/console.js';

/** The rounds of one tracing. If the tracing begins anew, they begin anew with it. */
export class LeakRounds {
  /** How many are to be taken. */
  readonly wanted: number;
  readonly #err: Console['err'];
  #builder = new LifetimesBuilder();
  #last: CaptureInfo | null = null;

  constructor({ wanted, console: { err } }: { readonly wanted: number; readonly console: Pick<Console, 'err'> }) {
    this.wanted = wanted;
    this.#err = err;
  }

  get length(): number {
    return this.#builder.length;
  }

  get isComplete(): boolean {
    return this.length >= this.wanted;
  }

  add(snapshot: Snapshot): void {
    const { capture } = snapshot;
    const isAnew = this.#last !== null && (this.#last.tracing !== capture.tracing || this.#last.resumed !== capture.resumed);
    if (isAnew) {
      writeLines(this.#err, [`the tracing began again before round ${this.length + 1} and lost what it knew: the rounds begin anew`]);
      this.#builder = new LifetimesBuilder();
    }
    this.#builder.add(snapshot);
    this.#last = capture;
  }

  /** null if there is no round. */
  series(): Series | null {
    return this.length === 0 ? null : new Series(this.#builder.build());
  }
}
