import { OWN_SCHEME } from '../../text/own-scripts.js';

const NAME = 'node-tracemalloc.watch';
/** Where the cell is while the main thread is watched. */
export const WATCH_CELL = Symbol.for(NAME);

/** The elements of the cell that the main thread and its watcher share. */
const LOOKS = 0;
const STAGE = 1;
const RELEASED = 2;

/** What the watcher is to do. */
export const STAGES = { watch: 0, finish: 1, giveUp: 2, exit: 3 } as const;
export type Stage = (typeof STAGES)[keyof typeof STAGES];

/** A watcher that does not get the processor must not stop the program for longer. It then sees less of it. */
const LONGEST_WAIT_MS = 200;

/**
 * So often the main thread looks for the end of a hold: 0.1 s, without a clock, which a test may have replaced. It must not wait for the cell, because
 * Node 26 hangs if the program itself is in `Atomics.wait` then.
 */
const HOLD_LOOPS = 1e7;

/** What the main thread and its watcher tell each other without messages, since either may be busy. */
export class WatchCell {
  readonly cell: Int32Array<SharedArrayBuffer>;
  #releases = 0;

  constructor(cell = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT))) {
    this.cell = cell;
  }

  /** How often the watcher has looked at the heap. */
  get looks(): number {
    return Atomics.load(this.cell, LOOKS);
  }

  get stage(): number {
    return Atomics.load(this.cell, STAGE);
  }

  /** Of the main thread. */
  setStage(stage: Stage): void {
    Atomics.store(this.cell, STAGE, stage);
    Atomics.notify(this.cell, STAGE);
  }

  /** Of the main thread: waits until there are more looks. V8 carries out the commands of the watcher within the wait. */
  waitForLook(looks: number): void {
    Atomics.wait(this.cell, LOOKS, looks, LONGEST_WAIT_MS);
  }

  /** Of the watcher. */
  countLook(): void {
    Atomics.add(this.cell, LOOKS, 1);
    Atomics.notify(this.cell, LOOKS);
  }

  /**
   * Of the watcher: an expression that stops the main thread until `release`, so that it carries out the next commands without a step of the program
   * between them, though the watcher may be interrupted while it sends them. It gives false if the release came too late.
   */
  holdExpression(): string {
    const isReleased = `Atomics.load(globalThis[Symbol.for('${NAME}')], ${RELEASED}) === ${this.#releases + 1}`;
    const loop = `(() => { for (let i = 0; i < ${HOLD_LOOPS}; i++) if (${isReleased}) return true; return false; })()`;
    return `try { ${loop} } catch { false }\n//# sourceURL=${OWN_SCHEME}hold`;
  }

  release(): void {
    Atomics.store(this.cell, RELEASED, ++this.#releases);
  }

  /** Of the watcher: waits for so long, or until the main thread changes the stage. */
  pause(ms: number): void {
    Atomics.wait(this.cell, STAGE, STAGES.watch, ms);
  }

  /** Of the watcher: waits until the main thread sets the last stage. */
  waitForExit(): void {
    for (let stage = this.stage; stage !== STAGES.exit; stage = this.stage) Atomics.wait(this.cell, STAGE, stage);
  }
}
