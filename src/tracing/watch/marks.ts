import type * as z from 'zod/mini';
import { normalFilename } from '../../collect/stacks/filenames.js';
import { CommandError } from '../../errors.js';
import type { DebuggerDomain } from '../../protocol/debugger-domain.js';
import { parseAnswer, pausedEvent, reasonsOf } from '../../protocol/schemas.js';
import type { Session } from '../../protocol/session.js';

/** Called with the place of the mark, `app.js:12`, while the target is paused there. The target runs on when all listeners are done. */
export type MarkListener = (label: string) => void | Promise<void>;

const FIRST_LINE = 'Break on start';
const STATEMENT = 'other';

type Pause = z.output<typeof pausedEvent>;

/**
 * Turns the `debugger` statements that the target passes into events. The Debugger domain is on only while somebody listens. While it is on, each
 * `debugger` statement pauses the target, and we resume it.
 */
export class Marks {
  readonly #session: Session;
  readonly #domain: DebuggerDomain;
  readonly #resumeAtStart: boolean;
  readonly #listeners = new Set<MarkListener>();
  #leave: (() => Promise<void>) | null = null;

  /** @param resumeAtStart the target was started for us and is paused before its first line: we must end that pause */
  constructor(session: Session, { domain, resumeAtStart }: { domain: DebuggerDomain; resumeAtStart: boolean }) {
    this.#session = session;
    this.#domain = domain;
    this.#resumeAtStart = resumeAtStart;
  }

  get isWatching(): boolean {
    return this.#leave !== null;
  }

  add(listener: MarkListener): void {
    this.#listeners.add(listener);
  }

  remove(listener: MarkListener): void {
    this.#listeners.delete(listener);
  }

  /** Starts or ends the watch, depending on whether somebody listens. */
  async sync(): Promise<void> {
    if (this.#listeners.size > 0 && !this.isWatching) await this.#watch();
    else if (this.#listeners.size === 0 && this.isWatching) await this.#unwatch();
  }

  async #watch(): Promise<void> {
    const unsubscribe = this.#session.on('Debugger.paused', (event) => void this.#onPause(event));
    const leave = await this.#domain.enter({ pausing: true, doing: 'watching for debugger statements' });
    this.#leave = async () => {
      unsubscribe();
      await leave();
    };
  }

  async #unwatch(): Promise<void> {
    const leave = this.#leave;
    this.#leave = null;
    await leave?.();
  }

  async #onPause(event: unknown): Promise<void> {
    let failures: unknown[] = [];
    try {
      const pause = parseAnswer(pausedEvent, event, 'a pause of the target');
      const isFirstLine = reasonsOf(pause).includes(FIRST_LINE);
      if (isFirstLine && !this.#resumeAtStart) return;
      if (await this.#isDebuggerStatement(pause)) failures = await this.#announce(pause.callFrames[0]!);
      else if (!isFirstLine) return;
      // If the watch has ended meanwhile, leaving the Debugger has resumed the target. Somebody else may have kept it on.
      if (this.#domain.isPaused) await this.#session.send('Debugger.resume', {}, { doing: 'resuming the target' });
    } catch (error) {
      // If the connection is lost, the user's own calls are rejected; nobody waits for this event. A refusal says that the target is not
      // paused any more: another debugger has resumed it, or we have left the Debugger meanwhile.
      if (this.#session.isOpen && !(error instanceof CommandError)) failures.push(error);
    }
    // As with an EventEmitter, what a listener throws is an uncaught exception of the controller.
    for (const failure of failures) process.nextTick(() => raise(failure));
  }

  /** @returns what the listeners threw. They are called through a promise, so that their stacks contain none of our frames. */
  async #announce({ url, location }: Pause['callFrames'][number]): Promise<unknown[]> {
    const label = `${normalFilename(this.#domain.scripts.get(location.scriptId)?.url || url)}:${location.lineNumber + 1}`;
    const settled = await Promise.allSettled([...this.#listeners].map((listener) => Promise.resolve(label).then(listener)));
    return settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  }

  /** Breakpoints, steps and pauses of other debuggers reach us as well. We must not resume them. */
  async #isDebuggerStatement(pause: Pause): Promise<boolean> {
    const { hitBreakpoints, callFrames } = pause;
    const location = callFrames[0]?.location;
    const reasons = reasonsOf(pause).filter((reason) => reason !== FIRST_LINE);
    if (reasons.join() !== STATEMENT || (hitBreakpoints?.length ?? 0) > 0 || !location) return false;
    const { scriptSource } = await this.#session.send(
      'Debugger.getScriptSource',
      { scriptId: location.scriptId },
      { doing: 'looking at a pause' },
    );
    return scriptSource.split('\n')[location.lineNumber]?.startsWith('debugger', location.columnNumber ?? 0) ?? false;
  }
}

function raise(failure: unknown): never {
  throw failure;
}
