import type { z } from 'zod';
import { scriptParsedEvent } from './schemas.js';
import type { Session } from './session.js';

export type ParsedScript = z.output<typeof scriptParsedEvent>;

/**
 * Sources of collected scripts that V8 keeps for us; by default all, for ever: 6,000 evaluations of 100 KB each left a target with 1,764 MB
 * in place of 532 (Node 18; 26: 1,875 and 608).
 */
const MAX_COLLECTED_BYTES = 10_000_000;
/** V8's name for the objects that it shows at a pause. */
const PAUSES = 'backtrace';

interface Use {
  /** Whether the target may pause meanwhile. */
  readonly pausing: boolean;
  /** The end of "while …" in an error. */
  readonly doing: string;
}

/**
 * The Debugger domain of a session, which several parts of us need, some for longer and some for a moment: on while one of them uses it.
 * Unless one of them wants the target to pause, pauses are skipped, so that no `debugger` statement stops a target that nobody resumes.
 */
export class DebuggerDomain {
  readonly #session: Session;
  readonly #scripts = new Map<string, ParsedScript>();
  readonly #uses = new Set<Use>();
  #unsubscribe: (() => void) | null = null;
  #skipping = false;
  #hasPaused = false;
  #isPaused = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Every script that the target has, or had, while the domain was on; by id. */
  get scripts(): ReadonlyMap<string, ParsedScript> {
    return this.#scripts;
  }

  /** As far as the domain is on. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Switches the domain on. V8 tells of all scripts before it answers. @returns what gives it up again */
  async enter(use: Use): Promise<() => Promise<void>> {
    this.#uses.add(use);
    const isFirst = this.#unsubscribe === null;
    this.#unsubscribe ??= this.#watch();
    if (isFirst) await this.#session.send('Debugger.enable', { maxScriptsCacheSize: MAX_COLLECTED_BYTES }, { doing: use.doing });
    await this.#syncPauses(use.doing);
    return async () => {
      if (this.#uses.delete(use)) await this.#leave(use.doing);
    };
  }

  /** Switches the domain on for as long as `work` takes. */
  async during<T>(use: Use, work: () => Promise<T>): Promise<T> {
    const leave = await this.enter(use);
    try {
      return await work();
    } finally {
      if (this.#session.isOpen) await leave();
    }
  }

  #watch(): () => void {
    const unsubscribe = [
      this.#session.on('Debugger.scriptParsed', (event) => this.#know(event)),
      this.#session.on('Debugger.paused', () => {
        this.#hasPaused = true;
        this.#isPaused = true;
      }),
      this.#session.on('Debugger.resumed', () => {
        this.#isPaused = false;
      }),
    ];
    return () => {
      for (const end of unsubscribe) end();
    };
  }

  /** A script without a name or an id is of no use to us. */
  #know(event: unknown): void {
    const { success, data } = scriptParsedEvent.safeParse(event);
    if (success && data.url !== '') this.#scripts.set(data.scriptId, data);
  }

  async #leave(doing: string): Promise<void> {
    if (this.#uses.size > 0) {
      await this.#syncPauses(doing);
      return;
    }
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    this.#skipping = false; // as it is after the domain was off
    this.#isPaused = false;
    await this.#session.send('Debugger.disable', undefined, { doing });
    if (!this.#hasPaused) return;
    this.#hasPaused = false;
    // What a pause showed us of its scopes stays alive otherwise, unless it was we who resumed (18 to 26).
    await this.#session.send('Runtime.releaseObjectGroup', { objectGroup: PAUSES }, { doing });
  }

  async #syncPauses(doing: string): Promise<void> {
    const skip = ![...this.#uses].some(({ pausing }) => pausing);
    if (skip === this.#skipping) return;
    this.#skipping = skip;
    await this.#session.send('Debugger.setSkipAllPauses', { skip }, { doing });
  }
}
