import { UnsupportedError } from '../../errors.js';
import { collectsCoverage, setFlags } from '../../protocol/engine-flags.js';
import type { Session } from '../../protocol/session.js';
import { type Flags, foldingFlags, inliningFlags, TRACKING_FLAGS } from '../../protocol/v8-flags.js';
import type { Caretaker } from '../cleanup/caretaker.js';

const NAME = 'flags';

export interface Wanted {
  readonly nodeMajor: number;
  readonly withoutInlining: boolean;
  /** Makes it safe to track allocations. */
  readonly withTracking: boolean;
  readonly withoutFolding: boolean;
  /** If the program collects the coverage of its code, it goes on. */
  readonly keepsCoverage: boolean;
}

/** The flags of V8 that a run has changed. They belong to the process: every isolate compiles with them from then on. */
export class ChangedFlags {
  readonly #session: Session;
  readonly #caretaker: Caretaker;
  #undo: string[] = [];
  #areSet = false;

  constructor(session: Session, caretaker: Caretaker) {
    this.#session = session;
    this.#caretaker = caretaker;
  }

  /** Also true if all flags had these values before: whoever set them may have left older code in place. */
  get areSet(): boolean {
    return this.#areSet;
  }

  /**
   * If the flags for allocation folding cannot be set (Node 18 before its first line), some blocks are counted as one, and no error is thrown.
   *
   * @returns whether allocation folding was switched off
   * @throws UnsupportedError if the target does not let us set the other flags, or would lose its coverage
   */
  async changeFor({ nodeMajor, withoutInlining, withTracking, withoutFolding, keepsCoverage }: Wanted): Promise<boolean> {
    if (keepsCoverage && (withoutInlining || withTracking || withoutFolding)) await this.#refuseIfCovered();
    if (withoutInlining) await this.change(inliningFlags(nodeMajor));
    if (withTracking) await this.change(TRACKING_FLAGS);
    if (!withoutFolding) return false;
    try {
      await this.change(foldingFlags(nodeMajor));
      return true;
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      return false;
    }
  }

  /** After a change of flags we throw optimized code away by a moment of precise coverage. V8 then forgets the counts of whoever collects coverage. */
  async #refuseIfCovered(): Promise<void> {
    if (!(await collectsCoverage(this.#session))) return;
    throw new UnsupportedError(
      'this target collects the coverage of its code (NODE_V8_COVERAGE), and would lose it: only plain sampling leaves it alone; ' +
        'leave out --lines, --no-inline and --mode, start the program with run, or accept the loss with force (--take-over)',
    );
  }

  /** @throws UnsupportedError if the target does not let us set flags */
  async change({ set, undo }: Flags): Promise<void> {
    const before = this.#undo;
    this.#undo = [...before, ...undo];
    this.#caretaker.add(NAME, { kind: 'flags', flags: this.#undo });
    try {
      const changed = await setFlags(this.#session, set);
      this.#areSet = true;
      this.#undo = [...before, ...undo.filter((_, i) => changed[i])];
      this.#caretaker.add(NAME, { kind: 'flags', flags: this.#undo });
    } catch (error) {
      // A refusal changes nothing. A command that was not answered in time may still be carried out, before the one that restores the flags.
      if (error instanceof UnsupportedError) this.#undo = before;
      else this.#areSet = true;
      throw error;
    }
  }

  async restore(): Promise<void> {
    const undo = this.#undo;
    this.#undo = [];
    this.#areSet = false;
    if (undo.length > 0 && this.#session.isOpen) await setFlags(this.#session, undo);
    this.#caretaker.done(NAME);
  }
}
