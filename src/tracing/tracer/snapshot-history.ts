import { memoryBytes, totalOf } from '../../model/column-totals.js';
import type { Session } from '../../protocol/session.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { ASKED, PeakWatch, UNASKED } from '../watch/peak-watch.js';
import type { SnapshotOptions, TracingRun } from './tracing-run.js';

/** Bytes that V8 keeps for one sample, measured. */
const TARGET_BYTES_PER_SAMPLE = 110;
const NO_COST = { controller: 0, target: 0 };

/** Takes the snapshots of a target. Knows the highest of them and what the last one cost, and asks for a reading when the heap reaches a new height. */
export class SnapshotHistory {
  readonly #watch: PeakWatch;
  #keepsSnapshot = false;
  #size = 0;
  #liveBytes = 0;
  #snapshot: Snapshot | null = null;
  /** Bytes that the last snapshot costs. */
  cost = NO_COST;

  /** @param read takes a reading when all earlier calls of the tracer are done */
  constructor(session: Session, read: () => Promise<unknown>) {
    this.#watch = new PeakWatch(session, async () => {
      await read();
      return this.#liveBytes;
    });
  }

  /** Bytes of the highest snapshot. */
  get peak(): number {
    return this.#size;
  }

  /** The highest snapshot; null if it is not kept. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** Forgets all earlier readings, and watches the heap from now on. If a reading is expensive, only if the peak was asked for. */
  begin(run: Pick<TracingRun, 'keepsPeak' | 'isHeavy' | 'hasPeak' | 'heapUsed'>): void {
    const { keepsPeak, isHeavy, hasPeak } = run;
    this.forget();
    this.#keepsSnapshot = keepsPeak;
    this.#watch.stop();
    if (keepsPeak || (hasPeak && !isHeavy)) this.#watch.start(keepsPeak ? ASKED : UNASKED, () => run.heapUsed());
  }

  /** Of two snapshots of the same size the later one counts as the highest. */
  async take(run: TracingRun, options: SnapshotOptions = {}): Promise<Snapshot> {
    const snapshot = await run.snapshot(options);
    const { table, columns } = snapshot;
    this.#liveBytes = run.liveBytes;
    this.cost = { controller: memoryBytes(table, columns), target: columns.length * TARGET_BYTES_PER_SAMPLE };
    const { size } = totalOf(columns);
    if (size >= this.#size) {
      this.#size = size;
      if (this.#keepsSnapshot) this.#snapshot = snapshot;
    }
    return snapshot;
  }

  /** Ends the watch. The highest snapshot stays. */
  end(): void {
    this.#watch.stop();
  }

  forget(): void {
    this.cost = NO_COST;
    this.#size = 0;
    this.#snapshot = null;
  }
}
