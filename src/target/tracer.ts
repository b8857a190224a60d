import { NotTracingError, UnsupportedError } from '../errors.js';
import type { ScriptEdit } from '../lines/live-edit.js';
import { memoryBytes, totalOf } from '../model/column-totals.js';
import type { Traceback } from '../model/traceback.js';
import { DebuggerDomain } from '../protocol/debugger-domain.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type MarkListener, Marks } from './marks.js';
import { PeakWatch } from './peak-watch.js';
import { type StartOptions, type TracedTarget, Tracing } from './tracing.js';
import { TrueLines } from './true-lines.js';

/** What V8 keeps for one sample, measured. */
const TARGET_BYTES_PER_SAMPLE = 110;

export interface TracerOptions extends Omit<TracedTarget, 'domain' | 'trueLines'> {
  /**
   * `'running'`: it can pause, and its code can be replaced. `'held'`: it is ours, and waits before its first line. `'self'`: it is the
   * process that we run in, which can do neither.
   */
  readonly state: 'running' | 'held' | 'self';
}

/** How a connection ended. */
export interface Closing {
  readonly reason: string;
  /** What was alive when the target came to its end, or was about to be signalled; null when nothing was traced or could be asked. */
  readonly snapshot: Snapshot | null;
  /** Why that snapshot is missing, or is not from the very end; null where nothing went wrong. */
  readonly error: unknown;
}

/**
 * Starts and stops tracing in one target and takes snapshots of it. Calls are carried out one after the other, in the order in which they
 * were made. Every method that talks to the target rejects with a ConnectionLostError once the target is gone.
 */
export class Tracer {
  /** Resolves, never rejects, when the connection is over, whoever ended it. */
  readonly closed: Promise<Closing>;
  protected readonly trueLines: TrueLines;
  readonly #target: TracedTarget;
  readonly #canPause: boolean;
  readonly #marks: Marks;
  readonly #peakWatch: PeakWatch;
  #tracing: Tracing | null = null;
  #tracebackLimit = 1;
  #peak = 0;
  #cost = { controller: 0, target: 0 };
  #last: Pick<Closing, 'snapshot' | 'error'> = { snapshot: null, error: null };
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ state, ...target }: TracerOptions) {
    this.closed = target.session.closed.then((reason) => ({ reason, ...this.#last }));
    // The target waits for us at its end, on all versions; we must not keep it longer than the last snapshot takes.
    target.session.on('NodeRuntime.waitingForDisconnect', () => void this.#leaveEndedTarget());
    this.#canPause = state !== 'self';
    const domain = new DebuggerDomain(target.session);
    this.#marks = new Marks(target.session, { domain, resumeAtStart: state === 'held' });
    this.trueLines = new TrueLines(target.session, { domain, canEdit: state !== 'self' });
    this.#target = { ...target, domain, trueLines: this.trueLines };
    this.#peakWatch = new PeakWatch(target.session, () => this.getTracedMemory());
  }

  /**
   * Starts tracing; does nothing where tracing is on already, as in tracemalloc.
   * @throws ForeignSamplerError when another tool samples this target, UsageError for a bad number of frames or interval
   */
  start(options: number | StartOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      const tracing = new Tracing(this.#target, typeof options === 'number' ? { nframe: options } : options);
      if (this.#tracing) return;
      await tracing.start();
      this.#tracing = tracing;
      this.#tracebackLimit = tracing.tracebackLimit;
      this.#peak = 0;
      this.#peakWatch.start();
    });
  }

  /** Stops tracing and forgets all traces; does nothing where tracing is off, as in tracemalloc. */
  stop(): Promise<void> {
    return this.#inTurn(() => this.#stop());
  }

  /** Stops tracing, leaves the target as it was found, and ends the connection. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  isTracing(): boolean {
    return this.#tracing !== null && this.#target.session.isOpen;
  }

  /**
   * What is alive and was allocated since the start, or since `clearTraces()`. Forces a full garbage collection in the target.
   * @throws NotTracingError when nothing is traced, ProfileTooLargeError when the profile would not fit through the connection
   */
  takeSnapshot(): Promise<Snapshot> {
    return this.#inTurn(async () => {
      if (!this.#tracing) throw new NotTracingError('the tracemalloc module must be tracing memory allocations to take a snapshot');
      return this.#read(this.#tracing);
    });
  }

  /** Forgets the traces of everything allocated so far, and the peak with them. */
  clearTraces(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#tracing) return;
      await this.#tracing.clear();
      this.#forget();
      this.#peakWatch.start();
    });
  }

  /**
   * Calls `listener` at every `debugger` statement that the target passes, with its place (`/app/leak.js:12`) and the target paused.
   * @returns a function that ends it
   */
  onMark(listener: MarkListener): () => void {
    if (!this.#canPause)
      throw new UnsupportedError('a process cannot pause itself at a debugger statement; attach to it from another process');
    this.#marks.add(listener);
    this.#syncMarks();
    return () => {
      this.#marks.remove(listener);
      this.#syncMarks();
    };
  }

  /**
   * How the edit of each script went where `start({ lines })` met a running program; after the stop, the scripts that could not be put back
   * and keep a changed source, which does the same.
   */
  get scriptEdits(): readonly ScriptEdit[] {
    return this.trueLines.edits;
  }

  /** Most recent frames kept of each traceback. */
  getTracebackLimit(): number {
    return this.#tracebackLimit;
  }

  /**
   * Bytes traced now and at their highest. Forces a full garbage collection in the target. The peak is the highest of our own readings
   * since the start or `resetPeak()`: each snapshot, each call of this method, and one when the heap usage, polled twice a second,
   * has grown by a tenth and a hundredth of the time affords it (the first after 10 seconds or more). What comes and goes between them
   * is missed.
   */
  getTracedMemory(): Promise<{ current: number; peak: number }> {
    return this.#inTurn(async () => {
      if (!this.#tracing) return { current: 0, peak: 0 };
      const snapshot = await this.#read(this.#tracing);
      return { current: totalOf(snapshot.columns).size, peak: this.#peak };
    });
  }

  /** Makes what is traced now the peak. */
  resetPeak(): Promise<void> {
    return this.#inTurn(async () => {
      this.#peak = 0;
      if (!this.#tracing) return;
      await this.#read(this.#tracing);
      this.#peakWatch.start(); // the next peak may be lower than the heap once was
    });
  }

  /** Bytes that tracing costs, as of the last reading: of the snapshot in the controller, and an estimate for the target. */
  async getTracemallocMemory(): Promise<{ controller: number; target: number }> {
    return this.#cost;
  }

  /** Where the value of `expression` was allocated; object mode only. */
  async getObjectTraceback(_expression: string): Promise<Traceback | null> {
    throw new UnsupportedError('where one object was allocated is known in object mode only');
  }

  /** Keeps what is alive now as the last snapshot. Never rejects: what must follow is the target's end. */
  protected async takeLastSnapshot(): Promise<void> {
    if (!this.isTracing()) return;
    try {
      this.#last = { snapshot: await this.takeSnapshot(), error: null };
    } catch (error) {
      this.#last = { snapshot: this.#last.snapshot, error };
    }
  }

  async #leaveEndedTarget(): Promise<void> {
    await this.takeLastSnapshot();
    try {
      await this.#inTurn(() => this.#close('the program ended'));
    } catch (error) {
      this.#last = { ...this.#last, error }; // it was killed while it waited
    }
  }

  async #close(reason?: string): Promise<void> {
    try {
      if (this.#target.session.isOpen) {
        await this.#stop();
        await this.trueLines.leave();
      }
    } finally {
      this.#peakWatch.stop();
      this.#tracing = null;
      await this.#target.session.close(reason);
    }
  }

  async #stop(): Promise<void> {
    this.#peakWatch.stop();
    const tracing = this.#tracing;
    this.#tracing = null;
    this.#forget();
    await tracing?.stop();
  }

  #forget(): void {
    this.#peak = 0;
    this.#cost = { controller: 0, target: 0 };
  }

  async #read(tracing: Tracing): Promise<Snapshot> {
    const snapshot = await tracing.snapshot();
    this.#peak = Math.max(this.#peak, totalOf(snapshot.columns).size);
    this.#cost = { controller: memoryBytes(snapshot.table, snapshot.columns), target: snapshot.columns.length * TARGET_BYTES_PER_SAMPLE };
    return snapshot;
  }

  #syncMarks(): void {
    // Rejects only where the connection is lost, which every later call says.
    this.#inTurn(() => this.#marks.sync()).catch(() => this.#peakWatch.stop());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.then(ignore, ignore);
    return turn;
  }
}

function ignore(): void {}
