import { UsageError } from '../../errors.js';
import type { StartOptions } from './start-options.js';
import type { Circumstances } from './traced-target.js';
import { Tracer } from './tracer.js';
import type { TracerOptions } from './tracer-options.js';

/** How a program waits before its first line. */
export interface Held extends Omit<Circumstances, 'isHeld'> {
  /** It instruments itself when it is loaded. */
  readonly hasLines: boolean;
  /** Lets it go. */
  readonly release: () => Promise<void>;
}

/** A tracer of a program that waits for us before its first line. */
export class HeldTracer extends Tracer {
  readonly #how: Held;
  #isHeld = true;

  constructor(options: TracerOptions, held: Held) {
    super(options);
    this.#how = held;
  }

  /** Starts tracing, and lets the program go if it still waits before its first line. */
  override async start(options: number | StartOptions = {}): Promise<void> {
    const { hasLines } = this.#how;
    const wantsLines = typeof options === 'object' && options.lines !== undefined && options.lines !== false;
    if (this.#isHeld && wantsLines && !hasLines) {
      throw new UsageError('true lines must be there when the program is loaded: give lines to launch as well');
    }
    if (this.#isHeld && hasLines) await this.trueLines.expectRegistration();
    await super.start(options);
    await this.letGo();
  }

  /** Lets the program run; does nothing once it does. */
  resume(): Promise<void> {
    return this.turns.take(() => this.letGo());
  }

  /** Keeps what is alive now as the snapshot that `closed` tells. Never rejects. */
  keepLastSnapshot(): Promise<void> {
    return this.takeLastSnapshot();
  }

  protected override async letGo(): Promise<void> {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    await this.#how.release();
  }

  protected override get circumstances(): Circumstances {
    const { inliningIsOff, isTrackable } = this.#how;
    return { inliningIsOff, isTrackable, isHeld: this.#isHeld };
  }
}
