import { clearInterval, setImmediate, setInterval } from 'node:timers';
import { runInThisContext } from 'node:vm';
import { isMainThread, Worker } from 'node:worker_threads';
import { TracemallocError, UnsupportedError } from '../../errors.js';
import { STAGES, WATCH_CELL, WatchCell } from './watch-cell.js';

/** What a collection found alive in the main thread at one moment. */
export interface HeapReading {
  /** V8's sampling profile. */
  readonly answer: object;
  readonly heapUsed: number;
  readonly heapTotal: number;
  /** Bytes outside of V8's heap that its objects hold, such as those of Buffers. */
  readonly external: number;
  /** ISO 8601, UTC. */
  readonly time: string;
}

export interface HighestReading {
  readonly highest: HeapReading;
  /** How much more was alive then than at the begin, the heap and what is outside of it. */
  readonly bytes: number;
  /** The part of `bytes` that is outside of V8's heap. */
  readonly external: number;
}

export type WatcherReport =
  | { readonly kind: 'begun' }
  | ({ readonly kind: 'ended' } & HighestReading)
  | { readonly kind: 'failed'; readonly reason: string }
  /** The last one: its session has ended. */
  | { readonly kind: 'left' };

/** Longer than the longest pause of the worker between two looks. */
const LOOK_EVERY_MS = 5;

/** Ours may be that of a test. */
const mainContext = runInThisContext('globalThis') as { [WATCH_CELL]?: WatchCell['cell'] };

/**
 * Watches the heap of this thread, the main thread, from a worker, so that synchronous code is watched as well, and nothing of the watching lives in
 * the heap that is watched. A sampler must run in this thread.
 */
export class HeapWatch {
  readonly #shared = new WatchCell();
  readonly #worker: Worker;
  readonly #left: Promise<void>;
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #exited: Promise<void>;

  /**
   * @param limit bytes; a heap that stays below is left alone
   * @throws UnsupportedError in a worker
   */
  constructor({ limit }: { readonly limit: number }) {
    if (!isMainThread) {
      const pool = "under vitest, pool: 'forks', under jest, workerThreads: false";
      throw new UnsupportedError(
        `the peak can be measured only in the main thread of a process, not in a worker: run the test in a process (${pool})`,
      );
    }
    // Neither preloads nor the options of the program: a worker with them would take longer to start.
    this.#worker = new Worker(new URL('../../tracing/watch/heap-watcher.js', import.meta.url), {
      workerData: { cell: this.#shared.cell, limit },
      execArgv: [],
      env: {},
    });
    mainContext[WATCH_CELL] = this.#shared.cell;
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    const left = new Promise<void>((resolve) => {
      this.#worker.on('message', ({ kind }: WatcherReport) => kind === 'left' && resolve());
    });
    this.#left = Promise.race([left, this.#exited]);
  }

  /** Resolves when the worker watches. What is alive then counts as nothing. */
  async begin(): Promise<void> {
    await this.#report();
    if (this.#isClosing) return;
    this.#worker.unref(); // a program that waits for nothing else ends
    let { looks } = this.#shared;
    // Between two turns of the event loop, the program waits for a worker that does not get the processor.
    this.#timer = setInterval(() => {
      if (this.#shared.looks === looks) this.#shared.waitForLook(looks);
      looks = this.#shared.looks;
    }, LOOK_EVERY_MS).unref();
  }

  /** Takes a last reading. */
  async end(): Promise<HighestReading> {
    clearInterval(this.#timer);
    this.#worker.ref();
    const reported = this.#report();
    this.#shared.setStage(STAGES.finish);
    const report = await reported;
    if (report.kind !== 'ended') throw new TracemallocError('the heap was watched for something else');
    return report;
  }

  /**
   * Leaves nothing behind. When the session of the worker ends, this thread answers it in a turn of its event loop. If the worker ends at that moment,
   * Node aborts the process (seen on 20 and 26: `MainThreadInterface::Post`), so it ends only afterwards.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
    this.#worker.ref();
    this.#shared.setStage(STAGES.giveUp);
    await this.#left;
    for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    this.#shared.setStage(STAGES.exit);
    await this.#exited;
    delete mainContext[WATCH_CELL];
  }

  async #report(): Promise<WatcherReport> {
    const report = await new Promise<WatcherReport>((resolve, reject) => {
      const gone = () => reject(new TracemallocError('the worker that watches the heap has ended'));
      this.#worker.once('message', resolve).once('error', reject).once('exit', gone);
    });
    if (report.kind === 'failed') throw new TracemallocError(`the heap could not be watched: ${report.reason}`);
    return report;
  }
}
