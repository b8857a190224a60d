import { randomUUID } from 'node:crypto';
import { streamHeap } from '../../collect/heap-snapshot/heap-stream.js';
import type { HeapChunkListener, SourceEnd } from '../../collect/stacks/trace-source.js';
import { UnsupportedError } from '../../errors.js';
import type { Mode } from '../../model/trace-columns.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { nodeMajor } from '../../text/node-major.js';
import { GcLimiter } from '../isolate/gc-limiter.js';
import { heapUsedOf, type Isolate } from '../isolate/isolate.js';
import { type IsolateReading, type IsolateSettings, IsolateTracing } from '../isolate/isolate-tracing.js';
import { linesOf } from '../isolate/line-scope.js';
import { turnForHeap } from '../isolate/turn-for-heap.js';
import { type HeapListeners, TracedWorkers } from '../workers/traced-workers.js';
import { buildSnapshot } from './build-snapshot.js';
import { churnOf } from './churn.js';
import type { Circumstances } from './gate.js';
import { HeapCost } from './heap-cost.js';
import { ProcessMemory } from './process-memory.js';
import { RunFlags } from './run-flags.js';
import { intervalOf, type StartOptions, tracebackLimitOf } from './start-options.js';
import type { TracedTarget } from './traced-target.js';

export interface SnapshotOptions {
  /** The program has come to its end. */
  readonly isLast?: boolean;
  /** In object mode. */
  readonly onHeapOf?: HeapListeners | undefined;
}

/** One tracing of a whole process, from a start to its stop. */
export class TracingRun {
  readonly tracebackLimit: number;
  readonly keepsPeak: boolean;
  readonly #target: TracedTarget;
  readonly #mode: Mode;
  readonly #force: boolean;
  readonly #settings: IsolateSettings;
  readonly #flags: RunFlags;
  readonly #main: IsolateTracing;
  readonly #workers: TracedWorkers;
  /** What a heap snapshot costs. Only object mode takes them unasked. */
  readonly #cost: HeapCost;
  readonly #memory: ProcessMemory;
  #liveBytes = 0;
  #resumed: string | null = null;
  /** New whenever the ordinals of samples begin again. */
  #id = randomUUID();

  constructor(target: TracedTarget, options: StartOptions) {
    const { mode = 'sampling', force = false, labels = false, workers = true, keepEnded = false, onOom = false } = options;
    const { yes: isAccepted = false, onNotice = () => {} } = options;
    this.tracebackLimit = tracebackLimitOf(options);
    this.#force = force;
    this.keepsPeak = options.peak ?? false;
    this.#target = target;
    this.#mode = mode;
    const lines = linesOf(options);
    const inlining = (options.inlining ?? true) && mode !== 'objects' && !lines;
    // A heap snapshot can wait long for the event loop. Other processes must not wait with it.
    const gcLimiter = mode === 'objects' ? new GcLimiter() : target.gcLimiter;
    this.#settings = { interval: intervalOf(options), isChurn: mode === 'churn', lines, labels, gcLimiter };
    const { main } = target;
    this.#flags = new RunFlags(target, { mode, inlining, force });
    this.#main = new IsolateTracing(main, this.#settings);
    const costOptions = { heapUsed: () => this.heapUsed(), nodeMajor: this.#major, isAccepted, isOurs: target.wasPaused, onNotice };
    this.#cost = new HeapCost(main.session, { ...costOptions, isTracking: this.isHeavy });
    this.#workers = new TracedWorkers(main.session, {
      ...this.#settings,
      // A worker that is paused when we are killed stays paused, so we pause only workers of programs that were started for us.
      pauseNew: target.wasPaused,
      workers,
      keepEnded,
      waitAtEnd: (keepEnded || onOom) && !target.isSelf,
      onOom,
      beginning: () => ({ force, flagsChanged: this.#flags.areSet }),
      registration: () => main.trueLines.registration,
      maxMessageBytes: main.maxMessageBytes,
      learnsScripts: main.learnsScripts,
      caretaker: target.caretaker,
    });
    this.#memory = new ProcessMemory(target, this.#workers);
  }

  /** A snapshot is expensive, and the tracking keeps the program from its end. */
  get isHeavy(): boolean {
    return this.#mode === 'objects';
  }

  /** Whether what it tells can grow and shrink, so that it has a peak that is not the last reading. */
  get hasPeak(): boolean {
    return this.#mode !== 'churn';
  }

  async start(circumstances: Circumstances): Promise<void> {
    const { isPaused } = circumstances;
    try {
      await this.#target.main.trueLines.find();
      if (this.isHeavy && !isPaused) await this.#cost.checkStart();
      if (!this.#force && !isPaused) await this.#main.refuseOthers();
      const mainBefore = this.#memory.askMain(); // before anything that we do to it
      await this.#flags.change(circumstances);
      await this.#workers.start();
      this.#memory.begin(mainBefore);
      if (this.isHeavy && !isPaused) await this.#cost.checkSnapshot({ isLast: false }); // now the heaps of the workers are known
      await this.#main.start({ isPaused, flagsChanged: this.#flags.areSet, force: this.#force || this.isHeavy });
    } catch (error) {
      await this.#giveUp();
      throw error;
    }
  }

  /** The error of the start is what counts, so errors of the workers are ignored. */
  async #giveUp(): Promise<void> {
    if (!this.#target.main.session.isOpen) return;
    await this.#workers.stop({ isLeaving: true }).catch(() => {});
    await this.restore();
  }

  async stop(end: SourceEnd): Promise<void> {
    try {
      await this.#workers.stop(end);
      await this.#main.stop(end);
    } finally {
      await this.restore();
    }
  }

  /** Ends the tracing, and restores nothing: the program is at its end. */
  async end(): Promise<void> {
    await this.#workers.stop({ isLeaving: true });
    await this.#workers.leave();
    await this.#main.stop({ isLeaving: true });
  }

  async clear(): Promise<void> {
    await Promise.all([this.#main.clear(), this.#workers.clear()]);
    this.#memory.begin(this.#memory.askMain());
    this.#id = randomUUID();
    this.#resumed = null;
  }

  /** Ends the tracing of the main thread until it is resumed. Its traces are lost. */
  async suspend(): Promise<void> {
    await this.#main.stop({ isLeaving: false });
  }

  async resume(): Promise<void> {
    await this.#main.source.clear();
    this.#id = randomUUID();
    this.#resumed = new Date().toISOString();
  }

  /** Bytes of the heaps of all threads, garbage included. Costs the target nothing. */
  async heapUsed(): Promise<number> {
    const [main, workers] = await Promise.all([heapUsedOf(this.#target.main), this.#workers.heapUsed()]);
    return main + workers;
  }

  /** Bytes of the heaps of all running threads, without garbage, at the last snapshot. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /**
   * Takes a snapshot of all that is alive. Forces a full collection.
   *
   * @param isLast the program has come to its end
   */
  async snapshot({ isLast = false, onHeapOf }: SnapshotOptions = {}): Promise<Snapshot> {
    if (this.isHeavy) await this.#cost.checkSnapshot({ isLast });
    const time = new Date().toISOString();
    const ofMain = this.#readMain({ isLast, onHeapOf });
    const [main, { readings, notes }] = await Promise.all([ofMain, this.#workers.read(onHeapOf, ofMain)]);
    const all = [main, ...readings];
    this.#liveBytes = all.reduce((sum, { isolate, reading }) => sum + (isolate.session.isOpen ? reading.liveBytes : 0), 0);
    return buildSnapshot(all, {
      tracebackLimit: this.tracebackLimit,
      capture: {
        mode: this.#mode,
        interval: this.#settings.interval,
        time,
        target: this.#target.info,
        ...(await this.#memory.atSnapshot(all.map(({ heap }) => heap))),
        ...this.#flags.compiling,
        tracing: this.#id,
        ...(this.#resumed !== null && { resumed: this.#resumed }),
        ...notes,
        ...churnOf(all.map(({ reading }) => reading)),
      },
    });
  }

  /** @throws CommandTimeoutError if a heap snapshot would wait for the event loop, and the loop does not turn */
  async #readMain({ isLast = false, onHeapOf }: SnapshotOptions): Promise<IsolateReading> {
    if (this.isHeavy && !isLast) await turnForHeap(this.#target.main, this.#major);
    return this.#main.read({ isLast, onHeapChunk: onHeapOf?.(this.#target.main.thread) });
  }

  /** Whether `threads` has the workers. */
  get tracesWorkers(): boolean {
    return this.#workers.running !== undefined;
  }

  /** The threads that run and are traced, the main thread first. */
  get threads(): readonly Isolate[] {
    return [this.#target.main, ...this.#workers.isolates];
  }

  /** Says what heap snapshots of the threads will cost. @throws UnsupportedError if the program may not bear them */
  async checkHeaps(): Promise<void> {
    if (this.#target.isSelf)
      throw new UnsupportedError('a process cannot read its own heap while it runs; attach to it from another process');
    await this.#cost.checkStart();
  }

  /** Has V8 send a heap snapshot of a thread, without stacks. Needs `checkHeaps` first. @throws CommandTimeoutError if it does not answer */
  async streamHeap(isolate: Isolate, take: HeapChunkListener): Promise<void> {
    await turnForHeap(isolate, this.#major);
    await streamHeap(isolate.session, 'HeapProfiler.takeHeapSnapshot', take);
  }

  /** NaN if the target did not tell its version. */
  get #major(): number {
    return nodeMajor(this.#target.info.nodeVersion);
  }

  /** Restores flags and sources, and throws away the code that was optimized with other flags. */
  async restore(): Promise<void> {
    if (!this.#target.main.session.isOpen) return;
    const flagsChanged = this.#flags.areSet;
    try {
      await this.#flags.restore();
      await this.#workers.restore({ flagsChanged });
    } finally {
      await this.#workers.leave();
      await this.#main.restore({ flagsChanged });
    }
  }
}
