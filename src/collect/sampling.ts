import { CommandError, ForeignSamplerError, UsageError } from '../errors.js';
import { readHeapUsage } from '../protocol/own-calls.js';
import { parseSamplingProfile } from '../protocol/schemas.js';
import type { Session } from '../protocol/session.js';
import { type IngestOptions, ingestProfile } from './ingest.js';
import { fitsMessage, tooLargeError } from './message-size.js';
import type { SamplingProfile } from './sampling-profile.js';
import type { TraceCollector } from './trace-collector.js';

/**
 * Bytes between two samples on average. Not V8's own 32768, at which nearly every small block gives the same product of size and count:
 * at 32832 the two can be told apart again in most samples.
 */
export const DEFAULT_INTERVAL = 32832;

/** A snapshot forces a full collection and sends the whole profile: seconds on a large heap. */
const PROFILE_TIMEOUT_MS = 180_000;

export interface SamplerOptions {
  /** Mean bytes between samples; an integer of at least 1, at which every block is sampled. */
  readonly interval: number;
  /** Take over from a sampler that somebody else started. */
  readonly force: boolean;
  /** The largest message that the connection carries. */
  readonly maxMessageBytes: number;
}

/** The sampling heap profiler of one isolate. */
export class Sampler {
  readonly #session: Session;
  readonly #interval: number;
  readonly #force: boolean;
  readonly #maxMessageBytes: number;
  /** For the estimate of the next message: traced bytes and heap usage when last seen. */
  #lastTraced = 0;
  #lastUsed = 0;

  constructor(session: Session, { interval, force, maxMessageBytes }: SamplerOptions) {
    // Between 0 and 1 the target aborts on a check of V8's, in all versions.
    if (!Number.isInteger(interval) || interval < 1) {
      throw new UsageError(`the sampling interval must be an integer of at least 1 byte, not ${interval}`);
    }
    this.#session = session;
    this.#interval = interval;
    this.#force = force;
    this.#maxMessageBytes = maxMessageBytes;
  }

  async start(): Promise<void> {
    await this.#heapUsed(); // a target that is stopped is found out at once, not after the time that a profile may take
    if (await this.#somebodySamples()) {
      if (!this.#force) {
        throw new ForeignSamplerError(
          'another tool is sampling the heap of this target, and V8 has one sampler for all; end the other one first, or take over with force',
        );
      }
      await this.#session.send('HeapProfiler.stopSampling', undefined, { timeoutMs: PROFILE_TIMEOUT_MS, doing: 'taking over the sampler' });
    }
    await this.#begin();
  }

  /** Forgets everything allocated so far. */
  async clear(): Promise<void> {
    await this.stop();
    await this.#begin();
  }

  /** `HeapProfiler.disable` ends our sampling without the collection and the message that `stopSampling` costs (18 to 26). */
  async stop(): Promise<void> {
    await this.#session.send('HeapProfiler.disable', undefined, { doing: 'ending the sampling' });
  }

  /** Adds the live samples to `collector`. Forces a full collection in the target. */
  async collect(collector: TraceCollector, options: Omit<IngestOptions, 'interval'>): Promise<void> {
    await this.#checkMessageSize();
    const answer = await this.#session.send('HeapProfiler.getSamplingProfile', undefined, {
      timeoutMs: PROFILE_TIMEOUT_MS,
      doing: 'taking a snapshot',
    });
    const profile: SamplingProfile = parseSamplingProfile(answer);
    this.#lastTraced = ingestProfile(profile, collector, { ...options, interval: this.#interval });
    this.#lastUsed = await this.#heapUsed();
  }

  async #begin(): Promise<void> {
    this.#lastTraced = 0;
    this.#lastUsed = await this.#heapUsed();
    // No stackDepth: Node 18 to 24 ignore it, 26 dies of a large one, and V8's own depth of 128 is what we want.
    await this.#session.send('HeapProfiler.startSampling', { samplingInterval: this.#interval }, { doing: 'starting the sampling' });
  }

  /** The command fails while nobody samples; otherwise it costs the target a collection. */
  async #somebodySamples(): Promise<boolean> {
    try {
      await this.#session.send('HeapProfiler.getSamplingProfile', undefined, {
        timeoutMs: PROFILE_TIMEOUT_MS,
        doing: 'asking whether somebody samples',
      });
      return true;
    } catch (error) {
      if (error instanceof CommandError && /not started/.test(error.message)) return false;
      throw error;
    }
  }

  /**
   * What is traced is estimated as what was traced last plus what the heap has grown by since: memory that was freed and filled again
   * in between is missed. Garbage counts as long as that does no harm; only then the target is asked for a collection, which the
   * snapshot would force anyway.
   */
  async #checkMessageSize(): Promise<void> {
    const limit = this.#maxMessageBytes;
    const traced = async () => this.#lastTraced + Math.max(0, (await this.#heapUsed()) - this.#lastUsed);
    if (fitsMessage(await traced(), this.#interval, limit)) return;
    await this.#session.send('HeapProfiler.collectGarbage', undefined, { timeoutMs: PROFILE_TIMEOUT_MS, doing: 'collecting garbage' });
    const live = await traced();
    if (!fitsMessage(live, this.#interval, limit)) throw tooLargeError(live, this.#interval, limit);
  }

  async #heapUsed(): Promise<number> {
    return (await readHeapUsage(this.#session, { doing: 'reading the heap usage' })).usedSize;
  }
}
