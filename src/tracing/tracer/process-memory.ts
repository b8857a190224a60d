import { readProc } from '../../discovery/proc.js';
import { readLedger } from '../../ledger/read-ledger.js';
import { summedByKind } from '../../model/resident-parts.js';
import type { CaptureInfo, HeapTotals, ProcessTotals, ResidentPart } from '../../model/trace-columns.js';
import { readHeapTotals, totalOfThreads } from '../isolate/read-heap-totals.js';
import type { TracedWorkers } from '../workers/traced-workers.js';
import { localPidOf, type TracedTarget } from './traced-target.js';

/** The totals of a process during one run of tracing: when it began, and at each snapshot. */
export class ProcessMemory {
  readonly #target: TracedTarget;
  readonly #workers: TracedWorkers;
  #atStart: Promise<ProcessTotals> | null = null;
  /** It may take a look at all processes of the machine, so it is asked once. */
  #localPid: Promise<number | null> | null = null;

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
  async atSnapshot(heaps: readonly (HeapTotals | null)[]): Promise<Pick<CaptureInfo, 'heap' | 'resident' | 'running' | 'start'>> {
    const start = await this.#atStart;
    const heap = this.#withRss(totalOfThreads(heaps));
    // A thread that has not told its heap would not tell this either, and would be waited for again.
    const resident = heap === null ? undefined : await this.#resident();
    return { heap, ...(resident && { resident }), ...this.#running, ...(start !== null && { start }) };
  }

  /** undefined if the system does not tell it, or if the process ends meanwhile. */
  async #resident(): Promise<ResidentPart[] | undefined> {
    const { main, info } = this.#target;
    this.#localPid ??= localPidOf(this.#target);
    const localPid = await this.#localPid;
    if (localPid === null) return undefined;
    const subject = { pid: info.pid, nodeVersion: info.nodeVersion, localPid, threads: [main, ...this.#workers.isolates], collect: null };
    try {
      const { rows, missing, swap } = await readLedger({ ...subject, withoutWorkers: this.#workers.running === undefined });
      const areMappingsKnown = swap !== null;
      return areMappingsKnown && missing.length === 0 ? summedByKind(rows) : undefined;
    } catch {
      return undefined; // the snapshot is there, and the next command tells if the connection is lost
    }
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
