import { NotTracingError, UnsupportedError } from '../../errors.js';
import type { BufferHolders } from '../../heap-graph/buffers/explain-buffers.js';
import type { Explanation } from '../../heap-graph/paths/explain.js';
import { LedgerHistory } from '../../ledger/history.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { ScriptEdit } from '../../lines/live-edit/live-edit.js';
import { totalOf } from '../../model/column-totals.js';
import type { Traceback } from '../../model/traceback.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { ObjectName } from '../isolate/find-object.js';
import { type MarkListener, Marks } from '../watch/marks.js';
import { type RssLimit, type RssListener, type RssWatch, watchRss } from '../watch/rss-watch.js';
import type { Closing } from './closing.js';
import { explainTarget, explainTargetBuffers, type TargetWhyOptions } from './explain-target.js';
import type { Lifecycle } from './lifecycle.js';
import { type MemoryOptions, memoryOfTarget } from './memory-of-target.js';
import { objectTraceback } from './object-traceback.js';
import type { StartOptions } from './start-options.js';
import { localPidOf } from './traced-target.js';

export interface TakeOptions {
  /** In object mode: gets the text of V8's own heap snapshot of the main thread, of the same moment, in chunks. */
  readonly onHeapSnapshot?: (chunk: string) => void;
}

/**
 * Starts and stops tracing in one target and takes snapshots of it. Calls are carried out one after the other, in the order in which they
 * were made. Every method that talks to the target rejects with a ConnectionLostError once the target is gone.
 */
export class Tracer {
  /** Resolves, never rejects, when the connection is over, whoever ended it. */
  readonly closed: Promise<Closing>;
  readonly #life: Lifecycle;
  readonly #marks: Marks;
  readonly #ledgers = new LedgerHistory();

  constructor(life: Lifecycle) {
    this.#life = life;
    this.closed = life.closed;
    const { main, wasPaused } = life.target;
    this.#marks = new Marks(main.session, { domain: main.domain, resumeAtStart: wasPaused });
  }

  /**
   * Starts tracing; does nothing if tracing is on already, as in tracemalloc.
   * @throws ForeignSamplerError when another tool samples this target, UsageError for a bad number of frames or interval
   */
  start(options: number | StartOptions = {}): Promise<void> {
    return this.#life.start(typeof options === 'number' ? { nframe: options } : options);
  }

  /** Stops tracing and forgets all traces; does nothing if tracing is off, as in tracemalloc. */
  stop(): Promise<void> {
    return this.#life.stop();
  }

  /**
   * Stops tracing, leaves the target as it was found, and ends the connection. A target that answers nothing for 9 seconds is given up: what was
   * changed in it is undone as soon as it answers, within 10 minutes.
   */
  close(): Promise<void> {
    return this.#life.close();
  }

  isTracing(): boolean {
    return this.#life.isTracing;
  }

  /**
   * What is alive and was allocated since the start, or since `clearTraces()`. Forces a full garbage collection in the target.
   * @throws NotTracingError when nothing is traced, ProfileTooLargeError when the profile would not fit through the connection
   */
  takeSnapshot({ onHeapSnapshot }: TakeOptions = {}): Promise<Snapshot> {
    return this.#life.inTurn(async (run) => {
      if (!run) throw new NotTracingError('the tracemalloc module must be tracing memory allocations to take a snapshot');
      const { main } = this.#life.target;
      if (onHeapSnapshot && !run.isHeavy)
        throw new UnsupportedError("only object mode reads V8's heap snapshot; start with mode: 'objects'");
      const onHeapOf = onHeapSnapshot && ((thread: string) => (thread === main.thread ? onHeapSnapshot : undefined));
      return this.#life.history.take(run, { onHeapOf });
    });
  }

  /** Forgets the traces of everything allocated so far, and the peak with them. */
  clearTraces(): Promise<void> {
    return this.#life.inTurn(async (run) => {
      if (!run) return;
      await run.clear();
      this.#life.history.begin(run);
    });
  }

  /**
   * Calls `listener` at every `debugger` statement that the target passes, with its place (`/app/leak.js:12`) and the target paused.
   * @returns a function that ends it
   */
  onMark(listener: MarkListener): () => void {
    if (this.#life.target.isSelf)
      throw new UnsupportedError('a process cannot pause itself at a debugger statement; attach to it from another process');
    this.#marks.add(listener);
    this.#syncMarks();
    return () => {
      this.#marks.remove(listener);
      this.#syncMarks();
    };
  }

  /**
   * How the edit of each script went, if `start({ lines })` met a running program. After the stop: the scripts that could not be restored
   * and keep a changed source, which behaves the same.
   */
  get scriptEdits(): readonly ScriptEdit[] {
    return this.#life.target.main.trueLines.edits;
  }

  /** Most recent frames kept of each traceback. */
  getTracebackLimit(): number {
    return this.#life.tracebackLimit;
  }

  /**
   * Bytes traced now and at their highest. Forces a full garbage collection in the target.
   *
   * The peak is the highest reading since the start or `resetPeak()`. A reading is each snapshot, each call of this method, and one more
   * whenever the heap usage, polled twice a second, has grown by a tenth and readings have taken less than a hundredth of the time (the
   * first after 10 seconds or more). Memory that comes and goes between two readings is missed. In object mode a snapshot is expensive, so
   * only readings that you ask for count.
   */
  getTracedMemory(): Promise<{ current: number; peak: number }> {
    return this.#life.inTurn(async (run) => {
      if (!run) return { current: 0, peak: 0 };
      const { history } = this.#life;
      const { columns } = await history.take(run);
      return { current: totalOf(columns).size, peak: history.peak };
    });
  }

  /** Makes what is traced now the peak. */
  resetPeak(): Promise<void> {
    return this.#life.inTurn(async (run) => {
      if (!run) return;
      const { history } = this.#life;
      history.begin(run); // the next peak may be lower than the heap once was
      await history.take(run);
    });
  }

  /**
   * What the resident memory of the process consists of, now: rows whose bytes add up to its rss. Works whether anything is traced or not. Collects
   * no garbage, unless `gc` asks for it to tell garbage from what is alive. Exact on Linux if the process is on this machine and we may read /proc/PID/smaps; otherwise `notes` says what could not be told apart.
   */
  getMemory(options: MemoryOptions = {}): Promise<Ledger> {
    return this.#life.inTurn(async (run) => this.#ledgers.add(await memoryOfTarget(this.#life.target, run, options)));
  }

  /**
   * Calls `listener` when the resident memory of the process passes a limit, and again at each further tenth of the limit. It is read from outside,
   * every 100 ms. Linux only, and only for a process on this machine.
   *
   * @param limit bytes, a size (`400MiB`), or a share of what its control groups, or else the machine, allow it (`85%`)
   * @throws UsageError, UnsupportedError
   */
  onRss(limit: RssLimit, listener: RssListener): Promise<RssWatch> {
    return this.#life.inTurn(async () => {
      const watch = watchRss(await localPidOf(this.#life.target), limit, listener);
      void this.closed.then(() => watch.stop());
      return watch;
    });
  }

  /** Bytes that tracing costs, as of the last reading: of the snapshot in the controller, and an estimate for the target. */
  async getTracemallocMemory(): Promise<{ controller: number; target: number }> {
    return this.#life.history.cost;
  }

  /**
   * Where an object of the target was allocated. The object is the value of an expression (`globalThis.cache`, `require.cache['/app/a.js']`),
   * a RemoteObject of another client, or the object with an id in the heap of the main thread. null if it was allocated before the tracing
   * began. Takes a snapshot. Object mode only.
   *
   * @throws NotTracingError, UnsupportedError in other modes, UsageError if there is no such object
   */
  getObjectTraceback(object: ObjectName): Promise<Traceback | null> {
    return this.#life.inTurn(async (run) => {
      if (!run) throw new NotTracingError('the tracemalloc module must be tracing memory allocations to look an object up');
      return objectTraceback(run, this.#life.target.main.session, object);
    });
  }

  /**
   * What keeps objects alive: those of a type (`Session`), of a place where they were allocated (`app.js:15`), the object with an id in the heap of
   * the main thread (`@61511`), or the value of an expression (`global.cache`). Takes a snapshot. Object mode only.
   *
   * @throws NotTracingError, UnsupportedError in other modes, UsageError if there is no such object
   */
  why(what: string, options: TargetWhyOptions = {}): Promise<Explanation> {
    return this.#life.inTurn(async (run) => {
      if (!run) throw new NotTracingError('the tracemalloc module must be tracing memory allocations to say what keeps objects alive');
      return explainTarget(run, this.#life.target.main, { what, ...options });
    });
  }

  /**
   * Who holds the memory outside of the heap, such as that of Buffers. Takes a heap snapshot of each thread. In object mode links have places.
   *
   * @throws NotTracingError, UnsupportedError on `attachSelf`, and if the program may not bear a heap snapshot
   */
  whyBuffers(options: Omit<TargetWhyOptions, 'ignoreEdges'> = {}): Promise<BufferHolders> {
    return this.#life.inTurn(async (run) => {
      if (!run) throw new NotTracingError('the tracemalloc module must be tracing memory allocations to say who holds Buffers');
      return explainTargetBuffers(run, options);
    });
  }

  #syncMarks(): void {
    // Rejects only if the connection is lost, which every later call says.
    this.#life.inTurn(() => this.#marks.sync()).catch(() => this.#life.history.end());
  }
}
