import type { HeapChunkListener } from '../../collect/stacks/trace-source.js';
import { ConnectionLostError } from '../../errors.js';
import { readHeapUsage } from '../../protocol/evaluate.js';
import { turnOfEventLoop } from '../../protocol/event-loop.js';
import { askToWaitAtEnd } from '../../protocol/program-end.js';
import type { Session } from '../../protocol/session.js';
import type { Worker } from '../../protocol/workers.js';
import type { Caretaker } from '../cleanup/caretaker.js';
import { isolateOf } from '../isolate/isolate.js';
import { type Beginning, type IsolateReading, type IsolateSettings, IsolateTracing } from '../isolate/isolate-tracing.js';
import type { Registration } from '../isolate/line-scope.js';
import { EndWatch } from '../watch/end-watch.js';
import { endPausesAtHeapLimit } from '../watch/heap-limit.js';
import { FullHeap } from './full-heap.js';

/** A message of a worker comes as text inside a message of the main thread, in which every quote takes two bytes. */
const WRAPPED = 2;
/** The longest time for its profile, as a multiple of the longest wait for an answer. */
const WAITS_FOR_PROFILE = 3;
const UNREAD = 'it ended before it could be asked what it holds';
/** A worker that holds more has allocated on its own: before its first line it holds 4.5 to 7 MiB (18 to 26). */
const HELD_BY_NODE = 8 * 2 ** 20;

export interface WorkersSettings extends IsolateSettings {
  /** false: workers are left alone. */
  readonly workers: boolean;
  /** Pause new workers until they are traced, so that their first lines are traced, too. */
  readonly pauseNew: boolean;
  /** Keep what workers held at their end. */
  readonly keepEnded: boolean;
  /** Ask workers to wait for us at their end, so that we can read what they hold then. */
  readonly waitAtEnd: boolean;
  /** Keep what a worker held when Node ended it at its heap limit. Needs `waitAtEnd`. */
  readonly onOom: boolean;
  /** Says how the tracing of a worker begins. Called when it begins. */
  readonly beginning: () => Pick<Beginning, 'flagsChanged' | 'force'>;
  /** How workers instrument their scripts, of which they tell from their first line on; null if they do not. */
  readonly registration: () => Registration | null;
  /** As the main thread does. */
  readonly learnsScripts: boolean;
  readonly maxMessageBytes: number;
  readonly caretaker: Caretaker;
}

interface TracedWorkerOptions {
  readonly settings: WorkersSettings;
  /** The longest wait for an answer of the worker. */
  readonly timeoutMs: number;
  /** The session with the main thread. */
  readonly main: Session;
  /** The run is being stopped: no worker is traced any more, and nothing more is kept. */
  readonly isLeaving: () => boolean;
}

export interface WorkerReading {
  readonly reading: IsolateReading;
  /** Node ended the worker because its heap was full. */
  readonly atHeapLimit: boolean;
}

/** The tracing of one worker, from when we find it to its end and beyond, because what it held then may be kept. */
export class TracedWorker {
  readonly id: number;
  readonly tracing: IsolateTracing;
  /** Resolves with null when the worker is traced, or with the error if it cannot be. Never rejects. */
  readonly started: Promise<unknown>;
  /** Resolves when the worker has ended. True if later snapshots must contain it, or name it as missing. */
  readonly ended: Promise<boolean>;
  readonly #options: TracedWorkerOptions;
  readonly #heap: FullHeap;
  /** What the worker held in the last snapshot, at its heap limit, or, without these, at its end. Used when it has ended. */
  #last: WorkerReading | null = null;
  /** Resolves when we have left the worker at its end; null before its end. */
  #ending: Promise<void> | null = null;
  #heldBefore = 0;

  constructor({ session, id, thread, isPaused, isNew }: Worker, options: TracedWorkerOptions) {
    const { settings, timeoutMs, isLeaving } = options;
    const isolate = isolateOf(session, {
      thread,
      maxMessageBytes: settings.maxMessageBytes / WRAPPED,
      hasOwnConnection: false,
      learnsScripts: settings.learnsScripts,
      profileTimeoutMs: WAITS_FOR_PROFILE * timeoutMs,
      canEdit: true,
      caretaker: settings.caretaker,
      threadId: id,
    });
    this.id = Number(id);
    this.#options = options;
    this.tracing = new IsolateTracing(isolate, settings);
    this.#heap = new FullHeap(session);
    endPausesAtHeapLimit(session);
    const begun = isLeaving() ? Promise.resolve(null) : this.#begin({ isPaused, isNew });
    this.started = begun.catch((error: unknown) => error).finally(() => release(session));
    this.ended = this.#watchEnd();
  }

  get thread(): string {
    return this.tracing.isolate.thread;
  }

  get isOpen(): boolean {
    return this.#session.isOpen;
  }

  /** Bytes of its heap when its tracing began, if the worker started while we traced and was faster than we were; otherwise 0. */
  get heldBefore(): number {
    return this.#heldBefore;
  }

  /** @returns null if the worker has ended, or ends meanwhile, and is not kept */
  async read(onHeapChunk?: HeapChunkListener): Promise<WorkerReading | null> {
    const { settings, timeoutMs } = this.#options;
    const failure = await this.started;
    await this.#ending;
    if (!this.isOpen) return this.#left(failure);
    try {
      if (failure !== null) throw failure;
      // A heap snapshot would wait for the event loop without a limit.
      if (settings.interval === null) await turnOfEventLoop(this.#session, timeoutMs);
      const now = { reading: await this.tracing.read({ isLast: false, onHeapChunk }), atHeapLimit: false };
      if (settings.keepEnded) {
        await this.tracing.isolate.maps.learn();
        this.#last = now;
      }
      return now;
    } catch (error) {
      await this.#ending;
      if (this.isOpen) throw error;
      return this.#left(failure);
    }
  }

  /** Forgets what was kept for the time after its end, and what was held before its tracing. */
  forget(): void {
    this.#last = null;
    this.#heldBefore = 0;
  }

  get #session(): Session {
    return this.tracing.isolate.session;
  }

  async #begin({ isPaused, isNew }: Pick<Worker, 'isPaused' | 'isNew'>): Promise<null> {
    const { settings } = this.#options;
    const isUrgent = isNew && !isPaused;
    await Promise.all([
      // While a worker waits for us at its end, a main thread that exits waits, too (v8-facts, "Never do this"): see #leaveEnded.
      settings.waitAtEnd && askToWaitAtEnd(this.#session),
      this.tracing.start({
        ...settings.beginning(),
        isPaused,
        isUrgent,
        prepare: () => this.#prepare(),
        ...(isUrgent && { onSent: () => void this.#measure() }),
      }),
    ]);
    return null;
  }

  async #prepare(): Promise<void> {
    const { onOom, registration: expected } = this.#options.settings;
    const { trueLines } = this.tracing.isolate;
    if (onOom) await this.#heap.watch();
    const registration = expected();
    if (registration) await trueLines.expectRegistration(registration);
    else await trueLines.find();
  }

  /** What the worker holds now, when its tracing begins. */
  async #measure(): Promise<void> {
    try {
      const { usedSize } = await readHeapUsage(this.#session, { doing: 'reading what a worker holds at its start' });
      if (usedSize > HELD_BY_NODE) this.#heldBefore = usedSize;
    } catch {
      // The worker ended, or does not answer, which the start says.
    }
  }

  async #watchEnd(): Promise<boolean> {
    const { keepEnded, onOom, interval } = this.#options.settings;
    const onEnd = () => {
      this.#ending ??= this.#leaveEnded();
    };
    const watch = new EndWatch(this.#session, onEnd);
    if (keepEnded || onOom) this.#session.on('NodeRuntime.waitingForDisconnect', onEnd);
    if (interval === null) void this.started.then(() => watch.start());
    await this.#session.closed;
    watch.stop();
    this.#heap.stop();
    await this.#ending;
    return this.#last !== null || keepEnded;
  }

  /**
   * The worker has come to its end, and waits for us, or V8's tracking keeps it alive. When a worker ends by itself, V8 has already freed what its
   * globals held (18 to 26). So the reading of an earlier snapshot is kept if there is one.
   */
  async #leaveEnded(): Promise<void> {
    try {
      if ((await this.started) === null && !this.#options.isLeaving()) {
        await this.#keepAtEnd();
        await this.tracing.stop({ isLeaving: true });
      }
    } catch {
      // The worker is gone, with what it held.
    } finally {
      await this.#session.close();
    }
  }

  async #keepAtEnd(): Promise<void> {
    const { keepEnded, onOom } = this.#options.settings;
    const atHeapLimit = onOom && (await this.#heap.isReached());
    if (!keepEnded && !atHeapLimit) return;
    if (atHeapLimit || this.#last === null) this.#last = { reading: await this.tracing.read({ isLast: true }), atHeapLimit };
    await this.tracing.isolate.maps.learn();
  }

  /**
   * What is known of the worker after its end.
   *
   * @throws ConnectionLostError if nothing was read before, and ended workers are kept or the whole program has ended
   */
  #left(failure: unknown): WorkerReading | null {
    const { settings, main } = this.#options;
    const isMissed = settings.keepEnded || (failure === null && !main.isOpen);
    if (this.#last === null && isMissed) throw new ConnectionLostError(UNREAD);
    return this.#last;
  }
}

/** Lets a worker run that is paused before its first line, whoever paused it. A controller that was killed may have left it so. */
async function release(session: Session): Promise<void> {
  // The worker may have ended meanwhile.
  if (session.isOpen) await session.send('Runtime.runIfWaitingForDebugger').catch(() => {});
}
