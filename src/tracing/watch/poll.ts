import type { Session } from '../../protocol/session.js';

/** Asks a target again and again until the poll is stopped or the session is over. Does not keep our own process alive. */
export class Poll<Answer> {
  readonly #session: Session;
  readonly #ask: () => Promise<Answer>;
  readonly #take: (answer: Answer | undefined) => void;
  #timer: NodeJS.Timeout | null = null;

  /** @param take gets each answer, undefined if there was none. It gets no answer that comes after `stop()` */
  constructor(session: Session, ask: () => Promise<Answer>, take: (answer: Answer | undefined) => void = () => {}) {
    this.#session = session;
    this.#ask = ask;
    this.#take = take;
  }

  /** Starts, or starts again: asks in `pauseMs`, and `pauseMs` after each answer. */
  start(pauseMs: number): void {
    this.stop();
    const timer = setTimeout(() => {
      const next = (answer?: Answer) => {
        if (this.#timer !== timer) return;
        if (this.#session.isOpen) this.start(pauseMs);
        else this.stop();
        this.#take(answer);
      };
      this.#ask().then(next, () => next());
    }, pauseMs);
    timer.unref();
    this.#timer = timer;
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
