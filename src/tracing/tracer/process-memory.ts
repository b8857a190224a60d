import { readProc } from '../../discovery/proc.js';
import type { CaptureInfo, HeapTotals, ProcessTotals } from '../../model/trace-columns.js';
import { readHeapTotals, totalOfThreads } from '../isolate/read-heap-totals.js';
import type { TracedWorkers } from '../workers/traced-workers.js';
import type { TracedTarget } from './traced-target.js';

/** The totals of a process during one run of tracing: when it began, and at each snapshot. */
export class ProcessMemory {
  readonly #target: TracedTarget;
  readonly #workers: TracedWorkers;
  #atStart: Promise<ProcessTotals> | null = null;

  constructor(target: TracedTarget, workers: TracedWorkers) {
    this.#target = target;
    this.#workers = workers;
  }

  /** Asks the main thread. Not awaited before the tracing begins: commands are answered in their order. Never rejects. */
  askMain(): Promise<HeapTotals | null> {
    return readHeapTotals(this.#target.main.session).catch(() => null);
  }

  /** The tracing begins, of all threads that run. @param main what the main thread answered */
  begin(main: Promise<HeapTotals | null>): void {
    const running = this.#running;
    const workers = this.#workers.heapTotals();
    this.#atStart = Promise.all([main, workers]).then(([first, others]) => ({ heap: totalOfThreads([first, ...others]), ...running }));
  }

  /** What a snapshot tells. @param heaps of all threads, the main thread first */
  async atSnapshot(heaps: readonly (HeapTotals | null)[]): Promise<Pick<CaptureInfo, 'heap' | 'running' | 'start'>> {
    const start = await this.#atStart;
    return { heap: this.#withRss(totalOfThreads(heaps)), ...this.#running, ...(start !== null && { start }) };
  }

  get #running(): Pick<ProcessTotals, 'running'> {
    const { running } = this.#workers;
    return running === undefined ? {} : { running: 1 + running };
  }

  /** A program at its end does not tell its resident memory any more. The system still knows it. */
  #withRss(heap: HeapTotals | null): HeapTotals | null {
    const { localPid } = this.#target;
    if (heap === null || heap.rss !== null || localPid === null) return heap;
    return { ...heap, rss: readProc(localPid)?.rss ?? null };
  }
}
