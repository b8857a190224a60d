import type { HeapChunkListener, SourceEnd } from '../../collect/stacks/trace-source.js';
import type { CaptureInfo, HeapTotals } from '../../model/trace-columns.js';
import { messageOf } from '../../protocol/error-text.js';
import { askToWaitAtEnd } from '../../protocol/program-end.js';
import type { Session } from '../../protocol/session.js';
import { type Worker, Workers } from '../../protocol/workers.js';
import { MainThreadEnd } from '../cleanup/main-thread-end.js';
import { heapUsedOf, type Isolate } from '../isolate/isolate.js';
import type { IsolateReading, IsolateTracing } from '../isolate/isolate-tracing.js';
import { readHeapTotals } from '../isolate/read-heap-totals.js';
import { TracedWorker, type WorkersSettings } from './traced-worker.js';

/** A worker that does not answer delays the snapshot of the others by no more than this. */
const LONGEST_WAIT_MS = 10_000;
/** When the controller is killed, a paused worker stays paused, and a sampled one stays sampled (seen on 22, 24 and 26). */
const TASK = 'workers';

/** What a snapshot tells of workers beside what they hold. A field is left out if there is nothing to tell. */
export type WorkersNotes = Pick<CaptureInfo, 'missing' | 'atHeapLimit' | 'late' | 'ended'>;

/** For each thread, what gets V8's heap snapshot of it in chunks. */
export type HeapListeners = (thread: string) => HeapChunkListener | undefined;

interface WorkersReading {
  readonly readings: readonly IsolateReading[];
  readonly notes: WorkersNotes;
}

/** The tracing of all workers of a target: those that run already, and those that come and go meanwhile. */
export class TracedWorkers {
  readonly #workers: Workers;
  readonly #settings: WorkersSettings;
  readonly #traced = new Set<TracedWorker>();
  readonly #timeoutMs: number;
  readonly #main: Session;
  /** The workers that ended, and of which nothing is kept. */
  #ended = 0;
  #mainThreadEnd: MainThreadEnd | null = null;
  #isLeaving = false;

  constructor(main: Session, settings: WorkersSettings) {
    this.#main = main;
    this.#settings = settings;
    this.#timeoutMs = Math.min(main.timeoutMs, LONGEST_WAIT_MS);
    this.#workers = new Workers(main, {
      pauseNew: settings.pauseNew,
      timeoutMs: this.#timeoutMs,
      onWorker: (worker) => this.#take(worker),
    });
  }

  /** Resolves when each running worker is traced, or could not be. */
  async start(): Promise<void> {
    const { workers, waitAtEnd, pauseNew, caretaker } = this.#settings;
    // A worker may start, and be paused, before we hear of it.
    if (workers && (pauseNew || waitAtEnd)) caretaker.add(TASK, { kind: 'workers' });
    if (workers && waitAtEnd) this.#mainThreadEnd = await MainThreadEnd.watch(this.#main, () => this.#free());
    if (workers) await this.#workers.watch();
    await this.#started();
  }

  /** Bytes of the heaps of the workers that answer. */
  async heapUsed(): Promise<number> {
    const read = await Promise.allSettled(this.#open.map(({ tracing }) => heapUsedOf(tracing.isolate)));
    return read.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
  }

  /** Of those that run and are traced. */
  get isolates(): readonly Isolate[] {
    return this.#open.map(({ tracing }) => tracing.isolate);
  }

  /** How many run, as far as we know; undefined if workers are left alone. */
  get running(): number | undefined {
    return this.#settings.workers ? this.#open.length : undefined;
  }

  /** Of each worker; null for one that does not tell. */
  heapTotals(): Promise<(HeapTotals | null)[]> {
    return Promise.all(this.#open.map(({ tracing }) => readHeapTotals(tracing.isolate.session).catch(() => null)));
  }

  async clear(): Promise<void> {
    await this.#started();
    this.#ended = 0;
    for (const worker of this.#traced) {
      worker.forget();
      if (!worker.isOpen) this.#traced.delete(worker);
    }
    await this.#forEach((tracing) => tracing.clear());
  }

  /**
   * Never rejects. A worker that ends meanwhile is left out, and one that fails is listed as missing.
   *
   * @param heard settles when the main thread has answered. What Node tells of a worker that already runs may come only then.
   */
  async read(onHeapOf?: HeapListeners, heard?: Promise<unknown>): Promise<WorkersReading> {
    const readings: IsolateReading[] = [];
    const missing: { thread: string; reason: string }[] = [];
    const atHeapLimit: string[] = [];
    const late: { thread: string; bytes: number }[] = [];
    const known = [...this.#traced];
    const results = await readEach(known, onHeapOf);
    await heard?.catch(() => {}); // whoever reads the main thread tells of its failure
    const more = [...this.#traced].filter((worker) => !known.includes(worker));
    results.push(...(await readEach(more, onHeapOf)));
    results.sort((a, b) => a.worker.id - b.worker.id);
    for (const { worker, result } of results) {
      const { thread, heldBefore } = worker;
      if (result.status === 'rejected') missing.push({ thread, reason: messageOf(result.reason) });
      else if (result.value !== null) {
        readings.push(result.value.reading);
        if (result.value.atHeapLimit) atHeapLimit.push(thread);
        if (heldBefore > 0) late.push({ thread, bytes: heldBefore });
      }
    }
    const notes = {
      ...(missing.length > 0 && { missing }),
      ...(atHeapLimit.length > 0 && { atHeapLimit }),
      ...(late.length > 0 && { late }),
      ...(this.#ended > 0 && { ended: this.#ended }),
    };
    return { readings, notes };
  }

  /** Ends the tracing of every worker. New workers are not paused any more. */
  async stop(end: SourceEnd): Promise<void> {
    this.#isLeaving = true;
    await this.#workers.stopPausing();
    await this.#started();
    // If a worker still waits for us at its end, a main thread that has called process.exit() may wait for that worker after we have left.
    await Promise.all([this.#waitNoMore(), this.#forEach((tracing) => tracing.stop(end))]);
  }

  /** After the stop, when the flags are restored: leaves every worker as it was found. */
  async restore(beginning: { readonly flagsChanged: boolean }): Promise<void> {
    await this.#forEach(async (tracing) => {
      await tracing.restore(beginning);
      await tracing.isolate.trueLines.leave();
    });
  }

  /** After the stop: ends the conversations with all workers. */
  async leave(): Promise<void> {
    await this.#forEach((tracing) => tracing.isolate.session.close());
    await this.#workers.leave();
    await this.#mainThreadEnd?.leave();
    this.#mainThreadEnd = null;
    this.#settings.caretaker.done(TASK);
    this.#traced.clear();
  }

  #take(found: Worker): void {
    if (!this.#isLeaving) this.#settings.caretaker.add(TASK, { kind: 'workers' });
    const worker = new TracedWorker(found, {
      settings: this.#settings,
      timeoutMs: this.#timeoutMs,
      main: this.#main,
      isLeaving: () => this.#isLeaving,
    });
    this.#traced.add(worker);
    void worker.ended.then((isReported) => {
      if (!isReported && this.#traced.delete(worker) && this.#main.isOpen) this.#ended++;
    });
  }

  /** The main thread is about to end all workers. Reads what they hold now, and tells them not to wait for us at their end. */
  async #free(): Promise<void> {
    await this.#waitNoMore();
    if (this.#settings.keepEnded) await this.read();
  }

  async #waitNoMore(): Promise<void> {
    if (this.#settings.waitAtEnd) await this.#forEach(({ isolate }) => askToWaitAtEnd(isolate.session, { enabled: false }));
  }

  get #open(): TracedWorker[] {
    return [...this.#traced].filter(({ isOpen }) => isOpen);
  }

  async #started(): Promise<void> {
    await Promise.all([...this.#traced].map(({ started }) => started));
  }

  /** In all workers at once. One that ends meanwhile, or does not answer, does not stop the others. */
  async #forEach(act: (tracing: IsolateTracing) => Promise<void>): Promise<void> {
    await Promise.allSettled(this.#open.map(({ tracing }) => act(tracing)));
  }
}

/** In all workers at once. */
async function readEach(workers: readonly TracedWorker[], onHeapOf: HeapListeners | undefined) {
  const results = await Promise.allSettled(workers.map((worker) => worker.read(onHeapOf?.(worker.thread))));
  return results.map((result, index) => ({ worker: workers[index]!, result }));
}
