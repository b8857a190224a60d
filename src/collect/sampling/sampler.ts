import { CommandError, CommandTimeoutError, ForeignSamplerError, UsageError } from '../../errors.js';
import { readHeapUsage } from '../../protocol/evaluate.js';
import { parseSamplingProfile } from '../../protocol/schemas.js';
import type { Session } from '../../protocol/session.js';
import type { BlockMemory } from '../block-counts/decode-blocks.js';
import { LineTables, MARK } from '../stacks/line-tables.js';
import type { Reading, ReadOptions, TraceSource } from '../stacks/trace-source.js';
import type { SamplingProfile } from '../stacks/v8-profile.js';
import { ingestProfile } from './ingest-profile.js';
import { fitsMessage, tooLargeError } from './message-size.js';

/**
 * Bytes between two samples on average. Not V8's own 32768, at which nearly every small block gives the same product of size and count: 30912 is the
 * one of all near 32 KiB at which the sizes of real heaps are told apart best (docs/decisions/counts.md).
 */
export const DEFAULT_INTERVAL = 30912;

/** What holds the markers in the target. */
const MARKS = 'node-tracemalloc';

const PROFILE_TIMEOUT_MS = 180_000;
/** The most that a collection is waited for which only makes an estimate better. */
const COLLECTION_MS = 10_000;
/** A program at its end is asked for a profile that is estimated at up to this many times what fits. */
const DOUBT_AT_END = 3;

export interface SamplerOptions {
  /** Mean bytes between samples; an integer of at least 1, at which every block is sampled. */
  readonly interval: number;
  /** The largest message that the connection carries. */
  readonly maxMessageBytes: number;
  /** Whoever breaks the connection ends nobody else's conversation. */
  readonly hasOwnConnection: boolean;
  /** The most that a profile may take, in ms; default 180,000: a collection and the message of a large heap take seconds. */
  readonly profileTimeoutMs?: number | undefined;
}

/** The sampling heap profiler of one isolate. */
export class Sampler implements TraceSource {
  readonly #session: Session;
  readonly #interval: number;
  readonly #maxMessageBytes: number;
  readonly #hasOwnConnection: boolean;
  readonly #profileTimeoutMs: number;
  /** For the estimate of the next message: traced bytes and heap usage when last seen. */
  #lastTraced = 0;
  #lastUsed = 0;
  /** In exact mode, where every marker is sampled. */
  #lineTables: LineTables | null = null;
  readonly #memory: BlockMemory = { sizes: new Map() };

  constructor(session: Session, { interval, maxMessageBytes, hasOwnConnection, profileTimeoutMs = PROFILE_TIMEOUT_MS }: SamplerOptions) {
    // Between 0 and 1 the target aborts on a check of V8's, in all versions.
    if (!Number.isInteger(interval) || interval < 1) {
      throw new UsageError(`the sampling interval must be an integer of at least 1 byte, not ${interval}`);
    }
    this.#session = session;
    this.#interval = interval;
    this.#maxMessageBytes = maxMessageBytes;
    this.#hasOwnConnection = hasOwnConnection;
    this.#profileTimeoutMs = profileTimeoutMs;
  }

  /** @param force take over from a sampler that somebody else started */
  async start({ force }: { readonly force: boolean }): Promise<void> {
    // Asked together, a target that is stopped is found out at once all the same, not after the time that a profile may take.
    const [used, isSampled] = await Promise.all([this.#heapUsed(), this.#somebodySamples()]);
    if (isSampled) {
      if (!force) {
        throw new ForeignSamplerError(
          'another tool is sampling the heap of this target, and V8 has one sampler for all; end the other one first, or take over with force (--take-over)',
        );
      }
      await this.#session.send('HeapProfiler.stopSampling', undefined, {
        timeoutMs: this.#profileTimeoutMs,
        doing: 'taking over the sampler',
      });
    }
    await this.#begin(used);
  }

  /** Forgets everything allocated so far. */
  async clear(): Promise<void> {
    await this.stop();
    await this.#begin(await this.#heapUsed());
  }

  /** `HeapProfiler.disable` ends our sampling without the collection and the message that `stopSampling` costs (18 to 26). */
  async stop(): Promise<void> {
    await this.#session.send('HeapProfiler.disable', undefined, { doing: 'ending the sampling' });
  }

  async read({ isLast, inTurn }: ReadOptions): Promise<Reading> {
    await this.#checkMessageSize({ isLast }); // where the target does not answer, it takes nobody else's turn
    const [answer, { usedSize: liveBytes }] = await inTurn(() => {
      const options = { timeoutMs: this.#profileTimeoutMs, doing: 'taking a snapshot' };
      if (this.#lineTables) this.#mark();
      // In one go: the usage is that of the profile's moment, not of a program that has run on.
      return Promise.all([
        this.#session.send('HeapProfiler.getSamplingProfile', undefined, options),
        readHeapUsage(this.#session, options),
      ]);
    });
    const profile: SamplingProfile = parseSamplingProfile(answer);
    const told = this.#lineTables?.without(profile) ?? profile;
    this.#lastUsed = liveBytes;
    const addTo: Reading['addTo'] = (traces, options) => {
      this.#lastTraced = ingestProfile(told, traces, { ...options, interval: this.#interval, memory: this.#memory });
    };
    return { addTo, liveBytes };
  }

  /**
   * Sent in one go with the request for a profile, so that the program does not run in between. The closure is held in the target, so that
   * its sample and its script's name last until the profile is there.
   */
  #mark(): void {
    const doing = { doing: 'marking the begin of a profile' };
    const sent = [
      this.#session.send('Runtime.releaseObjectGroup', { objectGroup: MARKS }, doing),
      this.#session.send('Runtime.evaluate', { expression: MARK, objectGroup: MARKS, silent: true, disableBreaks: true }, doing),
    ];
    // Nobody waits: a target that has come to its end evaluates nothing any more, and needs no marker.
    for (const command of sent) command.catch(() => {});
  }

  async #begin(heapUsed: number): Promise<void> {
    this.#lastTraced = 0;
    this.#memory.sizes = new Map(); // ordinals begin again
    this.#lastUsed = heapUsed;
    this.#lineTables = this.#interval === 1 ? new LineTables() : null;
    // No stackDepth: Node 18 to 24 ignore it, 26 dies of a large one, and V8's own depth of 128 is what we want.
    await this.#session.send('HeapProfiler.startSampling', { samplingInterval: this.#interval }, { doing: 'starting the sampling' });
  }

  /** The command fails while nobody samples; otherwise it costs the target a collection. */
  async #somebodySamples(): Promise<boolean> {
    try {
      await this.#session.send('HeapProfiler.getSamplingProfile', undefined, {
        timeoutMs: this.#profileTimeoutMs,
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
   * snapshot would force anyway. A program at its end cannot be asked for one, and most of what it has is garbage by then: it gets the
   * benefit of the doubt, because what a message above the limit costs is the connection, which ends with it anyway.
   */
  async #checkMessageSize({ isLast }: Pick<ReadOptions, 'isLast'>): Promise<void> {
    const limit = this.#maxMessageBytes;
    const doubt = isLast && this.#hasOwnConnection ? DOUBT_AT_END : 1;
    const traced = async () => this.#lastTraced + Math.max(0, (await this.#heapUsed()) - this.#lastUsed);
    if (fitsMessage(await traced(), this.#interval, limit)) return;
    if (!isLast) await this.#collectGarbage();
    const live = await traced();
    if (!fitsMessage(live, this.#interval, doubt * limit)) throw tooLargeError(live, this.#interval, limit);
  }

  /** V8 does it in a task of the event loop (18 to 26), to which a program that is busy, paused or at its end does not come. */
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
