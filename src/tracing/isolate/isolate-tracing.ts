import { ObjectTracker } from '../../collect/objects/object-tracker.js';
import { Sampler } from '../../collect/sampling/sampler.js';
import type { TraceCollector } from '../../collect/stacks/trace-collector.js';
import type { ReadOptions, TraceSource } from '../../collect/stacks/trace-source.js';
import type { HeapTotals } from '../../model/trace-columns.js';
import { deoptimize } from '../../protocol/engine-flags.js';
import type { Lanes } from './gc-limiter.js';
import type { Isolate } from './isolate.js';
import type { LinesOption } from './line-scope.js';
import { readHeapTotals } from './read-heap-totals.js';
import { leaveOldCode } from './safe-tracking.js';

/** What holds for every isolate of a tracing. */
export interface IsolateSettings {
  readonly tracebackLimit: number;
  /** Mean bytes between samples; null: objects are tracked in place of samples. */
  readonly interval: number | null;
  readonly lines: LinesOption;
  /** For the isolates that collect their garbage at the same time. */
  readonly lanes: Lanes | Promise<Lanes>;
}

/** What a tracing finds in an isolate. */
export interface Beginning {
  /** It waits before its first line: nothing is optimized yet, and its event loop does not turn. */
  readonly isHeld: boolean;
  /** Flags of V8 were changed: what is optimized by now must go. */
  readonly flagsChanged: boolean;
  readonly force: boolean;
}

/** What one isolate adds to a snapshot. */
export interface IsolateReading {
  readonly isolate: Isolate;
  readonly heap: HeapTotals | null;
  /** Of its heap, at the moment of the reading. */
  readonly liveBytes: number;
  readonly addTo: (collector: TraceCollector) => void;
}

/** The tracing of one isolate. The flags of V8 are the process's, and set before. */
export class IsolateTracing {
  readonly isolate: Isolate;
  readonly source: TraceSource;
  readonly #settings: IsolateSettings;

  constructor(isolate: Isolate, settings: IsolateSettings) {
    const { session, maxMessageBytes, hasOwnConnection, profileTimeoutMs } = isolate;
    this.isolate = isolate;
    this.#settings = settings;
    this.source =
      settings.interval === null
        ? new ObjectTracker(session)
        : new Sampler(session, { interval: settings.interval, maxMessageBytes, hasOwnConnection, profileTimeoutMs });
  }

  async start({ isHeld, flagsChanged, force }: Beginning): Promise<void> {
    const { session, trueLines } = this.isolate;
    const hasOldCode = flagsChanged && !isHeld;
    if (hasOldCode) await deoptimize(session);
    await trueLines.edit(this.#settings.lines);
    if (hasOldCode && this.#settings.interval === null) await leaveOldCode(session);
    await this.source.start({ force: force || isHeld });
  }

  /** Its last reading stays valid. */
  async stop(): Promise<void> {
    await this.source.stop();
  }

  /** Its sources, and code that is optimized with the flags that the process had. */
  async putBack({ flagsChanged }: Pick<Beginning, 'flagsChanged'>): Promise<void> {
    const { session, trueLines } = this.isolate;
    await trueLines.restore();
    if (flagsChanged && session.isOpen) await deoptimize(session);
  }

  /** Forces a full collection, in its turn; at the end of the program at once. */
  async read({ isLast }: Pick<ReadOptions, 'isLast'>): Promise<IsolateReading> {
    const { isolate } = this;
    const { domain, session, thread, trueLines } = isolate;
    await trueLines.refresh();
    const lanes = await this.#settings.lanes;
    const { addTo, liveBytes } = await this.source.read({ isLast, inTurn: (work) => (isLast ? work() : lanes.run(work)) });
    const heap = await readHeapTotals(session); // after the profile, which has just collected the garbage
    const options = {
      tracebackLimit: this.#settings.tracebackLimit,
      urlOf: (scriptId: string) => domain.scripts.get(scriptId)?.url,
      codeOf: trueLines.codeOf,
      positionsOf: trueLines.tableOf,
    };
    return { isolate, heap, liveBytes, addTo: (collector) => addTo(collector.thread(thread), options) };
  }
}
