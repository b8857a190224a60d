import { CommandTimeoutError } from '../../errors.js';
import { readHeapUsage } from '../../protocol/evaluate.js';
import { parseSamplingProfile } from '../../protocol/schemas.js';
import type { Session } from '../../protocol/session.js';
import type { BlockMemory } from '../block-counts/decode-blocks.js';
import { LineTables, MARK } from '../stacks/line-tables.js';
import type { ReadOptions, SampledReading, SourceEnd, SourceStart, TraceSource } from '../stacks/trace-source.js';
import { checkSample, type SamplingProfile } from '../stacks/v8-profile.js';
import { decodeProfile } from './ingest-profile.js';
import { fitsMessage, tooLargeError } from './message-size.js';
import { asEnded, checkInterval, claimSampler, dropSamples, endSampling, PROFILE_TIMEOUT_MS, startSampling } from './sampler-commands.js';

/** The object group that holds our markers in the target. */
const MARKS = 'node-tracemalloc';

/** The longest wait for a collection that only improves an estimate. */
const COLLECTION_MS = 10_000;
/** At the end of a program we still ask for a profile whose estimate is up to this many times what fits. */
const TOLERANCE_AT_END = 3;

export interface SamplerOptions {
  /** Mean bytes between samples; an integer of at least 1, at which every block is sampled. */
  readonly interval: number;
  /** The largest message that the connection carries. */
  readonly maxMessageBytes: number;
  /** Whether the connection serves this sampler alone, so that breaking it ends nobody else's conversation. */
  readonly hasOwnConnection: boolean;
  /** The longest wait for a profile, in ms; default 180,000, because the collection and message of a large heap take seconds. */
  readonly profileTimeoutMs?: number | undefined;
}

/** The sampling heap profiler of one isolate. */
export class Sampler implements TraceSource {
  readonly #session: Session;
  readonly #interval: number;
  readonly #maxMessageBytes: number;
  readonly #hasOwnConnection: boolean;
  readonly #profileTimeoutMs: number;
  /** The traced bytes and the heap usage when last seen, to estimate the next message. */
  #lastTraced = 0;
  #lastUsed = 0;
  /** Exists in exact mode, which samples every marker. */
  #lineTables: LineTables | null = null;
  readonly #memory: BlockMemory = { sizes: new Map() };

  constructor(session: Session, { interval, maxMessageBytes, hasOwnConnection, profileTimeoutMs = PROFILE_TIMEOUT_MS }: SamplerOptions) {
    checkInterval(interval);
    this.#session = session;
    this.#interval = interval;
    this.#maxMessageBytes = maxMessageBytes;
    this.#hasOwnConnection = hasOwnConnection;
    this.#profileTimeoutMs = profileTimeoutMs;
  }

  /** Nothing to do: sampling needs no flags of V8, so that the look at the start is early enough. */
  async refuseOthers(): Promise<void> {}

  /** With `force`, takes over from a sampler that another tool started. */
  async start({ force, onSent }: SourceStart): Promise<void> {
    // Both requests are sent together. If the target is stopped, the short limit of the first finds out, not the long one of the profile.
    const [used] = await Promise.all([this.#heapUsed(), claimSampler(this.#session, { force, timeoutMs: this.#profileTimeoutMs })]);
    const begun = this.#begin(used);
    onSent?.();
    await begun;
  }

  /** Forgets everything allocated so far. */
  async clear(): Promise<void> {
    await dropSamples(this.#session);
    await this.#begin(await this.#heapUsed());
  }

  async stop({ isLeaving }: SourceEnd): Promise<void> {
    await endSampling(this.#session, { isLeaving, timeoutMs: this.#profileTimeoutMs });
  }

  /** @throws NotTracingError if another tool has ended the sampling */
  async read({ isLast, inTurn }: ReadOptions): Promise<SampledReading> {
    await this.#checkMessageSize({ isLast }); // before our turn, so that a target that does not answer holds up nobody else
    const [answer, { usedSize: liveBytes }] = await inTurn(() => (this.#lineTables ? this.#askMarked() : this.#ask())).catch(
      (error: unknown) => {
        throw asEnded(error);
      },
    );
    const whole: SamplingProfile = parseSamplingProfile(answer);
    const profile = this.#lineTables?.without(whole) ?? whole;
    const interval = this.#interval;
    const blocks = decodeProfile(profile, { interval, memory: this.#memory });
    this.#lastTraced = sampledBytes(profile);
    this.#lastUsed = liveBytes;
    return { kind: 'samples', profile, interval, blocks, liveBytes };
  }

  /** Sent together, so that the usage is from the moment of the profile and the program cannot run on in between. */
  #ask() {
    const options = { timeoutMs: this.#profileTimeoutMs, holdsThread: true, doing: 'taking a snapshot' };
    return Promise.all([this.#session.send('HeapProfiler.getSamplingProfile', undefined, options), readHeapUsage(this.#session, options)]);
  }

  /** At the end of a program nothing is evaluated, and no marker is needed. */
  async #askMarked() {
    const marked = () => {
      this.#mark();
      return this.#ask();
    };
    return (await this.#session.programEnd.evaluating(marked, { doing: 'taking a snapshot' })) ?? this.#ask();
  }

  /**
   * Sent together with the request for a profile, so that the program does not run in between. The target keeps the closure, so that its
   * sample and its script's name last until the profile is made.
   */
  #mark(): void {
    const doing = { doing: 'marking the begin of a profile' };
    const sent = [
      this.#session.send('Runtime.releaseObjectGroup', { objectGroup: MARKS }, doing),
      this.#session.send('Runtime.evaluate', { expression: MARK, objectGroup: MARKS, silent: true, disableBreaks: true }, doing),
    ];
    for (const command of sent) command.catch(() => {}); // nobody waits for these
  }

  async #begin(heapUsed: number): Promise<void> {
    this.#lastTraced = 0;
    this.#memory.sizes = new Map(); // after a new start V8 counts ordinals from the beginning
    this.#lastUsed = heapUsed;
    this.#lineTables = this.#interval === 1 ? new LineTables() : null;
    await startSampling(this.#session, this.#interval);
  }

  /**
   * Estimates the traced bytes as those of the last time plus the growth of the heap since. This misses memory that was freed and filled
   * again meanwhile. Garbage is included unless the estimate becomes too large. Then we ask the target for a collection, which the snapshot
   * would force anyway. A program at its end cannot collect, and most of its heap is garbage by then, so it may exceed the limit by some
   * factor: a message above the limit breaks the connection, which is about to end anyway.
   */
  async #checkMessageSize({ isLast }: Pick<ReadOptions, 'isLast'>): Promise<void> {
    const limit = this.#maxMessageBytes;
    const tolerance = isLast && this.#hasOwnConnection ? TOLERANCE_AT_END : 1;
    const traced = async () => this.#lastTraced + Math.max(0, (await this.#heapUsed()) - this.#lastUsed);
    if (fitsMessage(await traced(), this.#interval, limit)) return;
    if (!isLast) await this.#collectGarbage();
    const live = await traced();
    if (!fitsMessage(live, this.#interval, tolerance * limit)) throw tooLargeError(live, this.#interval, limit);
  }

  /** V8 collects in a task of the event loop (18 to 26). A program that is busy, paused or at its end never gets there. */
  async #collectGarbage(): Promise<void> {
    const options = { timeoutMs: Math.min(COLLECTION_MS, this.#profileTimeoutMs), doing: 'collecting garbage' };
    const collected = this.#session.send('HeapProfiler.collectGarbage', undefined, options);
    const atEnd = this.#session.waitFor('NodeRuntime.waitingForDisconnect', undefined, options);
    try {
      await Promise.race([collected, atEnd]);
    } catch (error) {
      if (!(error instanceof CommandTimeoutError)) throw error;
    }
  }

  async #heapUsed(): Promise<number> {
    return (await readHeapUsage(this.#session, { doing: 'reading the heap usage' })).usedSize;
  }
}

/** @throws BadProfileError at the first sample that is not one */
function sampledBytes({ samples }: SamplingProfile): number {
  let bytes = 0;
  for (const sample of samples) {
    checkSample(sample);
    bytes += sample.size;
  }
  return bytes;
}
