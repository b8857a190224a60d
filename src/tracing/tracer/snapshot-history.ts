import { memoryBytes, totalOf } from '../../model/column-totals.js';
import type { Session } from '../../protocol/session.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { ASKED, PeakWatch, UNASKED } from '../watch/peak-watch.js';
import type { Tracing } from './tracing-run.js';

/** What V8 keeps for one sample, measured. */
const TARGET_BYTES_PER_SAMPLE = 110;
const NO_COST = { controller: 0, target: 0 };

/** Takes the snapshots of a target; knows the highest and what the last one cost, and has a watch that asks for readings at new heights. */
export class Readings {
  readonly #watch: PeakWatch;
  #keepsSnapshot = false;
  #size = 0;
  #liveBytes = 0;
  #snapshot: Snapshot | null = null;
  /** Bytes. */
  cost = NO_COST;

  /** @param read asks for a reading in its turn */
  constructor(session: Session, read: () => Promise<unknown>) {
    this.#watch = new PeakWatch(session, async () => {
      await read();
      return this.#liveBytes;
    });
  }

  /** Bytes of the highest. */
  get peak(): number {
    return this.#size;
  }

  /** The highest; null where it is not kept. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** Forgets what was, and watches from now on; where a reading is dear only if asked to. */
  begin(tracing: Pick<Tracing, 'keepsPeak' | 'isHeavy' | 'heapUsed'>): void {
    const { keepsPeak, isHeavy } = tracing;
    this.forget();
    this.#keepsSnapshot = keepsPeak;
    this.#watch.stop();
    if (keepsPeak || !isHeavy) this.#watch.start(keepsPeak ? ASKED : UNASKED, () => tracing.heapUsed());
  }

  /** Of equally high ones the last counts. */
  async take(tracing: Tracing, { isLast = false } = {}): Promise<Snapshot> {
    const snapshot = await tracing.snapshot({ isLast });
    const { table, columns } = snapshot;
    this.#liveBytes = tracing.liveBytes;
    this.cost = { controller: memoryBytes(table, columns), target: columns.length * TARGET_BYTES_PER_SAMPLE };
    const { size } = totalOf(columns);
    if (size >= this.#size) {
      this.#size = size;
      if (this.#keepsSnapshot) this.#snapshot = snapshot;
    }
    return snapshot;
  }

  /** Ends the watch; what was highest stays. */
  end(): void {
    this.#watch.stop();
  }

  forget(): void {
    this.cost = NO_COST;
    this.#size = 0;
    this.#snapshot = null;
  }
}
