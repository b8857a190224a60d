import { NotTracingError } from '../../errors.js';
import { readHeapUsage } from '../../protocol/evaluate.js';
import { parseSamplingProfile } from '../../protocol/schemas.js';
import type { Session } from '../../protocol/session.js';
import {
  asEnded,
  checkInterval,
  claimSampler,
  dropSamples,
  endSampling,
  PROFILE_TIMEOUT_MS,
  startSampling,
} from '../sampling/sampler-commands.js';
import type { AllocationReading, ReadOptions, SourceEnd, SourceStart, TraceSource } from '../stacks/trace-source.js';
import { AllocationTotals } from './allocation-totals.js';
import { GcTimes } from './gc-times.js';
import { FIRST_WINDOW, windowLength } from './window-length.js';

interface ChurnOptions {
  /** Mean bytes between samples; an integer of at least 1. */
  readonly interval: number;
  /** Does the part that collects the garbage when its turn has come. */
  readonly inTurn: ReadOptions['inTurn'];
  readonly profileTimeoutMs?: number | undefined;
}

/** All that was seen since the start. */
interface Totals {
  readonly allocations: AllocationTotals;
  seconds: number;
  /** Live bytes at the start. */
  readonly liveAtStart: number;
  /** Why later allocations are not known. */
  lost: NotTracingError | null;
}

/**
 * All that one isolate allocates, dead or alive. V8 keeps every sample until the sampling ends (`includeObjectsCollectedByMajorGC` and
 * `…MinorGC`, from Node 20 on). So it is ended and begun anew again and again, and the profiles of these windows are added up. A window ends with a
 * full collection.
 */
export class ChurnSampler implements TraceSource {
  readonly #session: Session;
  readonly #interval: number;
  readonly #inTurn: ReadOptions['inTurn'];
  readonly #timeoutMs: number;
  readonly #gc: GcTimes;
  #isOn = false;
  #totals: Totals | null = null;
  /** When the window began, in ms; null: not known, so the window cannot be used. */
  #begunAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** What has begun is done. Never rejects. */
  #done: Promise<void> = Promise.resolve();

  constructor(session: Session, { interval, inTurn, profileTimeoutMs = PROFILE_TIMEOUT_MS }: ChurnOptions) {
    checkInterval(interval);
    this.#session = session;
    this.#interval = interval;
    this.#inTurn = inTurn;
    this.#timeoutMs = profileTimeoutMs;
    this.#gc = new GcTimes(session);
  }

  /** Nothing to do: sampling needs no flags of V8, so that the look at the start is early enough. */
  async refuseOthers(): Promise<void> {}

  async start({ force, onSent }: SourceStart): Promise<void> {
    await claimSampler(this.#session, { force, timeoutMs: this.#timeoutMs });
    const begun = this.#begin();
    onSent?.();
    await begun;
    await this.#gc.start();
  }

  async clear(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#afterOthers(async () => {
      await this.#gc.around(() => Promise.all([dropSamples(this.#session), this.#begin()]));
      this.#gc.clear();
    });
  }

  async stop({ isLeaving }: SourceEnd): Promise<void> {
    this.#isOn = false; // a window whose end still waits for its turn must not begin another
    clearTimeout(this.#timer);
    const ended = endSampling(this.#session, { isLeaving, timeoutMs: this.#timeoutMs });
    await Promise.all([ended, this.#gc.stop()]);
  }

  /** Ends the window, also for the snapshot of a program at its end. @throws NotTracingError if another tool has ended the sampling */
  async read({ inTurn }: ReadOptions): Promise<AllocationReading> {
    const liveBytes = await this.#endWindow(inTurn);
    const { allocations, seconds, liveAtStart } = this.#totals!;
    return {
      kind: 'allocations',
      allocations: allocations.allocations(),
      seconds,
      collections: this.#gc.totals,
      liveBytes,
      grown: liveBytes - liveAtStart,
    };
  }

  /** The profile is asked for the sake of its collection, so that the growth of the heap is that of what lives. */
  async #begin(): Promise<void> {
    this.#isOn = true;
    const doing = { timeoutMs: this.#timeoutMs, doing: 'starting the sampling' };
    const [, , { usedSize }] = await Promise.all([
      startSampling(this.#session, this.#interval, { withDead: true }),
      this.#session.send('HeapProfiler.getSamplingProfile', undefined, doing),
      readHeapUsage(this.#session, doing),
    ]);
    this.#begunAt = performance.now();
    const allocations = new AllocationTotals(this.#interval);
    this.#totals = { allocations, seconds: 0, liveAtStart: usedSize, lost: null };
    this.#endLater(FIRST_WINDOW);
  }

  #endLater(seconds: number): void {
    clearTimeout(this.#timer);
    if (!this.#isOn) return;
    // Nobody waits for it: a failure is told by the next reading, or by the connection.
    this.#timer = setTimeout(() => void this.#endWindow(this.#inTurn).catch(() => {}), seconds * 1000).unref();
  }

  /** @returns live bytes */
  #endWindow(inTurn: ReadOptions['inTurn']): Promise<number> {
    return this.#afterOthers(async () => {
      if (!this.#isOn || this.#totals === null) throw new NotTracingError('the tracing has ended');
      if (this.#totals.lost) throw this.#totals.lost;
      clearTimeout(this.#timer);
      return inTurn(() => this.#exchange(this.#totals!));
    });
  }

  /** Adds up the window, and begins the next one. */
  async #exchange(totals: Totals): Promise<number> {
    if (!this.#isOn) throw new NotTracingError('the tracing has ended');
    const begunAt = this.#begunAt;
    this.#begunAt = null;
    const askedAt = performance.now();
    let next = FIRST_WINDOW;
    try {
      const [answer, , { usedSize }] = await this.#gc.around(() => this.#ask());
      const now = performance.now();
      this.#begunAt = now;
      if (begunAt === null) return usedSize;
      const profile = parseSamplingProfile(answer);
      totals.allocations.add(profile);
      const seconds = (now - begunAt) / 1000;
      totals.seconds += seconds;
      next = windowLength({ seconds, samples: profile.samples.length, pause: (now - askedAt) / 1000 });
      return usedSize;
    } catch (error) {
      const reason = asEnded(error);
      if (reason instanceof NotTracingError) totals.lost = reason;
      throw reason;
    } finally {
      this.#endLater(next);
    }
  }

  /** Sent together, so that no allocation of the program falls between two windows. */
  #ask() {
    const options = { timeoutMs: this.#timeoutMs, holdsThread: true, doing: 'ending a window of allocations' };
    return Promise.all([
      this.#session.send('HeapProfiler.stopSampling', undefined, options),
      startSampling(this.#session, this.#interval, { withDead: true }),
      readHeapUsage(this.#session, options),
    ]);
  }

  async #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#done.then(work);
    this.#done = result.then(
      () => {},
      () => {},
    );
    return result;
  }
}
