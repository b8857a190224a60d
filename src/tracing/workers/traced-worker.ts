import { ConnectionLostError } from '../../errors.js';
import { askToWaitAtEnd } from '../../protocol/evaluate.js';
import { turnOfEventLoop } from '../../protocol/event-loop.js';
import type { Session } from '../../protocol/session.js';
import type { Worker } from '../../protocol/workers.js';
import type { Caretaker } from '../cleanup/caretaker.js';
import { isolateOf } from '../isolate/isolate.js';
import { type Beginning, type IsolateReading, type IsolateSettings, IsolateTracing } from '../isolate/isolate-tracing.js';
import { learnScripts } from '../isolate/script-maps.js';
import { EndWatch } from '../watch/end-watch.js';
import { HeapLimitWatch } from '../watch/heap-limit.js';

/** A message of a worker's comes as text inside the main thread's, where every quote takes two bytes. */
const WRAPPED = 2;
/** What its profile may take, in waits for an answer. */
const WAITS_FOR_PROFILE = 3;
const UNREAD = 'it ended before it could be asked what it holds';

export interface WorkersSettings extends IsolateSettings {
  /** false: workers are left alone. */
  readonly workers: boolean;
  /** Hold new workers until they are traced, so that their first lines are, too. */
  readonly pauseNew: boolean;
  /** Keep what a worker held at its end. */
  readonly keepEnded: boolean;
  /** Ask them to wait for us at their end, for what they hold then. */
  readonly waitAtEnd: boolean;
  /** Keep what a worker held when it came to its heap limit. */
  readonly onOom: boolean;
  /** How every worker's tracing begins; asked when it does. */
  readonly beginning: () => Omit<Beginning, 'isPaused'>;
  /** Have the position tables of instrumented scripts told from the worker's first line on. */
  readonly expectRegistration: () => boolean;
  readonly maxMessageBytes: number;
  readonly caretaker: Caretaker;
}

interface TracedWorkerOptions {
  readonly settings: WorkersSettings;
  /** The longest wait for an answer of its. */
  readonly timeoutMs: number;
  /** Of the main thread. */
  readonly main: Session;
  /** The tracing of all is being stopped: it is not begun, and nothing more is kept. */
  readonly isLeaving: () => boolean;
}

export interface WorkerReading {
  readonly reading: IsolateReading;
  /** It is of the moment at which the worker came to its heap limit. */
  readonly atHeapLimit: boolean;
}

/** The tracing of one worker, from when we find it to its end and beyond: what it held then may be kept. */
export class TracedWorker {
  readonly id: number;
  readonly tracing: IsolateTracing;
  readonly heapLimit: HeapLimitWatch;
  /** Resolves, never rejects, with what went wrong, or null. */
  readonly started: Promise<unknown>;
  /** Resolves when it has ended, with whether later snapshots have to speak of it. */
  readonly ended: Promise<boolean>;
  readonly #options: TracedWorkerOptions;
  /** What it held in the last snapshot, at its heap limit, or at its end where there was none: kept for when it has ended. */
  #last: WorkerReading | null = null;
  /** Resolves when it has been left at its end; null until it comes to it. */
  #ending: Promise<void> | null = null;

  constructor({ session, id, name, isHeld }: Worker, options: TracedWorkerOptions) {
    const { settings, timeoutMs, isLeaving } = options;
    const isolate = isolateOf(session, {
      thread: `worker ${id}${name === '' ? '' : ` (${name})`}`,
      maxMessageBytes: settings.maxMessageBytes / WRAPPED,
      hasOwnConnection: false,
      profileTimeoutMs: WAITS_FOR_PROFILE * timeoutMs,
      canEdit: true,
      caretaker: settings.caretaker,
      threadId: id,
    });
    this.id = Number(id);
    this.#options = options;
    this.tracing = new IsolateTracing(isolate, settings);
    this.heapLimit = new HeapLimitWatch(session, isolate.domain, () => this.#keepAtHeapLimit());
    const begun = isLeaving() ? Promise.resolve(null) : this.#begin({ isPaused: isHeld });
    this.started = begun.catch((error: unknown) => error).finally(() => release(session));
    this.ended = this.#watchEnd();
  }

  get thread(): string {
    return this.tracing.isolate.thread;
  }

  get isOpen(): boolean {
    return this.#session.isOpen;
  }

  /** @returns null for a worker that has ended, or does so meanwhile, and is not kept */
  async read(): Promise<WorkerReading | null> {
    const { settings, timeoutMs } = this.#options;
    const failure = await this.started;
    await this.#ending;
    if (!this.isOpen) return this.#left(failure);
    try {
      if (failure !== null) throw failure;
      // A heap snapshot waits for the event loop, without a limit of its own.
      if (settings.interval === null) await turnOfEventLoop(this.#session, timeoutMs);
      const now = { reading: await this.tracing.read({ isLast: false }), atHeapLimit: false };
      if (settings.keepEnded) {
        await learnScripts(this.tracing.isolate);
        this.#last = now;
      }
      return now;
    } catch (error) {
      await this.#ending;
      if (this.isOpen) throw error;
      return this.#left(failure);
    }
  }

  /** What was kept for when it has ended. */
  forget(): void {
    this.#last = null;
  }

  get #session(): Session {
    return this.tracing.isolate.session;
  }

  async #begin({ isPaused }: Pick<Beginning, 'isPaused'>): Promise<null> {
    const { settings } = this.#options;
    const { session, trueLines } = this.tracing.isolate;
    // Makes the worker wait for us at its end. While one waits, a main thread that exits waits, too (v8-facts, "Never do this"): see #leaveEnded.
    if (settings.waitAtEnd) await askToWaitAtEnd(session);
    if (settings.expectRegistration()) await trueLines.expectRegistration();
    else await trueLines.find();
    await this.tracing.start({ ...settings.beginning(), isPaused });
    if (settings.onOom) await this.heapLimit.start();
    return null;
  }

  async #watchEnd(): Promise<boolean> {
    const { keepEnded, interval } = this.#options.settings;
    const onEnd = () => {
      this.#ending ??= this.#leaveEnded();
    };
    const watch = new EndWatch(this.#session, onEnd);
    if (keepEnded) this.#session.on('NodeRuntime.waitingForDisconnect', onEnd);
    if (interval === null) void this.started.then(() => watch.start());
    await this.#session.closed;
    watch.stop();
    await this.#ending;
    const isMissed = keepEnded && (await this.started) === null;
    return this.#last !== null || isMissed;
  }

  /**
   * The worker is paused. Node ends it a moment after it has gone on, with ERR_WORKER_OUT_OF_MEMORY (18 to 26): what it holds is kept for all snapshots
   * that follow. Never rejects.
   */
  async #keepAtHeapLimit(): Promise<void> {
    try {
      if ((await this.started) !== null) return;
      const reading = await this.tracing.read({ isLast: false });
      await learnScripts(this.tracing.isolate);
      this.#last = { reading, atHeapLimit: true };
    } catch {
      // It could not be asked, and ends as it would without us.
    }
  }

  /**
   * The worker has come to its end, and waits for us or for V8's tracking. Of one that ended by itself V8 has freed what its globals held (18 to
   * 26): what the last snapshot found says more.
   */
  async #leaveEnded(): Promise<void> {
    try {
      if ((await this.started) === null && !this.#options.isLeaving()) {
        if (this.#options.settings.keepEnded) {
          this.#last ??= { reading: await this.tracing.read({ isLast: true }), atHeapLimit: false };
          await learnScripts(this.tracing.isolate);
        }
        await this.tracing.stop();
      }
    } catch {
      // It is gone, with what it held.
    } finally {
      await this.#session.close();
    }
  }

  /** Now that it has ended. @throws ConnectionLostError where that is to be kept, or it went with the whole program, and nothing could be read before */
  #left(failure: unknown): WorkerReading | null {
    const { settings, main } = this.#options;
    const isMissed = settings.keepEnded || !main.isOpen;
    if (this.#last === null && failure === null && isMissed) throw new ConnectionLostError(UNREAD);
    return this.#last;
  }
}

/** Lets a worker that waits before its first line go, whoever holds it: also one that a controller which died has left. */
async function release(session: Session): Promise<void> {
  // It may have ended meanwhile.
  if (session.isOpen) await session.send('Runtime.runIfWaitingForDebugger').catch(() => {});
}
