import { ConnectionLostError } from '../errors.js';
import { turnOfEventLoop } from '../protocol/engine-flags.js';
import { askToWaitAtEnd } from '../protocol/own-calls.js';
import type { Session } from '../protocol/session.js';
import { messageOf } from '../protocol/thrown.js';
import { type Worker, Workers } from '../protocol/workers.js';
import { EndWatch } from './end-watch.js';
import { HeapLimitWatch } from './heap-limit.js';
import { heapUsedOf, isolateOf } from './isolate.js';
import { type IsolateReading, IsolateTracing } from './isolate-tracing.js';
import { MainEnd } from './main-end.js';
import { learnScripts } from './script-maps.js';
import type { MissingThread, TracedWorker, WorkersReading, WorkersSettings } from './traced-worker.js';

/** A message of a worker's comes as text inside the main thread's, where every quote takes two bytes. */
const WRAPPED = 2;
/** A worker that does not answer must not hold the others' snapshot up for long. */
const LONGEST_WAIT_MS = 10_000;
/** A worker that waits stays so, and one that is sampled stays so (seen on 22, 24 and 26), when the controller is killed. */
const DEBT = 'workers';
/** What its profile may take, in such waits. */
const WAITS_FOR_PROFILE = 3;
const UNREAD = 'it ended before it could be asked what it holds';

/** The tracing of all workers of a target: those that run, and those that come and go meanwhile. */
export class TracedWorkers {
  readonly #workers: Workers;
  readonly #settings: WorkersSettings;
  readonly #traced = new Set<TracedWorker>();
  readonly #timeoutMs: number;
  readonly #main: Session;
  #mainEnd: MainEnd | null = null;
  #isLeaving = false;

  constructor(main: Session, settings: WorkersSettings) {
    this.#main = main;
    this.#settings = settings;
    const { hold } = settings;
    this.#timeoutMs = Math.min(main.timeoutMs, LONGEST_WAIT_MS);
    this.#workers = new Workers(main, { hold, timeoutMs: this.#timeoutMs, onWorker: (worker) => this.#take(worker) });
  }

  /** Resolves when those that run are traced, or have failed to be. */
  async start(): Promise<void> {
    const { workers, waitAtEnd } = this.#settings;
    if (workers && waitAtEnd) this.#mainEnd = await MainEnd.watch(this.#main, () => this.#free());
    if (workers) await this.#workers.watch();
    await this.#started();
  }

  /** Bytes of the heaps of those that answer. */
  async heapUsed(): Promise<number> {
    const open = [...this.#traced].map(({ tracing }) => tracing.isolate).filter(({ session }) => session.isOpen);
    const read = await Promise.allSettled(open.map(heapUsedOf));
    return read.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
  }

  async clear(): Promise<void> {
    await this.#started();
    for (const worker of this.#traced) {
      worker.last = null;
      if (!worker.tracing.isolate.session.isOpen) this.#traced.delete(worker);
    }
    await this.#forEach((tracing) => tracing.source.clear());
  }

  /** Never rejects: a worker that ends meanwhile is left out, one that fails is named. */
  async read(): Promise<WorkersReading> {
    const readings: IsolateReading[] = [];
    const missing: MissingThread[] = [];
    const atHeapLimit: string[] = [];
    const workers = this.#inOrder();
    const results = await Promise.allSettled(workers.map((worker) => this.#read(worker)));
    for (const [index, result] of results.entries()) {
      const worker = workers[index]!;
      const { thread } = worker.tracing.isolate;
      if (result.status === 'rejected') missing.push({ thread, reason: messageOf(result.reason) });
      else if (result.value !== null) {
        readings.push(result.value);
        if (worker.atHeapLimit && result.value === worker.last) atHeapLimit.push(thread);
      }
    }
    return { readings, missing, atHeapLimit };
  }

  /** Ends the tracing in every worker; none is held any more. */
  async stop(): Promise<void> {
    this.#isLeaving = true;
    await this.#workers.stopHolding();
    await this.#started();
    await Promise.allSettled([...this.#traced].map(({ heapLimit }) => heapLimit.stop()));
    await this.#forEach((tracing) => tracing.stop());
  }

  /** After the stop, when the flags are as they were: leaves every worker as it was found. */
  async putBack(beginning: { readonly flagsChanged: boolean }): Promise<void> {
    await this.#forEach(async (tracing) => {
      await tracing.putBack(beginning);
      await tracing.isolate.trueLines.leave();
    });
  }

  /** After the stop. */
  async leave(): Promise<void> {
    await this.#forEach((tracing) => tracing.isolate.session.close());
    await this.#workers.leave();
    await this.#mainEnd?.leave();
    this.#mainEnd = null;
    this.#settings.caretaker.settle(DEBT);
    this.#traced.clear();
  }

  #take({ session, id, name, isHeld }: Worker): void {
    const { maxMessageBytes, caretaker } = this.#settings;
    if (!this.#isLeaving) caretaker.owe(DEBT, { kind: 'workers' });
    const thread = `worker ${id}${name === '' ? '' : ` (${name})`}`;
    const isolate = isolateOf(session, {
      thread,
      maxMessageBytes: maxMessageBytes / WRAPPED,
      hasOwnConnection: false,
      profileTimeoutMs: WAITS_FOR_PROFILE * this.#timeoutMs,
      canEdit: true,
      caretaker,
      threadId: id,
    });
    const tracing = new IsolateTracing(isolate, this.#settings);
    const heapLimit = new HeapLimitWatch(session, isolate.domain, () => this.#keepAtHeapLimit(worker));
    const started = this.#isLeaving
      ? Promise.resolve(null)
      : this.#begin({ tracing, heapLimit, isHeld }).then(
          () => null,
          (error: unknown) => error,
        );
    const worker: TracedWorker = {
      id: Number(id),
      tracing,
      started: started.finally(() => release(session)),
      last: null,
      ending: null,
      heapLimit,
      atHeapLimit: false,
    };
    this.#traced.add(worker);
    const onEnd = () => {
      worker.ending ??= this.#leaveEnded(worker);
    };
    const watch = new EndWatch(session, onEnd);
    if (this.#settings.keepEnded) session.on('NodeRuntime.waitingForDisconnect', onEnd);
    if (this.#settings.interval === null) void worker.started.then(() => watch.start());
    void session.closed.then(async () => {
      watch.stop();
      await worker.ending;
      const isMissed = this.#settings.keepEnded && (await worker.started) === null;
      if (worker.last === null && !isMissed) this.#traced.delete(worker);
    });
  }

  async #begin({ tracing, heapLimit, isHeld }: Pick<TracedWorker, 'tracing' | 'heapLimit'> & Pick<Worker, 'isHeld'>): Promise<void> {
    const { session, trueLines } = tracing.isolate;
    // Makes the worker wait for us at its end. While one waits, a main thread that exits waits, too (v8-facts, "Never do this"): see #leaveEnded.
    if (this.#settings.waitAtEnd) await askToWaitAtEnd(session);
    if (this.#settings.expectRegistration()) await trueLines.expectRegistration();
    else await trueLines.find();
    await tracing.start({ ...this.#settings.beginning(), isHeld });
    if (this.#settings.onOom) await heapLimit.start();
  }

  /**
   * The worker is paused. Node ends it a moment after it has gone on, with ERR_WORKER_OUT_OF_MEMORY (18 to 26): what it holds is kept for all snapshots
   * that follow. Never rejects.
   */
  async #keepAtHeapLimit(worker: TracedWorker): Promise<void> {
    try {
      if ((await worker.started) !== null) return;
      const reading = await worker.tracing.read({ isLast: false });
      await learnScripts(worker.tracing.isolate);
      worker.last = reading;
      worker.atHeapLimit = true;
    } catch {
      // It could not be asked, and ends as it would without us.
    }
  }

  /** @returns null for a worker that has ended, or does so meanwhile, and is not kept */
  async #read(worker: TracedWorker): Promise<IsolateReading | null> {
    const { session } = worker.tracing.isolate;
    const failure = await worker.started;
    await worker.ending;
    if (!session.isOpen) return this.#leftBy(worker, failure);
    try {
      if (failure !== null) throw failure;
      // A heap snapshot waits for the event loop, without a limit of its own.
      if (this.#settings.interval === null) await turnOfEventLoop(session, this.#timeoutMs);
      const reading = await worker.tracing.read({ isLast: false });
      if (this.#settings.keepEnded) {
        await learnScripts(worker.tracing.isolate);
        worker.last = reading;
        worker.atHeapLimit = false;
      }
      return reading;
    } catch (error) {
      await worker.ending;
      if (session.isOpen) throw error;
      return this.#leftBy(worker, failure);
    }
  }

  /** By one that has ended. @throws ConnectionLostError where that is to be kept, or it went with the whole program, and nothing could be read before */
  #leftBy({ last }: TracedWorker, failure: unknown): IsolateReading | null {
    const isMissed = this.#settings.keepEnded || !this.#main.isOpen;
    if (last === null && failure === null && isMissed) throw new ConnectionLostError(UNREAD);
    return last;
  }

  /**
   * The worker has come to its end, and waits for us or for V8's tracking. Of one that ended by itself V8 has freed what its globals held (18 to
   * 26): what the last snapshot found says more.
   */
  async #leaveEnded(worker: TracedWorker): Promise<void> {
    const { tracing, started } = worker;
    try {
      if ((await started) === null && !this.#isLeaving) {
        if (this.#settings.keepEnded) {
          worker.last ??= await tracing.read({ isLast: true });
          await learnScripts(tracing.isolate);
        }
        await tracing.stop();
      }
    } catch {
      // It is gone, with what it held.
    } finally {
      await tracing.isolate.session.close();
    }
  }

  /** The main thread is about to end them all. What they hold is kept now; none waits for us at its end. */
  async #free(): Promise<void> {
    await this.#forEach(({ isolate }) => askToWaitAtEnd(isolate.session, { enabled: false }));
    await this.read();
  }

  #inOrder(): TracedWorker[] {
    return [...this.#traced].sort((a, b) => a.id - b.id);
  }

  async #started(): Promise<void> {
    await Promise.all([...this.#traced].map(({ started }) => started));
  }

  /** In all at once. One that ends meanwhile, or does not answer, does not stop the others. */
  async #forEach(act: (tracing: IsolateTracing) => Promise<void>): Promise<void> {
    const open = [...this.#traced].filter(({ tracing }) => tracing.isolate.session.isOpen);
    await Promise.allSettled(open.map(({ tracing }) => act(tracing)));
  }
}

/** Lets a worker that waits before its first line go, whoever holds it: also one that a controller which died has left. */
async function release(session: Session): Promise<void> {
  // It may have ended meanwhile.
  if (session.isOpen) await session.send('Runtime.runIfWaitingForDebugger').catch(() => {});
}
