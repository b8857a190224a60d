import { basename } from 'node:path';
import { normalFilename } from '../../collect/stacks/filenames.js';
import type { DebuggerDomain } from '../../protocol/debugger-domain.js';
import { pausedEvent, reasonsOf, scriptParsedEvent } from '../../protocol/schemas.js';
import type { Session } from '../../protocol/session.js';

interface Program {
  /** The paths that V8 may give its script, and their last parts. */
  readonly names: ReadonlySet<string>;
  /** Node pauses it at its first line, because it was started with `--inspect-brk`. */
  readonly isPausedThere: boolean;
}

const DOING = 'waiting for the first line of the program';

/**
 * Sees whether a program comes to its first line. Node pauses there if the Debugger is on (18 to 26), and not at all if it cannot find, read or link the
 * script. The Debugger is on until then, and no longer.
 */
export class FirstLine {
  readonly #session: Session;
  readonly #domain: DebuggerDomain;
  readonly #names: ReadonlySet<string>;
  #isPausedThere: boolean;
  /** V8 has read the script. */
  #isRead = false;
  #isReached = false;
  #isMissed = false;
  #unsubscribe: (() => void) | null = null;
  #leave: (() => Promise<void>) | null = null;

  constructor(session: Session, domain: DebuggerDomain, { names, isPausedThere }: Program) {
    this.#session = session;
    this.#domain = domain;
    this.#names = names;
    this.#isPausedThere = isPausedThere;
  }

  /** The program has come to its end without a first line. False if that is not known. */
  get isMissed(): boolean {
    return this.#isMissed;
  }

  /** Before the program runs. */
  async watch(): Promise<void> {
    if (this.#unsubscribe !== null) return;
    const ends = [
      this.#session.on('Debugger.scriptParsed', (event) => this.#onScript(event)),
      this.#session.on('Debugger.paused', (event) => this.#onPause(event)),
      this.#session.on('NodeRuntime.waitingForDisconnect', () => {
        this.#isMissed = !this.#isReached;
      }),
    ];
    this.#unsubscribe = () => {
      for (const end of ends) end();
    };
    this.#leave = await this.#domain.enter({ pausing: this.#isPausedThere, doing: DOING });
  }

  /** The code of a CommonJS module runs as soon as it is read. An ES module is linked before that, which may fail. */
  #onScript(event: unknown): void {
    const { data } = scriptParsedEvent.safeParse(event);
    if (data === undefined || !this.#isScript(data.url)) return;
    this.#isRead = true;
    if (data.isModule !== true || !this.#isPausedThere) this.#reach();
  }

  #onPause(event: unknown): void {
    const { data } = pausedEvent.safeParse(event);
    if (data && reasonsOf(data).includes('OOM')) return; // somebody else's
    // The first line that runs may be that of a module which the script imports.
    if (this.#isRead) {
      this.#reach();
      return;
    }
    // Node pauses once: if that was in a module of --import, it does not pause at the first line of the program.
    this.#isPausedThere = false;
    void this.#endPause(() => this.#domain.enter({ pausing: false, doing: DOING }));
  }

  /** A loader may give it another address, but hardly another name. */
  #isScript(url: string): boolean {
    const filename = normalFilename(url);
    return this.#names.has(filename) || this.#names.has(basename(filename));
  }

  #reach(): void {
    this.#isReached = true;
    this.#unsubscribe?.();
    void this.#endPause(async () => null);
  }

  /** @param next enters the domain once more, if need be */
  async #endPause(next: () => Promise<(() => Promise<void>) | null>): Promise<void> {
    const leave = this.#leave;
    this.#leave = null;
    try {
      this.#leave = await next();
      await leave?.();
      // Skipping all pauses ends none. If somebody waits for pauses, they end this one.
      if (this.#domain.isPaused && !this.#domain.isPausing)
        await this.#session.send('Debugger.resume', {}, { doing: 'starting the program' });
    } catch {
      // If the connection is lost, `closed` of the tracer says so.
    }
  }
}
