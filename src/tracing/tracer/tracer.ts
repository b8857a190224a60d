import { NotTracingError, UnsupportedError } from '../../errors.js';
import type { ScriptEdit } from '../../lines/live-edit/live-edit.js';
import { totalOf } from '../../model/column-totals.js';
import type { Traceback } from '../../model/traceback.js';
import type { Session } from '../../protocol/session.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { ObjectName } from '../isolate/find-object.js';
import type { TrueLines } from '../isolate/true-lines.js';
import { HeapLimitWatch } from '../watch/heap-limit.js';
import { type MarkListener, Marks } from '../watch/marks.js';
import type { Closing } from './closing.js';
import { ProgramEnd } from './program-end.js';
import { Turns } from './serial-queue.js';
import { Readings } from './snapshot-history.js';
import { checkOnOom, checkOwnProcess, type StartOptions } from './start-options.js';
import type { Circumstances, TracedTarget } from './traced-target.js';
import { type TracerOptions, tracedTarget } from './tracer-options.js';
import { Tracing } from './tracing-run.js';

/**
 * Starts and stops tracing in one target and takes snapshots of it. Calls are carried out one after the other, in the order in which they
 * were made. Every method that talks to the target rejects with a ConnectionLostError once the target is gone.
 */
export class Tracer {
  /** Resolves, never rejects, when the connection is over, whoever ended it. */
  readonly closed: Promise<Closing>;
  protected readonly trueLines: TrueLines;
  protected readonly turns = new Turns();
  readonly #session: Session;
  readonly #target: TracedTarget;
  readonly #isSelf: boolean;
  readonly #leave: () => Promise<void>;
  readonly #marks: Marks;
  readonly #heapLimit: HeapLimitWatch;
  readonly #readings: Readings;
  readonly #end: ProgramEnd;
  #tracing: Tracing | null = null;
  #tracebackLimit = 1;

  constructor(options: TracerOptions) {
    const { session, state, debt, leave = async () => {} } = options;
    this.#session = session;
    this.#target = tracedTarget(options);
    const { main, caretaker } = this.#target;
    if (debt) caretaker.owe(debt.kind, debt);
    this.closed = session.closed.then((reason) => this.#end.closing(reason, { peak: this.#readings.snapshot }));
    this.#isSelf = state === 'self';
    this.#leave = leave;
    this.trueLines = main.trueLines;
    this.#marks = new Marks(session, { domain: main.domain, resumeAtStart: state === 'held' });
    this.#heapLimit = new HeapLimitWatch(session, main.domain, () => this.#end.keepSnapshot({ atHeapLimit: true }));
    this.#readings = new Readings(session, () => this.getTracedMemory());
    this.#end = new ProgramEnd(session, {
      turns: this.turns,
      tracing: () => this.#tracing,
      read: (tracing, options) => this.#readings.take(tracing, options),
      end: () => this.#stop({ hasEnded: true }),
      leave: (reason) => this.#close(reason),
    });
  }

  /**
   * Starts tracing; does nothing where tracing is on already, as in tracemalloc.
   * @throws ForeignSamplerError when another tool samples this target, UsageError for a bad number of frames or interval
   */
  start(options: number | StartOptions = {}): Promise<void> {
    return this.turns.take(async () => {
      const given = typeof options === 'number' ? { nframe: options } : options;
      const tracing = new Tracing(this.#target, given);
      checkOnOom(given);
      if (this.#isSelf) checkOwnProcess(given);
      if (this.#tracing) return;
      await tracing.start(this.circumstances);
      this.#tracing = tracing;
      this.#tracebackLimit = tracing.tracebackLimit;
      this.#readings.begin(tracing);
      if (tracing.isHeavy) this.#end.watch();
      if (given.onOom) await this.#heapLimit.start();
    });
  }

  /** Stops tracing and forgets all traces; does nothing where tracing is off, as in tracemalloc. */
  stop(): Promise<void> {
    return this.turns.take(() => {
      this.#readings.forget();
      return this.#end.excuse(this.#stop());
    });
  }

  /** Stops tracing, leaves the target as it was found, and ends the connection. */
  close(): Promise<void> {
    return this.turns.take(() => this.#end.excuse(this.#close()));
  }

  isTracing(): boolean {
    return this.#tracing !== null && this.#session.isOpen;
  }

  /**
   * What is alive and was allocated since the start, or since `clearTraces()`. Forces a full garbage collection in the target.
   * @throws NotTracingError when nothing is traced, ProfileTooLargeError when the profile would not fit through the connection
   */
  takeSnapshot(): Promise<Snapshot> {
    return this.turns.take(async () => {
      if (!this.#tracing) throw new NotTracingError('the tracemalloc module must be tracing memory allocations to take a snapshot');
      return this.#readings.take(this.#tracing);
    });
  }

  /** Forgets the traces of everything allocated so far, and the peak with them. */
  clearTraces(): Promise<void> {
    return this.turns.take(async () => {
      if (!this.#tracing) return;
      await this.#tracing.clear();
      this.#readings.begin(this.#tracing);
    });
  }

  /**
   * Calls `listener` at every `debugger` statement that the target passes, with its place (`/app/leak.js:12`) and the target paused.
   * @returns a function that ends it
   */
  onMark(listener: MarkListener): () => void {
    if (this.#isSelf)
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
   * is missed. In object mode, where a snapshot is dear, there are no readings but those that are asked for.
   */
  getTracedMemory(): Promise<{ current: number; peak: number }> {
    return this.turns.take(async () => {
      if (!this.#tracing) return { current: 0, peak: 0 };
      const snapshot = await this.#readings.take(this.#tracing);
      return { current: totalOf(snapshot.columns).size, peak: this.#readings.peak };
    });
  }

  /** Makes what is traced now the peak. */
  resetPeak(): Promise<void> {
    return this.turns.take(async () => {
      if (!this.#tracing) return;
      this.#readings.begin(this.#tracing); // the next peak may be lower than the heap once was
      await this.#readings.take(this.#tracing);
    });
  }

  /** Bytes that tracing costs, as of the last reading: of the snapshot in the controller, and an estimate for the target. */
  async getTracemallocMemory(): Promise<{ controller: number; target: number }> {
    return this.#readings.cost;
  }

  /**
   * Where an object of the target was allocated: the value of an expression (`globalThis.cache`, `require.cache['/app/a.js']`), a RemoteObject of
   * another client, or the object with an id in the heap of the main thread. null when it was born before the tracing began. Takes a snapshot. Object
   * mode only.
   *
   * @throws NotTracingError, UnsupportedError in other modes, UsageError where there is no such object
   */
  getObjectTraceback(object: ObjectName): Promise<Traceback | null> {
    return this.turns.take(async () => {
      if (!this.#tracing) throw new NotTracingError('the tracemalloc module must be tracing memory allocations to look an object up');
      return this.#tracing.objectTraceback(object);
    });
  }

  /** What a tracing finds. */
  protected get circumstances(): Circumstances {
    return { inliningIsOff: false, isTrackable: false, isHeld: false };
  }

  /** Lets a program run that waits for us before its first line. */
  protected async letGo(): Promise<void> {}

  /** Keeps what is alive now as the last snapshot. Never rejects: what must follow is the target's end. */
  protected takeLastSnapshot(): Promise<void> {
    return this.#end.keepSnapshot();
  }

  async #close(reason?: string): Promise<void> {
    if (!this.#session.isOpen || reason !== undefined) this.trueLines.forget();
    try {
      if (this.#session.isOpen) {
        if (reason === undefined) await this.letGo();
        await this.#stop({ hasEnded: reason !== undefined });
        if (reason === undefined) await this.#end.putBack(); // it has not ended after all
        await this.trueLines.leave();
      }
    } finally {
      this.#readings.end();
      this.#end.stopWatching();
      this.#tracing = null;
      if (reason === undefined) await this.#leave();
      await this.#session.close(reason);
    }
  }

  async #stop({ hasEnded = false } = {}): Promise<void> {
    this.#readings.end();
    this.#end.stopWatching();
    const tracing = this.#tracing;
    this.#tracing = null;
    if (!hasEnded) await this.#heapLimit.stop();
    await (hasEnded ? tracing?.end() : tracing?.stop());
  }

  #syncMarks(): void {
    // Rejects only where the connection is lost, which every later call says.
    this.turns.take(() => this.#marks.sync()).catch(() => this.#readings.end());
  }
}
