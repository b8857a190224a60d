import type { Session } from '../../protocol/session.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { comesToItsEnd, EndWatch } from '../watch/end-watch.js';
import type { Closing } from './closing.js';
import { LastSnapshot } from './last-snapshot.js';
import type { Turns } from './serial-queue.js';
import type { Tracing } from './tracing-run.js';

/** What a tracer does when its program ends. */
interface EndingTracer {
  readonly turns: Turns;
  /** What is traced now. */
  readonly tracing: () => Tracing | null;
  readonly read: (tracing: Tracing, options: { readonly isLast: boolean }) => Promise<Snapshot>;
  /** Ends the tracing in its turn, and puts nothing back. */
  readonly end: () => Promise<void>;
  /** Leaves the program in its turn. */
  readonly leave: (reason: string) => Promise<void>;
}

/** Sees a program come to its end, keeps what it holds then, and lets it go. */
export class ProgramEnd {
  readonly #session: Session;
  readonly #tracer: EndingTracer;
  readonly #last = new LastSnapshot();
  readonly #watch: EndWatch;
  /** Was ended because the program seemed to be. */
  #ended: Tracing | null = null;
  /** The program waits for us at its end. */
  #hasCome = false;

  constructor(session: Session, tracer: EndingTracer) {
    this.#session = session;
    this.#tracer = tracer;
    this.#watch = new EndWatch(session, () => void this.#letGo());
    // The program waits for us at its end, on all versions; we must not keep it longer than the last snapshot takes.
    session.on('NodeRuntime.waitingForDisconnect', () => {
      this.#hasCome = true;
      void this.#leave();
    });
  }

  /** From now on also where only our tracking keeps the program from its end. */
  watch(): void {
    this.#watch.start();
  }

  stopWatching(): void {
    this.#watch.stop();
  }

  /** Keeps what is alive now as the last snapshot. Never rejects: what must follow is the program's end. */
  async keepSnapshot({ isLast = false, atHeapLimit = false } = {}): Promise<void> {
    const { turns, tracing, read } = this.#tracer;
    if (tracing() === null || !this.#session.isOpen) return;
    const take = () =>
      turns.take(async () => {
        const current = tracing();
        return current && read(current, { isLast });
      });
    await this.#last.keep(take, { atHeapLimit });
  }

  /** How the conversation ended, with what was kept. */
  closing(reason: string, { peak }: Pick<Closing, 'peak'>): Closing {
    return this.#last.closing(reason, { isTracing: this.#tracer.tracing() !== null, peak });
  }

  /** For a program that runs on, though it seemed to be at its end. */
  async putBack(): Promise<void> {
    await this.#ended?.putBack();
  }

  /** A program at its end runs no code any more that would put things back, and needs none. */
  async excuse(leaving: Promise<void>): Promise<void> {
    try {
      await leaving;
    } catch (error) {
      if (!this.#hasCome) throw error;
    }
  }

  #leave(): Promise<void> {
    return this.#afterSnapshot({ isLast: true }, () => this.#tracer.leave('the program ended'));
  }

  /** The program seems to be at its end, and only V8's own timer to keep it from ending. If it goes on after all, it is traced again from there. */
  #letGo(): Promise<void> {
    return this.#afterSnapshot({ isLast: false }, async () => {
      const tracing = this.#tracer.tracing();
      if (!tracing) return;
      await tracing.suspend();
      if (await comesToItsEnd(this.#session)) {
        this.#ended = tracing;
        await this.#tracer.end();
      } else {
        await tracing.resume();
        this.#watch.start();
      }
    });
  }

  async #afterSnapshot(options: { readonly isLast: boolean }, work: () => Promise<void>): Promise<void> {
    await this.keepSnapshot(options);
    try {
      await this.#tracer.turns.take(work);
    } catch (error) {
      this.#last.fail(error); // it was killed meanwhile
    }
  }
}
