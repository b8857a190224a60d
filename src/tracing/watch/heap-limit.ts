import type { DebuggerDomain } from '../../protocol/debugger-domain.js';
import { pausedEvent } from '../../protocol/schemas.js';
import type { Session } from '../../protocol/session.js';

const USE = { pausing: false, doing: 'watching for the heap limit' } as const;

/**
 * Sees when a target comes near its heap limit: with the Debugger on V8 pauses it there, also where pauses are skipped (18 to 26). For the pause it
 * raises the limit fourfold, and puts it back only when the Debugger goes off: so the watch ends with the first pause, and the program dies where it
 * would have died. One that frees memory lives on, without the watch. Another client that has the Debugger on keeps the limit raised, and gets the
 * next pause, which is its own to end.
 */
export class HeapLimitWatch {
  readonly #session: Session;
  readonly #domain: DebuggerDomain;
  readonly #onLimit: () => Promise<void>;
  #leave: (() => Promise<void>) | null = null;

  /** @param onLimit called while the target is paused; never rejects */
  constructor(session: Session, domain: DebuggerDomain, onLimit: () => Promise<void>) {
    this.#session = session;
    this.#domain = domain;
    this.#onLimit = onLimit;
    // Whatever else of ours has the Debugger on: nobody but us would end this pause.
    session.on('Debugger.paused', (event) => void this.#onPause(event));
  }

  async start(): Promise<void> {
    this.#leave ??= await this.#domain.enter(USE);
  }

  async stop(): Promise<void> {
    const leave = this.#leave;
    this.#leave = null;
    if (this.#session.isOpen) await leave?.();
  }

  async #onPause(event: unknown): Promise<void> {
    if (pausedEvent.safeParse(event).data?.reason !== 'OOM') return;
    if (this.#leave !== null) await this.#onLimit();
    try {
      await this.stop();
      await this.#session.send('Debugger.resume', {}, { doing: 'resuming the target at its heap limit' });
    } catch {
      // Refused where the Debugger is off by now, which has resumed the target. A connection that is lost is told by `closed`.
    }
  }
}
