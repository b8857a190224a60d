import type { Mode } from '../../model/trace-columns.js';
import { nodeMajor } from '../../text/node-major.js';
import { ChangedFlags } from '../isolate/changed-flags.js';
import type { Circumstances } from './gate.js';
import type { TracedTarget } from './traced-target.js';

export interface FlagNeeds {
  readonly mode: Mode;
  /** V8 may inline functions, which it then counts as their caller. */
  readonly inlining: boolean;
  /** Even if the program would lose its coverage. */
  readonly force: boolean;
}

/** The flags of V8 that one tracing needs in a target, and what V8 may do meanwhile. */
export class RunFlags {
  readonly #target: TracedTarget;
  readonly #needs: FlagNeeds;
  readonly #flags: ChangedFlags;
  #compiling = { inlining: true, folding: true };

  constructor(target: TracedTarget, needs: FlagNeeds) {
    this.#target = target;
    this.#needs = needs;
    this.#flags = new ChangedFlags(target.main.session, target.caretaker);
  }

  /** Whether a flag was set, if only to the value that it had. */
  get areSet(): boolean {
    return this.#flags.areSet;
  }

  /** What V8 may do in the target meanwhile: see `CaptureInfo`. */
  get compiling(): { readonly inlining: boolean; readonly folding: boolean } {
    return this.#compiling;
  }

  /**
   * Sets the flags that all isolates compile with from now on.
   *
   * @throws UnsupportedError if the target does not let us set them, or would lose its coverage
   */
  async change({ inliningIsOff, foldingIsOff, isTrackable, isPaused }: Circumstances): Promise<void> {
    const { mode, inlining, force } = this.#needs;
    const isTracking = mode === 'objects';
    const hasPreload = this.#target.main.trueLines.registration !== null; // the preload has set inlining and folding already
    const withoutFolding = mode === 'exact' || (!inlining && !isTracking);
    const isSet = await this.#flags.changeFor({
      nodeMajor: nodeMajor(this.#target.info.nodeVersion),
      withoutInlining: !inlining && !inliningIsOff && !hasPreload,
      withTracking: isTracking && !isTrackable,
      withoutFolding: withoutFolding && !hasPreload,
      keepsCoverage: !isPaused && !force && !this.#target.isSelf,
    });
    this.#compiling = {
      inlining: inlining && !inliningIsOff && !hasPreload,
      folding: !isTracking && !hasPreload && !isSet && !foldingIsOff,
    };
  }

  async restore(): Promise<void> {
    await this.#flags.restore();
  }
}
