import type { DebuggerDomain } from '../../protocol/debugger-domain.js';
import { pausedEvent, reasonsOf } from '../../protocol/schemas.js';
import type { Session } from '../../protocol/session.js';

const USE = { pausing: false, doing: 'watching for the heap limit' } as const;
const LOOK_MS = 250;
/** As V8 names a file. */
const FILE = /^(file:|\/|[A-Za-z]:\\)/;

/**
 * Sees when a target comes near its heap limit. If the Debugger is on, V8 pauses the target there, even if pauses are skipped (18 to 26). V8 raises
 * the limit fourfold for the pause, and restores it only when the Debugger goes off. So the first pause ends the watch and every other use of the
 * Debugger, and the program dies where it would have died. A program that frees memory lives on, without them. If another client has the Debugger on,
 * the limit stays raised, and that client must end the next pause.
 */
export class HeapLimitWatch {
  readonly #session: Session;
  readonly #domain: DebuggerDomain;
  readonly #onLimit: () => Promise<void>;
  #leave: (() => Promise<void>) | null = null;

  /** @param onLimit called while the target is paused. Never rejects */
  constructor(session: Session, domain: DebuggerDomain, onLimit: () => Promise<void>) {
    this.#session = session;
    this.#domain = domain;
    this.#onLimit = onLimit;
    // Listens even if the watch is off: if marks, a live edit or a watch for scripts have the Debugger on, only we can end this pause.
    onOomPause(session, () => void this.#onPause());
  }

  async start(): Promise<void> {
    this.#leave ??= await this.#domain.enter(USE);
    this.#session.watchesHeapLimit = true;
  }

  /**
   * For a program that was paused before its first line. Only after that pause, Node asks V8 to be called at the heap limit
   * (`--heapsnapshot-near-heap-limit`). V8 calls whoever asked last. If Node was called first, no pause follows on Node 24. So we ask again when the
   * first file of the program has been loaded. V8 gets these commands together, so marks are not missed. One that is just passed may be told twice.
   */
  beFirst(): void {
    const timer = setInterval(() => {
      const isOn = this.#leave !== null && this.#session.isOpen;
      if (isOn && (this.#domain.isPaused || !this.#hasLoadedFile())) return;
      clearInterval(timer);
      if (isOn) this.#domain.renew(USE.doing).catch(() => {}); // if the connection is lost, `closed` says so
    }, LOOK_MS).unref();
  }

  async stop(): Promise<void> {
    const leave = this.#leave;
    this.#leave = null;
    this.#session.watchesHeapLimit = false;
    if (this.#session.isOpen) await leave?.();
  }

  #hasLoadedFile(): boolean {
    return [...this.#domain.scripts.values()].some(({ url }) => FILE.test(url));
  }

  async #onPause(): Promise<void> {
    this.#session.watchesHeapLimit = false;
    if (this.#leave !== null) await this.#onLimit();
    await resume(this.#session, async () => {
      await this.stop();
      await this.#domain.quit(USE.doing);
    });
  }
}

/**
 * For a target without a watch. While marks or a live edit have the Debugger on for a moment, V8 pauses the target at its heap limit all the same, and
 * only we can end that pause.
 */
export function endPausesAtHeapLimit(session: Session): void {
  onOomPause(session, () => void resume(session));
}

function onOomPause(session: Session, act: () => void): void {
  session.on('Debugger.paused', (event) => {
    const { data } = pausedEvent.safeParse(event);
    if (data && reasonsOf(data).includes('OOM')) act();
  });
}

async function resume(session: Session, before: () => Promise<void> = async () => {}): Promise<void> {
  try {
    await before();
    await session.send('Debugger.resume', {}, { doing: 'resuming the target at its heap limit' });
  } catch {
    // Refused if the Debugger is off by now, which has resumed the target. If the connection is lost, `closed` says so.
  }
}
