import { ANOTHER_SAMPLES } from '../../collect/sampling/sampler-commands.js';
import { ForeignSamplerError, UsageError } from '../../errors.js';
import { linesOf, type Registration } from '../isolate/line-scope.js';
import type { TrueLines } from '../isolate/true-lines.js';
import type { StartOptions } from './start-options.js';

/** What a run finds in a target when it starts. */
export interface Circumstances {
  /** The program was started without inlining. */
  readonly inliningIsOff: boolean;
  /** The program was started without TurboFan's folding of allocations. */
  readonly foldingIsOff: boolean;
  /** The program was started with the flags that make tracking allocations safe. */
  readonly isTrackable: boolean;
  /** The program is paused before its first line. */
  readonly isPaused: boolean;
}

/** A program that is paused before its first line. */
export interface PausedStart extends Omit<Circumstances, 'isPaused'> {
  /** How the program instruments itself when it is loaded; null if it does not. */
  readonly registration: Registration | null;
  /** Node will sample the heap of the program for itself (`--heap-prof`). */
  readonly samplesItself?: boolean;
  /** Lets the program run. */
  readonly release: () => Promise<void>;
}

/** What stands between a program and its first line, and what it was started with. Opens once. */
export class Gate {
  readonly #program: PausedStart | null;
  #isShut: boolean;

  /** @param program null for a program that runs already */
  constructor(program: PausedStart | null) {
    this.#program = program;
    this.#isShut = program !== null;
  }

  get circumstances(): Circumstances {
    const { inliningIsOff = false, foldingIsOff = false, isTrackable = false } = this.#program ?? {};
    return { inliningIsOff, foldingIsOff, isTrackable, isPaused: this.#isShut };
  }

  /**
   * @throws UsageError if true lines, or labels, are asked of a paused program that was not launched with them, ForeignSamplerError if the program will have
   *   another sampler
   */
  check(options: StartOptions): void {
    const { force = false, mode, labels = false } = options;
    if (this.#isShut && this.#program!.samplesItself && !force && mode !== 'objects') throw new ForeignSamplerError(ANOTHER_SAMPLES);
    if (!this.#isShut) return;
    const { registration } = this.#program!;
    if (labels !== false && !registration?.hasLabels)
      throw new UsageError('labels must be there when the program is loaded: give labels to launch as well');
    if (linesOf(options) !== false && !registration)
      throw new UsageError('true lines must be there when the program is loaded: give lines to launch as well');
  }

  /** A program that instruments itself tells of its scripts from its first line on: we must listen before it runs, or soon after. */
  async expectLines(trueLines: TrueLines): Promise<void> {
    if (this.#program?.registration) await trueLines.expectRegistration(this.#program.registration);
  }

  /** Lets the program run; does nothing if it runs already. */
  async open(): Promise<void> {
    if (!this.#isShut) return;
    this.#isShut = false;
    await this.#program!.release();
  }
}
