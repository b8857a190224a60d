import { UnsupportedError } from '../../errors.js';
import { setFlags } from '../../protocol/engine-flags.js';
import type { Session } from '../../protocol/session.js';
import { type Flags, foldingFlags, inliningFlags, TRACKING_FLAGS } from '../../protocol/v8-flags.js';
import type { Caretaker } from '../cleanup/caretaker.js';

const NAME = 'flags';

export interface Wanted {
  readonly nodeMajor: number;
  readonly withoutInlining: boolean;
  /** So that allocations can be tracked safely. */
  readonly withTracking: boolean;
  readonly withoutFolding: boolean;
}

/** The flags of V8 that a tracing has changed. They are the process's: every isolate compiles with them from then on. */
export class ChangedFlags {
  readonly #session: Session;
  readonly #caretaker: Caretaker;
  #undo: string[] = [];
  #areSet = false;

  constructor(session: Session, caretaker: Caretaker) {
    this.#session = session;
    this.#caretaker = caretaker;
  }

  /** Also where all were so before: whoever set them need not have thrown older code away. */
  get areSet(): boolean {
    return this.#areSet;
  }

  /** @throws UnsupportedError where the target does not let us set flags, but for those of folding: it counts some blocks as one then (Node 18 before its first line) */
  async changeFor({ nodeMajor, withoutInlining, withTracking, withoutFolding }: Wanted): Promise<void> {
    if (withoutInlining) await this.change(inliningFlags(nodeMajor));
    if (withTracking) await this.change(TRACKING_FLAGS);
    if (!withoutFolding) return;
    try {
      await this.change(foldingFlags(nodeMajor));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
    }
  }

  /** @throws UnsupportedError where the target does not let us set flags */
  async change({ set, undo }: Flags): Promise<void> {
    const before = this.#undo;
    this.#undo = [...before, ...undo];
    this.#caretaker.owe(NAME, { kind: 'flags', flags: this.#undo });
    try {
      const changed = await setFlags(this.#session, set);
      this.#areSet = true;
      this.#undo = [...before, ...undo.filter((_, i) => changed[i])];
      this.#caretaker.owe(NAME, { kind: 'flags', flags: this.#undo });
    } catch (error) {
      // Refused. One that was not answered in time may still be carried out: what puts it back comes after it.
      if (error instanceof UnsupportedError) this.#undo = before;
      else this.#areSet = true;
      throw error;
    }
  }

  async putBack(): Promise<void> {
    const undo = this.#undo;
    this.#undo = [];
    this.#areSet = false;
    if (undo.length > 0 && this.#session.isOpen) await setFlags(this.#session, undo);
    this.#caretaker.settle(NAME);
  }
}
