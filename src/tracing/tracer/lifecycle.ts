import type { SourceEnd } from '../../collect/stacks/trace-source.js';
import { ConnectionLostError } from '../../errors.js';
import type { Session } from '../../protocol/session.js';
import { INSPECTOR_CLOSED } from '../../protocol/transport.js';
import { comesToItsEnd, EndWatch, isIdle } from '../watch/end-watch.js';
import { HeapLimitWatch } from '../watch/heap-limit.js';
import type { Closing } from './closing.js';
import { Gate } from './gate.js';
import { GIVEN_UP, leaveInTime } from './leaving.js';
import { abandoned, closed, ending, IDLE, type Life, resumed, started, stopped, suspended } from './life.js';
import { SerialQueue } from './serial-queue.js';
import { SnapshotHistory } from './snapshot-history.js';
import { checkOwnProcess, checkStartOptions, checkVersion, type StartOptions } from './start-options.js';
import type { TracedTarget } from './traced-target.js';
import { type TracerOptions, tracedTarget } from './tracer-options.js';
import { TracingRun } from './tracing-run.js';

type LastSnapshot = Pick<Closing, 'snapshot' | 'atHeapLimit' | 'error'>;

/**
 * The life of one tracer: owns its state, carries out its calls one after the other, and sees the program come to its end. Every change of
 * the state is one of `life.ts`.
 */
export class Lifecycle {
  /** Resolves, never rejects, when the connection is over, whoever ended it. */
  readonly closed: Promise<Closing>;
  readonly target: TracedTarget;
  readonly history: SnapshotHistory;
  readonly #session: Session;
  readonly #gate: Gate;
  readonly #leaveTarget: () => Promise<void>;
  readonly #queue = new SerialQueue();
  readonly #heapLimit: HeapLimitWatch;
  readonly #endWatch: EndWatch;
  #life: Life<TracingRun> = IDLE;
  /** A stop has failed, so that something may be changed in the program. */
  #owes = false;
  #last: LastSnapshot = { snapshot: null, atHeapLimit: false, error: null };
  #tracebackLimit = 1;

  constructor(options: TracerOptions) {
    const { session, gate = new Gate(null), cleanupTask, leave = async () => {} } = options;
    this.#session = session;
    this.#gate = gate;
    this.#leaveTarget = leave;
    this.target = tracedTarget(options);
    const { main, caretaker } = this.target;
    if (cleanupTask) caretaker.add(cleanupTask.kind, cleanupTask);
    this.closed = session.closed.then((reason) => this.#close(reason));
    this.history = new SnapshotHistory(session, () => this.inTurn(async (run) => run && this.history.take(run)));
    this.#heapLimit = new HeapLimitWatch(session, main.domain, () => this.keepLastSnapshot({ atHeapLimit: true }));
    this.#endWatch = new EndWatch(session, () => void this.#letGoOfIdleProgram());
    // On all versions a program at its end waits until we leave. It must wait no longer than the last snapshot takes.
    session.on('NodeRuntime.waitingForDisconnect', () => {
      this.#life = ending(this.#life);
      void this.#leaveEndedProgram();
    });
  }

  get isTracing(): boolean {
    return this.#life.run !== null && this.#session.isOpen;
  }

  /** Of the last run that was started. */
  get tracebackLimit(): number {
    return this.#tracebackLimit;
  }

  /** Does `work` when all earlier calls are done. @param work gets what is traced then; null if nothing is */
  inTurn<Result>(work: (run: TracingRun | null) => Promise<Result>): Promise<Result> {
    return this.#queue.run(() => work(this.#life.run));
  }

  /** Starts a run if nothing is traced, then lets a paused program run. A start that fails leaves the program paused. */
  start(options: StartOptions): Promise<void> {
    return this.#queue.run(async () => {
      this.#gate.check(options);
      checkStartOptions(options);
      checkVersion(options, this.target.info.nodeVersion);
      const run = new TracingRun(this.target, options);
      if (this.target.isSelf) checkOwnProcess(options);
      if (this.#life.run === null) await this.#begin(run, options);
      await this.#gate.open();
    });
  }

  /** Lets a paused program run, without tracing. */
  resume(): Promise<void> {
    return this.#queue.run(() => this.#gate.open());
  }

  stop(): Promise<void> {
    return this.#queue.run(async () => {
      this.history.forget();
      await this.#exceptAtEnd(this.#stop({ isLeaving: false }));
    });
  }

  /** Stops the run, leaves the target as it was found, and ends the connection. */
  close(): Promise<void> {
    return leaveInTime(
      this.#session,
      this.#queue.run(() => this.#exceptAtEnd(this.#leave())),
    );
  }

  /** Keeps what is alive now for `closed`. Never rejects, because the program's end follows. */
  async keepLastSnapshot({ isLast = false, atHeapLimit = false } = {}): Promise<void> {
    try {
      // Looked at in turn: the program may end just before its start is answered.
      const snapshot = await this.inTurn(async (run) => (run && this.#session.isOpen ? this.history.take(run, { isLast }) : null));
      if (snapshot) this.#last = { snapshot, atHeapLimit, error: null };
    } catch (error) {
      this.#fail(error);
    }
  }

  async #begin(run: TracingRun, { onOom }: StartOptions): Promise<void> {
    await this.#gate.expectLines(this.target.main.trueLines);
    await run.start(this.#gate.circumstances);
    this.#life = started(this.#life, run);
    this.#tracebackLimit = run.tracebackLimit;
    this.history.begin(run);
    if (run.isHeavy) this.#endWatch.start();
    if (!onOom) return;
    await this.#heapLimit.start();
    if (this.target.wasPaused) this.#heapLimit.beFirst();
  }

  async #stop(end: SourceEnd): Promise<void> {
    const { run } = this.#life;
    this.#quieten();
    this.#life = stopped(this.#life);
    this.#owes ||= run !== null;
    await this.#heapLimit.stop();
    await run?.stop(end);
    this.#owes &&= run === null;
  }

  async #leave(): Promise<void> {
    const { trueLines } = this.target.main;
    try {
      if (this.#session.isOpen) {
        await this.#gate.open();
        await this.#stop({ isLeaving: true });
        await this.#life.abandoned?.restore(); // the program has not ended after all
        await trueLines.leave();
      } else {
        trueLines.forget();
      }
    } finally {
      this.#quieten();
      this.#life = stopped(this.#life);
      if (this.#owes && !this.#life.hasSeenEnd) this.#session.drop(GIVEN_UP); // the caretaker undoes what we could not
      await this.#leaveTarget();
      await this.#session.close();
    }
  }

  /** The program is at its end: takes the last snapshot, and lets the program end. Nothing needs to be restored in it. */
  #leaveEndedProgram(): Promise<void> {
    return this.#afterSnapshot({ isLast: true }, async () => {
      const { run } = this.#life;
      const { trueLines } = this.target.main;
      trueLines.forget();
      this.#quieten();
      this.#life = stopped(this.#life);
      try {
        if (this.#session.isOpen) {
          await run?.end();
          await trueLines.leave();
        }
      } finally {
        await this.#session.close('the program ended');
      }
    });
  }

  /** The program seems to be at its end, and only V8's own timer seems to keep it from ending. If it goes on, it is traced again from there. */
  #letGoOfIdleProgram(): Promise<void> {
    return this.#afterSnapshot({ isLast: false }, async () => {
      const { run } = this.#life;
      if (run === null) return;
      // The snapshot may have taken long, and the program may have gone on meanwhile: 20 s and a timer were seen on a loaded machine.
      if (!this.#life.hasSeenEnd && !(await this.#isStillIdle())) {
        this.#endWatch.start();
        return;
      }
      await run.suspend();
      this.#life = suspended(this.#life);
      // The event is not sent twice: it may have come while the tracking was suspended.
      if (this.#life.hasSeenEnd || (await comesToItsEnd(this.#session))) {
        this.#quieten();
        this.#life = abandoned(this.#life);
        await run.end();
      } else {
        await run.resume();
        this.#life = resumed(this.#life);
        this.#endWatch.start();
      }
    });
  }

  /** False for a program that does not answer. */
  async #isStillIdle(): Promise<boolean> {
    try {
      return await isIdle(this.#session);
    } catch {
      return false;
    }
  }

  /** Never rejects. */
  async #afterSnapshot(options: { readonly isLast: boolean }, work: () => Promise<void>): Promise<void> {
    await this.keepLastSnapshot(options);
    try {
      await this.#queue.run(work);
    } catch (error) {
      this.#fail(error); // the program was killed meanwhile
    }
  }

  /** A program at its end runs no code any more, so nothing can be restored in it, and nothing needs to be. */
  async #exceptAtEnd(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.#life.hasSeenEnd) throw error;
    }
  }

  /** No more readings by ourselves. */
  #quieten(): void {
    this.history.end();
    this.#endWatch.stop();
  }

  /** An earlier snapshot is kept. */
  #fail(error: unknown): void {
    this.#last = { ...this.#last, error };
  }

  #close(reason: string): Closing {
    const isShutOut = reason === INSPECTOR_CLOSED && this.#life.run !== null;
    if (isShutOut) this.#fail(new ConnectionLostError('the program closed its inspector before it could be asked'));
    this.#life = closed(this.#life);
    return { reason, ...this.#last, peak: this.history.snapshot };
  }
}
