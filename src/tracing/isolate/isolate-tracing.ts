import { addReading } from '../../collect/add-reading.js';
import { ChurnSampler } from '../../collect/churn/churn-sampler.js';
import { ObjectTracker } from '../../collect/objects/object-tracker.js';
import { Sampler } from '../../collect/sampling/sampler.js';
import type { CollectedScript } from '../../collect/stacks/collected-scripts.js';
import type { TraceCollector } from '../../collect/stacks/trace-collector.js';
import type { Reading, ReadOptions, SourceEnd, TraceSource } from '../../collect/stacks/trace-source.js';
import type { LabelsOption } from '../../lines/labels/label-choice.js';
import type { HeapTotals } from '../../model/trace-columns.js';
import { deoptimize } from '../../protocol/engine-flags.js';
import type { GcLimiter } from './gc-limiter.js';
import type { Isolate } from './isolate.js';
import type { LinesOption } from './line-scope.js';
import { readHeapTotals } from './read-heap-totals.js';
import { leaveOldCode } from './safe-tracking.js';
import { ScriptWatch } from './script-watch.js';

/** What is the same for every isolate of a run. */
export interface IsolateSettings {
  /** Mean bytes between samples; null: objects are tracked, and nothing is sampled. */
  readonly interval: number | null;
  readonly lines: LinesOption;
  readonly labels: LabelsOption;
  /** What is allocated is sampled, dead or alive. */
  readonly isChurn: boolean;
  /** Shared by all isolates that may collect their garbage at the same time. */
  readonly gcLimiter: GcLimiter | Promise<GcLimiter>;
}

/** How the tracing of one isolate begins. */
export interface Beginning {
  /** The isolate is paused before its first line: nothing is optimized yet, and its event loop does not turn. */
  readonly isPaused: boolean;
  /** Flags of V8 were changed: code that is optimized by now must be thrown away. */
  readonly flagsChanged: boolean;
  readonly force: boolean;
  /** The isolate is new, and each of its allocations counts: nothing may delay the sampling. */
  readonly isUrgent?: boolean;
  /** What must be done before scripts are edited. */
  readonly prepare?: () => Promise<void>;
  /** Called when the source of the traces has been told to start. */
  readonly onSent?: () => void;
}

/** What one isolate adds to a snapshot. */
export interface IsolateReading {
  readonly isolate: Isolate;
  readonly heap: HeapTotals | null;
  readonly reading: Reading;
  /** What is known of the scripts in it that V8 has collected. */
  readonly collected: ReadonlyMap<string, CollectedScript>;
}

/** Adds a reading to a snapshot. It can be added to any number of them. */
export function addIsolateReading(
  { isolate, reading, collected }: IsolateReading,
  collector: TraceCollector,
  tracebackLimit: number,
): void {
  const { thread, trueLines } = isolate;
  addReading(reading, collector.thread(thread), {
    tracebackLimit,
    collected: (scriptId) => collected.get(scriptId),
    codeOf: trueLines.codeOf,
    positionsOf: trueLines.tableOf,
  });
}

/** The tracing of one isolate. Flags of V8 belong to the process and are set before. */
export class IsolateTracing {
  readonly isolate: Isolate;
  readonly source: TraceSource;
  readonly #settings: IsolateSettings;
  readonly #scripts: ScriptWatch;

  constructor(isolate: Isolate, settings: IsolateSettings) {
    this.isolate = isolate;
    this.#settings = settings;
    this.#scripts = new ScriptWatch(isolate);
    this.source = sourceOf(isolate, settings);
  }

  /** Before flags of V8 are changed. @throws ForeignSamplerError if another tool uses the same part of V8 and must not meet other flags */
  async refuseOthers(): Promise<void> {
    await this.source.refuseOthers(() => leaveOldCode(this.isolate.session));
  }

  async start({ isPaused, flagsChanged, force, isUrgent = false, prepare, onSent }: Beginning): Promise<void> {
    const { session, trueLines } = this.isolate;
    const { interval, lines, labels } = this.#settings;
    const hasOldCode = flagsChanged && !isPaused;
    // Before the first line only --heap-prof samples, which is easily asked. Whether somebody tracks allocations cannot be asked there.
    const startSource = () => this.source.start({ force: force || (isPaused && interval === null), onSent });
    // To track objects before all old code is gone can crash the target.
    const isFirst = isUrgent && interval !== null;
    if (interval === null && !force && !isPaused) await this.refuseOthers();
    if (isFirst) await startSource();
    else await this.#scripts.start({ isPaused });
    await prepare?.();
    if (hasOldCode) await deoptimize(session);
    await trueLines.edit(lines, labels);
    if (hasOldCode && interval === null) await leaveOldCode(session);
    if (!isFirst) await startSource();
  }

  /** Forgets everything that was allocated so far, and what V8 allocates to tell of the scripts that it has. */
  async clear(): Promise<void> {
    await this.#scripts.learn();
    await this.source.clear();
  }

  /** Readings that were taken before stay valid. */
  async stop(end: SourceEnd): Promise<void> {
    await this.#scripts.stop();
    await this.source.stop(end);
  }

  /** Restores the sources, and has hot code optimized again with the flags that the process had. */
  async restore({ flagsChanged }: Pick<Beginning, 'flagsChanged'>): Promise<void> {
    const { session, trueLines } = this.isolate;
    await this.#scripts.stop(); // a start that failed is restored without a stop
    await trueLines.restore();
    if (flagsChanged && session.isOpen) await deoptimize(session);
  }

  /** Forces a full collection when its turn has come; at the end of the program at once. */
  async read({ isLast, onHeapChunk }: Pick<ReadOptions, 'isLast' | 'onHeapChunk'>): Promise<IsolateReading> {
    const { isolate } = this;
    await isolate.trueLines.refresh();
    const gcLimiter = await this.#settings.gcLimiter;
    const inTurn = <T>(work: () => Promise<T>) => (isLast ? work() : gcLimiter.run(work));
    const { reading, collected } = await this.#scripts.during(() => this.source.read({ isLast, inTurn, onHeapChunk }), { isLast });
    const heap = await readHeapTotals(isolate.session); // after the profile, which has just collected the garbage
    return { isolate, heap, reading, collected };
  }
}

function sourceOf(
  { session, maxMessageBytes, hasOwnConnection, profileTimeoutMs }: Isolate,
  { interval, isChurn, gcLimiter }: IsolateSettings,
): TraceSource {
  if (interval === null) return new ObjectTracker(session);
  if (!isChurn) return new Sampler(session, { interval, maxMessageBytes, hasOwnConnection, profileTimeoutMs });
  return new ChurnSampler(session, { interval, profileTimeoutMs, inTurn: async (work) => (await gcLimiter).run(work) });
}
