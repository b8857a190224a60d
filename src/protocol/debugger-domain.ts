import type * as z from 'zod/mini';
import { scriptParsedEvent } from './schemas.js';
import type { Session } from './session.js';

export type ParsedScript = z.output<typeof scriptParsedEvent>;

/**
 * How much source text of collected scripts V8 keeps for us. By default it keeps all of it for ever: after 6,000 evaluations of 100 KB
 * each, a target used 1,764 MB instead of 532 (Node 18), and 1,875 instead of 608 (Node 26).
 */
const MAX_COLLECTED_BYTES = 10_000_000;
/** V8's name for the group of objects that it shows us during a pause. */
const PAUSES = 'backtrace';

interface Use {
  /** Whether the target may pause during this use. */
  readonly pausing: boolean;
  /** The end of "while …" in an error. */
  readonly doing: string;
}

/**
 * The Debugger domain of a session. Several parts of the code need it, some for a long time and some for a moment, so it is on while at
 * least one of them uses it. Pauses are skipped unless a user of the domain wants them: a `debugger` statement must not stop a target
 * that nobody resumes.
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

  /** By id: every script that the target had at any time while the domain was on. */
  get scripts(): ReadonlyMap<string, ParsedScript> {
    return this.#scripts;
  }

  /** Known only while the domain is on. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether somebody uses the domain to see pauses. */
  get isPausing(): boolean {
    return [...this.#uses].some(({ pausing }) => pausing);
  }

  /** Switches the domain on. V8 announces all scripts before it answers. @returns a function that ends this use */
  async enter({ pausing, doing }: Use): Promise<() => Promise<void>> {
    const use = { pausing, doing }; // the same use may be entered twice
    this.#uses.add(use);
    const isFirst = this.#unsubscribe === null;
    this.#unsubscribe ??= this.#watch();
    const end = async () => {
      if (this.#uses.delete(use)) await this.#leave(doing);
    };
    try {
      if (isFirst) await this.#session.send('Debugger.enable', { maxScriptsCacheSize: MAX_COLLECTED_BYTES }, { doing });
      await this.#syncPauses(doing);
    } catch (error) {
      // A target that did not answer in time may still do it: the domain goes off behind it, and nobody waits for that.
      if (this.#session.isOpen) void end().catch(() => {});
      throw error;
    }
    return end;
  }

  /** Keeps the domain on while `work` runs. */
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
      this.#session.on('Debugger.scriptParsed', (event) => this.#remember(event)),
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

  /**
   * Keeps a script only if it has a name and an id, since we can use no other. V8 announces all scripts again when the domain is switched on
   * again. What it said first counts: by now we may have edited the text.
   */
  #remember(event: unknown): void {
    const { success, data } = scriptParsedEvent.safeParse(event);
    if (success && data.url !== '' && !this.#scripts.has(data.scriptId)) this.#scripts.set(data.scriptId, data);
  }

  /** Switches the domain off and on again. V8 then calls the Debugger first of all at the heap limit. Does nothing during a pause, which it would end. */
  async renew(doing: string): Promise<void> {
    if (this.#unsubscribe === null || this.#isPaused) return;
    await Promise.all([
      this.#session.send('Debugger.disable', undefined, { doing }),
      this.#session.send('Debugger.enable', { maxScriptsCacheSize: MAX_COLLECTED_BYTES }, { doing }),
      this.#session.send('Debugger.setSkipAllPauses', { skip: this.#skipping }, { doing }),
    ]);
  }

  /** Switches the domain off for all who use it. They hear no more from it. */
  async quit(doing: string): Promise<void> {
    this.#uses.clear();
    if (this.#unsubscribe !== null) await this.#leave(doing);
  }

  async #leave(doing: string): Promise<void> {
    if (this.#uses.size > 0) {
      await this.#syncPauses(doing);
      return;
    }
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    this.#skipping = false; // V8 forgets the setting when the domain is switched off
    this.#isPaused = false;
    await this.#session.send('Debugger.disable', undefined, { doing });
    if (!this.#hasPaused) return;
    this.#hasPaused = false;
    // Otherwise the scopes that a pause showed us stay alive, unless we resumed the target ourselves (18 to 26).
    await this.#session.send('Runtime.releaseObjectGroup', { objectGroup: PAUSES }, { doing });
  }

  async #syncPauses(doing: string): Promise<void> {
    const skip = !this.isPausing;
    if (skip === this.#skipping) return;
    this.#skipping = skip;
    await this.#session.send('Debugger.setSkipAllPauses', { skip }, { doing });
  }
}
